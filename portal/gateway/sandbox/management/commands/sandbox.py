"""`manage.py sandbox --port P`: play the other side of the wires on loopback (docs/sandbox.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.wsgi import get_wsgi_application

from portal.gateway.sandbox import settings
from portal.gateway.sandbox.server import LOOPBACK, THREADS, Server, refused_port
from portal.gateway.sandbox.tables import make_tables


class Command(BaseCommand):
    help = "沙箱：扮演医保接口的另一端（只在本机回环地址上）"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="回环地址，默认 127.0.0.1")
        parser.add_argument("--port", type=int, default=8791, help="端口，默认 8791")
        parser.add_argument("--threads", type=int, default=THREADS, help="同时处理的请求数")
        parser.add_argument("--migrate", action="store_true", help="只建立数据表，然后结束")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("沙箱不能在正式环境（PORTAL_MODE=production）启动")
        host, port = options["host"], options["port"]
        if host not in LOOPBACK:
            raise CommandError("沙箱只能在回环地址（127.0.0.1 或 ::1）上启动")
        if not settings.SANDBOX_DATABASE_URL:
            raise CommandError("没有设置 SANDBOX_DATABASE_URL，请用 bin/manage 启动")
        try:
            make_tables()
        except RuntimeError as error:
            raise CommandError(str(error)) from None
        if options["migrate"]:
            return
        if refusal := refused_port(host, port):
            raise CommandError(refusal)
        application = get_wsgi_application()
        self.stderr.write(f"沙箱：http://{'127.0.0.1' if host == 'localhost' else host}:{port}/\n")
        Server(application, host, port, options["threads"]).run()

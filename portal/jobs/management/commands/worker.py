from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "后台工作进程：发送接口业务、核实结果、执行后台任务；SIGTERM 停止 / the background worker"

    def handle(self, *args: Any, **options: Any) -> None:
        from portal.jobs.supervisor import Supervisor

        Supervisor().run()

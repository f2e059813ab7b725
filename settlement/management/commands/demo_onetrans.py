import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.access.permissions import CLERK, INSTITUTION_ADMIN, REVIEWER
from portal.access.services.refusals import NotAllowed
from portal.demo import Failed, member_with, table
from portal.gateway.errors import GatewayError
from portal.gateway.models import Desk
from portal.gateway.sandbox.control import Sandbox, SandboxFault
from settlement.management.demo.cashier import Walk, cashier

INSTITUTION = "H14020000001"
#: Seconds until a bridge answers.
PATIENCE = 30.0


class Command(BaseCommand):
    help = "经桥接进程读卡、充值、查询、退款、统一收费、撤销，并与沙箱逐笔比较（bin/demo --once onetrans 使用）"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not (settings.SANDBOX_URL and settings.BRIDGE_URL):
            raise CommandError("演示须在演示模式下、沙箱启动后运行：请用 bin/demo --once onetrans")
        folder = Path(settings.VAR) / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        call_command("demo_seed", stdout=StringIO())
        sandbox = Sandbox(settings.SANDBOX_URL, os.environ.get("SANDBOX_TOKEN", ""))
        try:
            sandbox.wait(30)
            institution = Institution.objects.get(code=INSTITUTION)
            with bridge(f"DEMO{institution.code}") as token:
                walk = self.walk(institution, sandbox, folder, token)
        except (Failed, SandboxFault, GatewayError, NotAllowed) as failure:
            raise CommandError(f"演示没有完成。{failure}") from failure
        self.stdout.write(f"\n{institution}\n{table(walk.lines)}\n")
        for path in walk.files:
            self.stdout.write(f"  {path}  {path.stat().st_size:,} 字节")
        self.stdout.write("完成：读卡、充值、查询、退款、统一收费、撤销都经过桥接进程，台账与沙箱一致")

    def walk(self, institution: Institution, sandbox: Sandbox, folder: Path, token: str) -> Walk:
        """The institution with a desk of its own, through all steps."""
        self.say(f"—— {institution}（{institution.code}），桥接 {settings.BRIDGE_URL}")
        party = f"DEMO{institution.code}"
        with tenant_tx(institution.pk):
            known = {"address": settings.BRIDGE_URL, "token": token, "term_no": "T0001", "is_active": True}
            desk, _ = Desk.objects.update_or_create(
                environment=institution.environment, name="演示窗口", defaults=known
            )
            clerk, reviewer, admin = (member_with(institution, role) for role in (CLERK, REVIEWER, INSTITUTION_ADMIN))
        people: dict[str, Any] = {"clerk": clerk, "reviewer": reviewer, "admin": admin}
        walk = Walk(**people, sandbox=sandbox, folder=folder, say=self.say, party=party, desk=desk)
        cashier(walk)
        return walk

    def say(self, words: str) -> None:
        self.stdout.write(f"{timezone.localtime():%H:%M:%S} {words}")
        self.stdout.flush()


@contextmanager
def bridge(party: str) -> Iterator[str]:
    """A bridge process of its own with the sandbox's library, as it runs on a desk's computer; its token.

    It listens where the worker may call: at BRIDGE_URL.
    """
    token, listen = os.environ["BRIDGE_TOKEN"], urlsplit(settings.BRIDGE_URL).netloc
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "portal.gateway.bridge", "--listen", listen, "--token", token]
        command += ["--state", folder, "--library", f"sandbox:{settings.SANDBOX_URL}", "--party", party]
        hidden = ("DATABASE_", "PORTAL_SECRET_", "PORTAL_MASTER_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        log = Path(folder, "bridge.log")
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=clean, stdout=out, stderr=out)
        try:
            wait_for(process, log)
            yield token
        finally:
            process.terminate()
            process.wait(20)


def wait_for(process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it says that it listens."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if "http://" in log.read_text(errors="replace"):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise Failed(f"桥接进程没有启动：{log.read_text(errors='replace')[-400:]}")

import os
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from injury.management.demo import catalogue, flows
from injury.management.demo.walk import Walk
from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.access.permissions import CLERK, INSTITUTION_ADMIN, REVIEWER
from portal.access.services.refusals import NotAllowed
from portal.demo import Failed, member_with, table
from portal.gateway.channels.models import Channel
from portal.gateway.errors import GatewayError
from portal.gateway.sandbox.control import Sandbox, SandboxFault

INSTITUTIONS = ("H14020000001", "H14020000002")


class Command(BaseCommand):
    help = "老工伤、新发工伤、跨省异地三个流程各走一遍，并与沙箱逐笔比较（bin/demo --once 使用）"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not settings.SANDBOX_URL:
            raise CommandError("演示须在演示模式下、沙箱启动后运行：请用 bin/demo --once")
        folder = Path(settings.VAR) / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        call_command("demo_seed", stdout=StringIO())
        sandbox = Sandbox(settings.SANDBOX_URL, os.environ.get("SANDBOX_TOKEN", ""))
        walks = []
        try:
            sandbox.wait(30)
            for code in INSTITUTIONS:
                walks.append(self.institution(Institution.objects.get(code=code), sandbox, folder))
        except (Failed, SandboxFault, GatewayError, NotAllowed) as failure:
            raise CommandError(f"演示没有完成。{failure}") from failure
        self.close(walks)

    def institution(self, institution: Institution, sandbox: Sandbox, folder: Path) -> Walk:
        """Catalogue, three flows, one stay that is taken back, and journal against truth."""
        self.say(f"—— {institution}（{institution.code}）")
        with tenant_tx(institution.pk):
            channel = Channel.objects.filter(gateway="injury", environment=institution.environment).first()
            if channel is None:
                raise Failed("演示机构没有工伤接口的通道，请检查 demo_seed")
            clerk, reviewer, admin = (member_with(institution, role) for role in (CLERK, REVIEWER, INSTITUTION_ADMIN))
            party = channel.settings().user_name
        people: dict[str, Any] = {"clerk": clerk, "reviewer": reviewer, "admin": admin}
        walk = Walk(**people, sandbox=sandbox, app_code=party, folder=folder, say=self.say)
        for part in (
            catalogue.bring,
            flows.old_injury,
            flows.new_injury,
            flows.another_province,
            flows.taken_back,
        ):
            part(walk)
        done, effects = walk.compare_journal()
        walk.number = "全部"
        walk.told("台账", "操作与沙箱逐笔比较", f"{done:,} 笔", f"{effects:,} 笔")
        return walk

    def close(self, walks: list[Walk]) -> None:
        for walk in walks:
            self.stdout.write(f"\n{walk.clerk.institution}\n{table(walk.lines)}")
        self.stdout.write("")
        for path in (path for walk in walks for path in walk.files):
            self.stdout.write(f"  {path}  {path.stat().st_size:,} 字节")
        self.stdout.write(f"完成：{len(walks)} 家机构的老工伤、新发工伤、跨省异地流程均与沙箱一致")

    def say(self, words: str) -> None:
        self.stdout.write(f"{timezone.localtime():%H:%M:%S} {words}")
        self.stdout.flush()

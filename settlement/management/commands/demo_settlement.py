import os
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.access.permissions import CLERK, INSTITUTION_ADMIN, REVIEWER
from portal.access.services.refusals import NotAllowed
from portal.demo import Failed, member_with, table
from portal.gateway.channels.models import Channel
from portal.gateway.errors import GatewayError
from portal.gateway.sandbox.control import Sandbox, SandboxFault
from settlement.management.demo import inpatient, joining, outpatient, pharmacy
from settlement.management.demo.walk import Walk

INSTITUTIONS = ("H14020000001", "H14020000002")
FLOWS = (pharmacy.purchases, outpatient.outpatients, inpatient.inpatients)


class Command(BaseCommand):
    help = "购药、门诊（两个批次）、住院三个流程各走一遍，从每一步退回，并与沙箱逐笔比较（bin/demo --once 使用）"

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
            for place, code in enumerate(INSTITUTIONS):
                institution = Institution.objects.get(code=code)
                walks.append(self.institution(institution, sandbox, folder, is_first=not place))
        except (Failed, SandboxFault, GatewayError, NotAllowed) as failure:
            raise CommandError(f"演示没有完成。{failure}") from failure
        self.close(walks)

    def institution(self, institution: Institution, sandbox: Sandbox, folder: Path, *, is_first: bool) -> Walk:
        """The three flows and their ways back, the acceptance run of the first, and journal against truth."""
        self.say(f"—— {institution}（{institution.code}）")
        with tenant_tx(institution.pk):
            channel = Channel.objects.filter(gateway="national", environment=institution.environment).first()
            if channel is None:
                raise Failed("演示机构没有国家医保接口的通道，请检查 demo_seed")
            clerk, reviewer, admin = (member_with(institution, role) for role in (CLERK, REVIEWER, INSTITUTION_ADMIN))
            party = channel.app_code
        people: dict[str, Any] = {"clerk": clerk, "reviewer": reviewer, "admin": admin}
        walk = Walk(**people, sandbox=sandbox, app_code=party, folder=folder, say=self.say)
        sandbox.act("national", "people", party=party, limit=1)  # its people are there from the first question on
        before = walk.scene()
        for flow in FLOWS:
            flow(walk)
        if is_first:
            joining.joined(walk)
        walk.label, walk.number = "台账", "全部"
        done, effects = walk.compare_journal()
        walk.told("台账", "操作与沙箱逐笔比较", f"{done:,} 笔", f"{effects:,} 笔")
        walk.as_before(before, "余额、累计、结算、就诊")
        return walk

    def close(self, walks: list[Walk]) -> None:
        for walk in walks:
            self.stdout.write(f"\n{walk.clerk.institution}\n{table(walk.lines)}")
        self.stdout.write("")
        for path in (path for walk in walks for path in walk.files):
            self.stdout.write(f"  {path}  {path.stat().st_size:,} 字节")
        self.stdout.write(f"完成：{len(walks)} 家机构的购药、门诊、住院及各级撤销均与沙箱一致，余额如初")

    def say(self, words: str) -> None:
        self.stdout.write(f"{timezone.localtime():%H:%M:%S} {words}")
        self.stdout.flush()

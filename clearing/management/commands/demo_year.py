import os
import shutil
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clearing.management.demo import Failed, Line, Walk, cross_region, house, months, papers, year
from clearing.models import Scope
from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.access.permissions import CLERK, INSTITUTION_ADMIN, REVIEWER
from portal.demo import member_with, table
from portal.gateway.channels.models import Channel
from portal.gateway.errors import GatewayError
from portal.gateway.sandbox.control import Sandbox, SandboxFault

INSTITUTIONS = ("H14020000001", "H14020000002")
INSURANCES = ("001", "002")


class Command(BaseCommand):
    help = "两家机构走完清算手册的每一章，并与沙箱逐项比较（bin/demo --once 使用）"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--year", type=int, default=timezone.localdate().year - 1, help="清算年份，默认去年")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not settings.SANDBOX_URL:
            raise CommandError("演示须在演示模式下、沙箱启动后运行：请用 bin/demo --once")
        folder = Path(settings.VAR) / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        call_command("demo_seed", stdout=StringIO())
        call_command("audit_checkpoint", stdout=StringIO())
        sandbox = Sandbox(settings.SANDBOX_URL, os.environ.get("SANDBOX_TOKEN", ""))
        walks: list[Walk] = []
        try:
            sandbox.wait(30)
            for code in INSTITUTIONS:
                walks += self.institution(Institution.objects.get(code=code), sandbox, options["year"], folder)
        except (Failed, SandboxFault, GatewayError) as failure:
            raise CommandError(f"演示没有完成。{failure}") from failure
        self.close(walks)

    def institution(self, institution: Institution, sandbox: Sandbox, of_year: int, folder: Path) -> list[Walk]:
        """Both insurances of one institution."""
        self.say(f"—— {institution}（{institution.code}）")
        with tenant_tx(institution.pk):
            channel = Channel.objects.filter(gateway="clearing", environment=institution.environment).first()
            if channel is None:
                raise Failed("演示机构没有清算接口的通道，请检查 demo_seed")
            clerk, reviewer, admin = (member_with(institution, role) for role in (CLERK, REVIEWER, INSTITUTION_ADMIN))
        walks = []
        for insurance in INSURANCES:
            scope = Scope(institution.environment, of_year, insurance)
            people: dict[str, Any] = {"clerk": clerk, "reviewer": reviewer, "admin": admin}
            walks.append(
                Walk(**people, sandbox=sandbox, app_code=channel.app_code, scope=scope, folder=folder, say=self.say)
            )
        house.settings(walks[0])
        for walk in walks:
            for chapter in (year.generate, months.read, year.verify, year.apply, papers.make, papers.bind):
                chapter(walk)
        cross_region.settle(walks[0])
        for last in (house.dashboard, house.log, house.help_pages):
            last(walks[-1])
        return walks

    def close(self, walks: list[Walk]) -> None:
        institution = None
        for walk in walks:
            if walk.clerk.institution != institution:
                institution = walk.clerk.institution
                mine: list[Line] = [line for one in walks if one.clerk.institution == institution for line in one.lines]
                self.stdout.write(f"\n{institution}\n{table(mine)}")
        self.stdout.write("")
        for path in (path for walk in walks for path in walk.files):
            self.stdout.write(f"  {path}  {path.stat().st_size:,} 字节")
        call_command("audit_verify", stdout=self.stdout)
        counts, totals = zip(*(papers.applied(walk) for walk in walks), strict=True)
        self.stdout.write(
            f"完成：{len(INSTITUTIONS)} 家机构、{walks[0].scope.year} 年两个险种共 {sum(counts):,} 条，"
            f"拨付金额 {sum(totals, Decimal('0.00')):,.2f} 元，各章均与沙箱一致"
        )

    def say(self, words: str) -> None:
        self.stdout.write(f"{timezone.localtime():%H:%M:%S} {words}")
        self.stdout.flush()

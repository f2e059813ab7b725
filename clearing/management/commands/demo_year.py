import os
import re
import shutil
import unicodedata
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from pypdf import PdfReader

from clearing.management.year import Failed, Line, Year
from clearing.models import Scope
from clearing.papers import KINDS
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.access.models import Institution, Membership, User
from portal.access.permissions import CLERK, REVIEWER, Role
from portal.gateway.channels.models import Channel
from portal.gateway.errors import GatewayError
from portal.gateway.sandbox.control import Sandbox, SandboxFault
from portal.papers import capitals

INSTITUTION = "H14020000001"
INSURANCES = ("001", "002")


class Command(BaseCommand):
    help = "走完一个清算年度：生成、核对、申请、打印，并与沙箱逐项比较（bin/demo --once 使用）"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--year", type=int, default=timezone.localdate().year - 1, help="清算年份，默认去年")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not settings.SANDBOX_URL:
            raise CommandError("演示须在演示模式下、沙箱启动后运行：请用 bin/demo --once")
        folder = Path(settings.VAR) / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            years = self.run_years(options["year"], folder)
        except (Failed, SandboxFault, GatewayError) as failure:
            raise CommandError(f"演示没有完成。{failure}") from failure
        self.stdout.write(table([line for year in years for line in year.lines]))
        for path in (path for year in years for path in year.files):
            self.stdout.write(f"  {path}  {path.stat().st_size:,} 字节")
        call_command("audit_verify", stdout=self.stdout)
        count, total = (sum(parts) for parts in zip(*(year.payable() for year in years), strict=True))
        self.stdout.write(
            f"完成：{options['year']} 年两个险种共 {count:,} 条，拨付金额 {total:,.2f} 元，"
            "生成、核对、申请、打印均与沙箱一致"
        )

    def run_years(self, year: int, folder: Path) -> list[Year]:
        call_command("demo_seed", stdout=StringIO())
        institution = Institution.objects.get(code=INSTITUTION)
        call_command("audit_checkpoint", stdout=StringIO())
        with tenant_tx(institution.pk):
            channel = Channel.objects.filter(gateway="clearing", environment=institution.environment).first()
            if channel is None:
                raise Failed("演示机构没有清算接口的通道，请检查 demo_seed")
            clerk, reviewer = (member_with(institution, role) for role in (CLERK, REVIEWER))
        sandbox = Sandbox(settings.SANDBOX_URL, os.environ.get("SANDBOX_TOKEN", ""))
        sandbox.wait(30)
        years = []
        for insurance in INSURANCES:
            scope = Scope(institution.environment, year, insurance)
            one = Year(clerk, reviewer, sandbox, channel.app_code, scope, folder, self.say)
            one.run()
            check_pdf(one)
            years.append(one)
        return years

    def say(self, words: str) -> None:
        self.stdout.write(f"· {words}")
        self.stdout.flush()


def member_with(institution: Institution, role: Role) -> Member:
    """The demonstration's person with that role."""
    for membership in Membership.objects.filter(is_active=True).select_related("user"):
        if role.value in membership.roles:
            user: User = membership.user
            return Member(user, institution, frozenset(membership.roles), "127.0.0.1", "demo")
    raise Failed(f"演示机构没有“{role.label}”人员，请检查 demo_seed")


def check_pdf(year: Year) -> None:
    """The printed table can be read, and says the same as the database; Failed names what is missing."""
    pdf = next(path for path in year.files if path.suffix == ".pdf")
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(pdf).pages))
    text = unicodedata.normalize("NFKC", text)
    count, total = year.payable()
    wanted = {
        "标题": KINDS["disbursement"].heading,
        "机构": str(year.clerk.institution),
        "条数": f"合计({count:,}条)",
        "金额": f"{total:,.2f}",
        "大写金额": capitals(total),
    }
    for what, words in wanted.items():
        if unicodedata.normalize("NFKC", words) not in text:
            raise Failed(f"{pdf.name} 中读不到{what}：{words}")


def table(lines: list[Line]) -> str:
    """The closing table; Chinese characters take two places."""
    rows = [("步骤", "范围", "门户条数", "门户拨付金额", "沙箱条数", "沙箱拨付金额")]
    rows += [(line.step, line.scope, *shown(line.ours), *shown(line.theirs)) for line in lines]
    widths = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))]
    told = []
    for row in rows:
        cells = [pad(cell, widths[place], right=place > 1) for place, cell in enumerate(row)]
        told.append("  ".join(cells).rstrip())
    return "\n".join([told[0], "  ".join("-" * one for one in widths), *told[1:]])


def shown(figures: tuple[int, Decimal]) -> tuple[str, str]:
    return f"{figures[0]:,}", f"{figures[1]:,.2f}"


def pad(text: str, places: int, *, right: bool) -> str:
    space = " " * (places - width(text))
    return space + text if right else text + space


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)

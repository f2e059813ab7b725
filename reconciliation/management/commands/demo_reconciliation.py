import os
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.access.permissions import CLERK, INSTITUTION_ADMIN, REVIEWER
from portal.access.services.refusals import NotAllowed
from portal.demo import Failed, member_with, table
from portal.gateway.channels.models import Channel
from portal.gateway.errors import GatewayError
from portal.gateway.sandbox.control import Sandbox, SandboxFault
from portal.ledger.bringing import LinesWrong
from reconciliation.management.demo.walk import CHAPTER, FAULTS, Walk
from reconciliation.models import Run, RunState
from reconciliation.papers import statement

INSTITUTION = "H14020000001"
#: The centre corrects these itself; our book follows it in the others.
CENTRES_OWN = ("refund_there", "refund_here", "twice", "late")


class Command(BaseCommand):
    help = "一万笔结算、七种已知差异：经接口对账、逐笔比较、双人处理、再次对平（bin/demo --once reconciliation 使用）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, default=10_000, help="结算笔数")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not settings.SANDBOX_URL:
            raise CommandError("演示须在演示模式下、沙箱启动后运行：请用 bin/demo --once reconciliation")
        folder = Path(settings.VAR) / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        call_command("demo_seed", stdout=StringIO())
        sandbox = Sandbox(settings.SANDBOX_URL, os.environ.get("SANDBOX_TOKEN", ""))
        try:
            sandbox.wait(30)
            walk = self.walk(sandbox, folder, options["count"])
        except (Failed, SandboxFault, GatewayError, NotAllowed, LinesWrong) as failure:
            raise CommandError(f"演示没有完成。{failure}") from failure
        self.close(walk)

    def walk(self, sandbox: Sandbox, folder: Path, count: int) -> Walk:
        institution = Institution.objects.get(code=INSTITUTION)
        self.say(f"—— {institution}（{institution.code}）")
        with tenant_tx(institution.pk):
            channel = Channel.objects.filter(gateway="national", environment=institution.environment).first()
            if channel is None:
                raise Failed("演示机构没有国家医保接口的通道，请检查 demo_seed")
            clerk, reviewer, admin = (member_with(institution, role) for role in (CLERK, REVIEWER, INSTITUTION_ADMIN))
            party = channel.app_code
        people: dict[str, Any] = {"clerk": clerk, "reviewer": reviewer, "admin": admin}
        walk = Walk(**people, sandbox=sandbox, app_code=party, folder=folder, say=self.say, count=count)
        self.find(walk)
        self.put_right(walk)
        return walk

    def find(self, walk: Walk) -> None:
        """Books that agree are balanced; after the faults every one is found, and nothing else."""
        walk.seed()
        self.must(walk, walk.reconcile(walk.day), RunState.BALANCED, "两方一致")
        walk.spoil()
        run = self.again(walk, walk.day)
        self.must(walk, run, RunState.DIFFERENT, "七种差异")
        self.must(walk, walk.reconcile(walk.day + timedelta(days=1)), RunState.DIFFERENT, "次日")
        walk.compare_with_truth()

    def put_right(self, walk: Walk) -> None:
        """Two people decide where the book follows the centre; the centre corrects its own; both days balance."""
        with walk.tx():
            run = Run.objects.get(begin=walk.day)
            paper = statement.gather(run, by=walk.clerk)
            sheet = statement.workbook(run, by=walk.clerk)
        walk.keep(statement.file_name(run, "pdf"), statement.write(paper))
        walk.keep(statement.file_name(run, "xlsx"), sheet)
        adopted = walk.decide(("only_ours", "only_theirs", "amount"), "adopt", "与中心核对，以中心为准")
        walk.told(CHAPTER, "双人处理：以中心为准", f"{adopted} 条")
        mended = walk.act("mend_book", setl_ids=[one for kind in CENTRES_OWN for one in walk.hit[kind]])["mended"]
        walk.told(CHAPTER, "中心更正", "", f"{mended} 条")
        for day in (walk.day, walk.day + timedelta(days=1)):
            self.must(walk, self.again(walk, day), RunState.BALANCED, "处理后再次对账")
        if left := walk.found():
            raise Failed(f"处理后仍有 {len(left)} 条差异，例如 {left[0]}")

    def again(self, walk: Walk, day: Any) -> Run:
        with walk.tx():
            run = Run.objects.get(begin=day, kind="day", family="national")
        return walk.once_more(run)

    def must(self, walk: Walk, run: Run, state: str, what: str) -> None:
        told = f"{run.get_state_display()}，{run.ours_count:,} 笔，差异 {run.open_differences} 条"
        walk.told(CHAPTER, f"{what}（第 {run.round} 次）", told, scope=run.span_label)
        if run.state != state:
            raise Failed(f"{what}：{run.span_label} 应为“{RunState(state).label}”，得到“{told}”。{run.note}")

    def close(self, walk: Walk) -> None:
        self.stdout.write(f"\n{walk.clerk.institution}\n{table(walk.lines)}\n")
        for path in walk.files:
            self.stdout.write(f"  {path}  {path.stat().st_size:,} 字节")
        faults = sum(count for count, _ in FAULTS.values())
        self.stdout.write(
            f"完成：{walk.count:,} 笔结算，{len(FAULTS)} 种 {faults} 条差异全部发现，没有多出；处理后两天都已对平"
        )

    def say(self, words: str) -> None:
        self.stdout.write(f"{timezone.localtime():%H:%M:%S} {words}")
        self.stdout.flush()

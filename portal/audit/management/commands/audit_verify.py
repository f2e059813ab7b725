import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.access.models import Institution
from portal.audit.checkpoints import read_checkpoints
from portal.audit.verify import Fault, Verdict, anchors_of, chains, verify_chain


class Command(BaseCommand):
    help = "核对操作日志：逐条重算每条链，只读；有一处不符即以 1 退出并指出第一条有问题的记录"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institution", metavar="CODE", help="只核对这个定点机构编号的链")
        parser.add_argument("--checkpoints", metavar="DIR", type=Path, help="检查点所在文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        names = {row.pk: f"{row.code} {row.name}" for row in Institution.objects.all()} | {0: "平台"}
        good, wrong = read_checkpoints(options["checkpoints"] or Path(settings.CHECKPOINT_DIR))
        anchors = anchors_of(good)
        for sentence in wrong:
            self.stdout.write(f"{Fault.ANCHOR}：{sentence}")
        if options["institution"]:
            chosen = list(Institution.objects.filter(code=options["institution"]).values_list("pk", flat=True))
            if not chosen:
                raise CommandError(f"没有编号为 {options['institution']} 的机构")
        else:
            # A chain that only the institution or a checkpoint still knows has lost its head.
            chosen = sorted({*chains(), *anchors, *names})
        verdicts = [self.tell(verify_chain(chain, anchors.get(chain)), names) for chain in chosen]
        self.conclude(verdicts, wrong, time.perf_counter() - started)

    def tell(self, verdict: Verdict, names: dict[int, str]) -> Verdict:
        name = names.get(verdict.chain, f"机构 {verdict.chain}（已不存在）")
        if verdict.fault is None:
            self.stdout.write(f"{name}：{verdict.count} 条，完好")
        else:
            at = f"第 {verdict.seq} 条" if verdict.seq else "整条链"
            self.stdout.write(f"{name}：{verdict.fault}，{at}，{verdict.why}")
        return verdict

    def conclude(self, verdicts: list[Verdict], wrong: list[str], seconds: float) -> None:
        count = sum(verdict.count for verdict in verdicts)
        bad = sum(verdict.fault is not None for verdict in verdicts)
        rate = f"{seconds:.1f} 秒，每秒 {count / max(seconds, 1e-9):.0f} 条"
        self.stdout.write(f"共 {len(verdicts)} 条链，{count} 条记录，用时 {rate}")
        if bad or wrong:
            raise CommandError(f"操作日志有问题：{bad} 条链不符，{len(wrong)} 处检查点不符", returncode=1)
        self.stdout.write("操作日志完好")

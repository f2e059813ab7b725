"""Two books of one day, spoiled in known ways, reconciled over the wire, decided about, and balanced again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from portal import demo
from portal.demo import Failed
from portal.ledger.bringing import bring
from reconciliation.models import Difference, DifferenceState, Run, RunState
from reconciliation.services.deciding_many import approve_all, propose_all
from reconciliation.services.runs import run_again, start_run

#: Fault of the centre's book: how many, and what a person must be shown.
FAULTS = {
    "missing_there": (5, "only_ours"),
    "missing_here": (4, "only_theirs"),
    "amount": (6, "amount"),
    "refund_there": (3, "refund_one_side"),
    "refund_here": (3, "refund_one_side"),
    "twice": (2, "twice"),
    "late": (4, "over_midnight"),
}
LABELS = {
    "missing_there": "中心丢失",
    "missing_here": "本机构没有",
    "amount": "金额不同",
    "refund_there": "中心单边退费",
    "refund_here": "本机构单边退费",
    "twice": "中心重复",
    "late": "中心记在次日",
}
PIECE = 1000
CHAPTER = "对账"


@dataclass(kw_only=True)
class Walk(demo.Walk):
    """One institution; `day` is the day that is reconciled, the one after it ends yesterday."""

    app_code: str
    count: int
    day: date = field(default_factory=lambda: timezone.localdate() - timedelta(days=2))
    hit: dict[str, list[str]] = field(default_factory=dict)
    persons: dict[str, list[str]] = field(default_factory=dict)

    @property
    def about(self) -> str:
        return f"{self.day:%m-%d}"

    def act(self, name: str, **asked: Any) -> dict[str, Any]:
        return self.sandbox.act("national", name, party=self.app_code, **asked)

    # --- the two books

    def seed(self) -> None:
        """The same settlements in both books, with refunds, on two days."""
        self.act("fill_book", day=f"{self.day}", count=self.count, refund_every=50, seed="demo")
        after = self.day + timedelta(days=1)
        self.act("fill_book", day=f"{after}", count=max(self.count // 20, 10), refund_every=50, seed="demo-after")
        rows = self._theirs()
        for start in range(0, len(rows), PIECE):
            with self.tx():
                bring([_line(one) for one in rows[start : start + PIECE]], by=self.clerk)
        self.told(CHAPTER, "医院系统提交结算", f"{len(rows):,} 条", f"{len(rows):,} 条")

    def _theirs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        following = 0
        span = {"first": f"{self.day}", "last": f"{self.day + timedelta(days=1)}"}
        while piece := self.act("book", after=following, **span)["list"]:
            found += piece
            following = piece[-1]["id"]
        return found

    def spoil(self) -> None:
        """Seven kinds of faults at the centre; which settlements they hit is known only there."""
        for kind, (count, _) in FAULTS.items():
            told = self.act("spoil_book", kind=kind, count=count, day=f"{self.day}", seed="demo")
            self.hit[kind], self.persons[kind] = told["hit"], told["persons"]

    # --- what people do

    def reconcile(self, day: date) -> Run:
        with self.tx():
            run = start_run("day", day, by=self.clerk)
        return self.ended_run(run)

    def once_more(self, run: Run) -> Run:
        with self.tx():
            run_again(run, by=self.clerk)
        return self.ended_run(run)

    def ended_run(self, run: Run) -> Run:
        ended = self.wait(
            f"对账 {run.span_label}", lambda: Run.objects.filter(pk=run.pk, ended_at__isnull=False).first()
        )
        if ended.state not in (RunState.BALANCED, RunState.DIFFERENT):
            raise Failed(f"对账 {run.span_label}：{ended.get_state_display()}，{ended.note}")
        return ended

    def found(self) -> list[Difference]:
        """Every live exception."""
        with self.tx():
            rows = Difference.objects.filter(state__in=DifferenceState.live()).exclude(kind="pending")
            return list(rows.select_related("their_row", "entry").order_by("day", "pk"))

    def compare_with_truth(self) -> None:
        """Each fault is one difference of its kind; Failed with what is missing, of another kind, or made up."""
        expected = {setl_id: FAULTS[kind][1] for kind, hit in self.hit.items() for setl_id in hit}
        told = {one.setl_id or (one.entry.setl_id if one.entry else ""): str(one.kind) for one in self.found()}
        wrong = [
            f"{key}：应为 {kind}，得到 {told.get(key, '没有')}"
            for key, kind in expected.items()
            if told.get(key) != kind
        ]
        wrong += [f"{key}：多出 {kind}" for key, kind in told.items() if key not in expected]
        if wrong:
            raise Failed(f"{len(wrong)} 条差异与沙箱不符：{'；'.join(wrong[:10])}")
        for kind, hit in self.hit.items():
            for setl_id in hit:
                self.told(CHAPTER, f"发现：{LABELS[kind]}", told[setl_id], expected[setl_id], scope=setl_id)

    def decide(self, kinds: tuple[str, ...], action: str, reason: str) -> int:
        """A clerk proposes for all of these kinds at once, a reviewer agrees to all."""
        with self.tx():
            rows = Difference.objects.filter(kind__in=kinds, state=DifferenceState.OPEN)
            ids = list(rows.values_list("pk", flat=True))
            mine = Difference.objects.filter(pk__in=ids)
            proposed = propose_all(mine, action, reason=reason, by=self.clerk)
            agreed = approve_all(mine, by=self.reviewer)
        if (proposed.count, agreed.count) != (len(ids), len(ids)):
            raise Failed(f"批量处理：{proposed.sentence}；{agreed.sentence}")
        return len(ids)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the centre's book as a hospital's system brings it."""
    return {
        "number": row["refunds"] or row["setl_id"],
        "settled_at": row["at"],
        "total": row["medfee_sumamt"],
        "fund": row["fund_pay_sumamt"],
        "account": row["acct_pay"],
        "cash": row["cash_payamt"],
        "is_refund": row["is_refund"],
        "setl_id": row["setl_id"],
        "mdtrt_id": row["mdtrt_id"],
        "person_no": row["psn_no"],
        "insutype": row["insutype"],
        "clr_type": row["clr_type"],
        "clr_optins": row["setl_optins"],
        "msgid": row["msgid"],
    }

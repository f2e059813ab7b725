"""The total account of a whole past month: the platform applies for clearing by itself when it is balanced (3201).

So it is a changing call: one operation for each scope and month, never a second one, and none while something of the
month is open.
"""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError
from django.db.transaction import atomic

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import (
    AlreadyRunning,
    Ask,
    Handler,
    Operation,
    State,
    StillUnknown,
    Task,
    Verdict,
    open_operation,
    outcome,
)
from portal.gateway.national import compose, current_edition, transaction
from portal.gateway.national.classes import edition_of
from portal.ledger.facts import Span
from portal.ledger.reading import ScopeSums, sums_by_scope
from reconciliation.actions import MONTH_ANSWERED, MONTH_REQUESTED
from reconciliation.models import Run, Total, TotalState
from reconciliation.services.blocking import blocking
from reconciliation.services.ending import conclude
from reconciliation.services.refusals import Refused
from reconciliation.services.scopes import Key, key_of
from reconciliation.services.spans import is_past_month
from reconciliation.services.totals import NUMBER, answered, begun, content_of, judged

#: Looks before people are asked: no query says whether an application was made.
LOOKS = 2
NO_PROOF = "没有查询能证明清算申请是否已经提出：请向医保经办机构核对后由两人认定"
HELD = (TotalState.ASKING, TotalState.DOUBTFUL, TotalState.BALANCED)


def applications(environment: str, family: str, begin: date, end: date) -> dict[Key, Total]:
    """What was applied for, or is being, in that month; by scope. Inside the door."""
    rows = Total.objects.filter(
        environment=environment, run__family=family, begin=begin, end=end, is_application=True, state__in=HELD
    )
    return {(one.insutype, one.clr_type, one.clr_optins): one for one in rows.select_related("operation")}


@atomic
def apply_for(run: Run, sums: ScopeSums, *, by: Member, today: date) -> Total:
    """Open the operation for one scope; inside the door.

    Refused when the month is not past, something of it is open, or it was applied for before; then nothing is kept.
    """
    if not is_past_month(run.begin, run.end, today):
        raise Refused("只有已经结束的整月才能视同清算申请")
    if found := blocking(run.environment, run.family, run.begin, run.end, most=1):
        raise Refused(f"本月还有未处理的事项（{found[0].sentence}），不能申请清算")
    key = key_of(sums)
    if (held := applications(run.environment, run.family, run.begin, run.end).get(key)) is not None:
        raise Refused(f"{held.scope_label}{run.begin:%Y年%m月}{_how(held)}，不能再次申请")
    try:
        with atomic():
            total = begun(run, sums, run.begin, run.end, step=3, is_application=True)
    except IntegrityError:
        raise Refused("本月已由其他人提交清算申请，不能再次申请") from None
    request = compose(NUMBER, content_of(sums, run.begin, run.end), edition=current_edition(run.environment))
    try:
        total.operation = open_operation(
            request,
            key=f"{run.begin:%Y-%m}/{'/'.join(key)}",
            by=by,
            title=f"{run.begin:%Y年%m月} 整月对总账（视同清算申请）：{total.scope_label}",
            needs_second=bool(by.institution and by.institution.four_eyes),
            expected={"count": sums.count, "total": sums.total, "fund": sums.fund, "account": sums.account},
            subject=run,
        )
    except AlreadyRunning as running:
        raise Refused(running.sentence) from None
    total.save(update_fields=["operation"])
    amount = f"{sums.total:,.2f}"
    record(MONTH_REQUESTED, run, by=by, month=f"{run.begin:%Y-%m}", scope=total.scope_label, total=amount)
    return total


def _how(held: Total) -> str:
    return "已视同申请清算" if held.state == TotalState.BALANCED else "的清算申请结果待确认"


def _total_of(operation: Operation) -> Total | None:
    return Total.objects.select_for_update(of=("self",)).select_related("run").filter(operation=operation).first()


@outcome(transaction(NUMBER))
class Applying(Handler):
    """The month is balanced and applied for, or it is not."""

    labels = {"count": "笔数", "total": "医疗费总额（元）", "fund": "基金支付（元）", "account": "个人账户支付（元）"}
    four_eyes = True
    consequence = "与医保中心对整月总账；总账平时，中心随即视同本机构申请清算，不能撤回"

    def approvable(self, operation: Operation) -> str:
        """What was agreed to are these sums of a month without an open difference."""
        total = Total.objects.select_related("run").filter(operation=operation).first()
        if total is None:
            return ""
        if found := blocking(total.environment, total.run.family, total.begin, total.end, most=1):
            return f"本月又有未处理的事项（{found[0].sentence}）"
        span = Span(total.environment, total.begin, total.end)
        now = {key_of(one): one for one in sums_by_scope(span, total.run.family)}
        key = (total.insutype, total.clr_type, total.clr_optins)
        sums = now.get(key, ScopeSums(*key))
        same = all(getattr(sums, name) == getattr(total, name) for name in ("count", "total", "fund", "account"))
        return "" if same else "本机构的结算账在提交后有变化"

    resendable = approvable

    def applied(self, operation: Operation, reply: object | None) -> None:
        total = _total_of(operation)
        if total is None:
            return
        if reply is not None:
            state, code, words = judged(reply, edition_of(operation.edition))
            answered(total, state, code=code, said=words, refmsgid=str(getattr(reply, "inf_refmsgid", "")))
        elif operation.task == Task.UNPARSED:
            answered(total, TotalState.DOUBTFUL, said="中心已受理，但答复无法读取，请在接口业务中查看")
        else:
            answered(total, TotalState.BALANCED, said=f"经人工认定：{operation.message}")
        self._tell(total)

    def rejected(self, operation: Operation) -> None:
        total = _total_of(operation)
        if total is None:
            return
        answered(total, TotalState.REFUSED, said=operation.message or "没有发出")
        self._tell(total)

    def _tell(self, total: Total) -> None:
        how = "已视同申请清算" if total.state == TotalState.BALANCED else total.get_state_display()
        record(MONTH_ANSWERED, total.run, by=None, month=f"{total.begin:%Y-%m}", scope=total.scope_label, what=how)
        conclude(total.run)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """A question about the same sums says whether they agree, never whether an application was made."""
        with tenant_tx(operation.institution_pk):
            looks = Operation.objects.values_list("looks", flat=True).get(pk=operation.pk)
        return StillUnknown(NO_PROOF, for_people=looks + 1 >= LOOKS)


def is_under_way(total: Total) -> bool:
    """Whether the application may still be withdrawn or refused: nothing has left."""
    return bool(total.operation and total.operation.state in (State.DRAFT, State.QUEUED))

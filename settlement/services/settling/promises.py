"""What settlements promise beyond the journal (I1, I2, I7), and the centre's settlements beside ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from portal.gateway.journal import Operation, State
from portal.gateway.journal.invariants import compared_with, invariant
from portal.gateway.journal.states import LIVE
from portal.gateway.national import NATIONAL
from settlement.models import Settlement, SettlementState, Visit

NAMED = 20
#: The centre's name for a settlement that stands, by its own names of amounts.
STANDS = "live"
AMOUNTS = {"total": "medfee_sumamt", "fund": "fund_pay_sumamt", "account": "acct_pay", "cash": "psn_cash_pay"}


@invariant("I1")
def each_bill_is_settled_once(institution: int) -> Iterator[str]:
    """A purchase and a bill have one settlement at most that stands or may stand."""
    standing = Settlement.objects.filter(state__in=SettlementState.holding()).exclude(kind="inpatient")
    doubled = standing.values("visit__number", "bill__number").annotate(times=Count("pk")).filter(times__gt=1)
    for one in doubled.order_by()[:NAMED]:
        yield f"就诊 {one['visit__number']} {one['bill__number'] or ''} 有 {one['times']} 笔结算"


@invariant("I2")
def settlements_and_operations_agree(institution: int) -> Iterator[str]:
    """What is being settled has its live operation; what is done knows its number at the centre."""
    settling = Settlement.objects.filter(state=SettlementState.SETTLING)
    for one in settling.exclude(operation__state__in=LIVE).exclude(operation__task="unapplied")[:NAMED]:
        yield f"结算 {one.number} 标为结算中，却没有进行中的接口业务"
    for one in Settlement.objects.filter(state=SettlementState.DONE).filter(Q(setl_id="") | Q(msgid=""))[:NAMED]:
        yield f"结算 {one.number} 已完成，却没有结算ID或报文编号"
    done = Settlement.objects.filter(state__in=[SettlementState.DONE, SettlementState.BROKEN])
    for one in done.exclude(operation__state=State.DONE)[:NAMED]:
        yield f"结算 {one.number} 已完成，其接口业务却不是"


@invariant("I7")
def nothing_is_settled_unresolved(institution: int) -> Iterator[str]:
    """About one visit one operation is under way or in doubt; a reversal waits for the one it reverses."""
    live = Operation.objects.filter(gateway=NATIONAL.name, state__in=LIVE, by_console=False).exclude(kind="2601")
    label = Visit._meta.label_lower
    rows = live.filter(subject__startswith=f"{label}:").values("subject").annotate(times=Count("pk"))
    for one in rows.filter(times__gt=1).order_by()[:NAMED]:
        yield f"就诊 {one['subject']} 有 {one['times']} 项未决业务"


@compared_with(NATIONAL.name)
def settlements_are_there_once(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every settlement that stands here stands there with the same amounts, and the other way round."""
    theirs = {key: one for key, one in state.get("settlements", {}).items() if one["state"] == STANDS}
    rows = Settlement.objects.exclude(setl_id="")
    ours = {one.setl_id: one for one in rows.filter(state__in=SettlementState.happened())}
    for setl_id, one in list(ours.items()):
        if setl_id not in theirs:
            if one.state != SettlementState.UNDOING:
                yield "I2", f"结算 {one.number}（{setl_id}）已完成，中心没有"
            continue
        for name, wire in AMOUNTS.items():
            if (getattr(one, name) or Decimal(0)) != Decimal(theirs[setl_id][wire]):
                yield "I2", f"结算 {one.number} 的{wire}为 {getattr(one, name)}，中心为 {theirs[setl_id][wire]}"
    open_ = set(
        Operation.objects.filter(Q(state__in=LIVE) | Q(by_console=True), gateway=NATIONAL.name).values_list(
            "attempt_rows__msgid", flat=True
        )
    )
    for setl_id, their in theirs.items():
        if setl_id not in ours and their["medins_setl_id"] not in open_:
            yield "I1", f"中心有结算 {setl_id}（报文 {their['medins_setl_id']}），门户没有"

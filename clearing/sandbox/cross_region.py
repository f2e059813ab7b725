"""The three transactions of cross-region clearing and what the centre tells of them (access guide, tables 5 to 9).

The guide prints no codes and leaves cases open; what is played is written down in docs/sandbox.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from clearing.messages.cross_region import (
    BATCH,
    WHOLE_MONTH,
    ConfirmCrossRegion,
    Confirmed,
    ConfirmedRow,
    CrossRegionDetail,
    CrossRegionDetails,
    FetchCrossRegion,
    RollBackCrossRegion,
    RolledBack,
)
from clearing.sandbox.cross_month import CrossOptions, locked_month
from clearing.sandbox.models import CrossConfirmation, CrossMonth, CrossSettlement
from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Call, Refuse, control, digest, plays, tells

ZERO = Decimal("0.00")
SAME = ("certno", "mdtrt_id", "mdtrt_setl_time")


@plays(FetchCrossRegion)
def fetch(request: FetchCrossRegion, call: Call) -> CrossRegionDetails:
    """A hundred rows from `startrow` on, which counts from 1; empty beyond the last. Confirmed rows stay in it."""
    month = locked_month(call.party, request.data.trt_year, request.data.trt_month)
    rows = CrossSettlement.objects.filter(month=month, seqno__gte=request.data.startrow).order_by("seqno")[:BATCH]
    place = call.party.institution
    return CrossRegionDetails(
        data=[
            CrossRegionDetail(
                seqno=row.seqno,
                mdtrtarea=str(place.get("region", ""))[:6],
                medins_no=str(place.get("code", ""))[:22],
                certno=row.certno,
                mdtrt_id=row.mdtrt_id,
                mdtrt_setl_time=row.mdtrt_setl_time,
                setl_sn=row.setl_sn,
                fulamt_advpay_flag=row.fulamt_advpay_flag,
                medfee_sumamt=row.medfee_sumamt,
                optins_pay_sumamt=row.optins_pay_sumamt,
            )
            for row in rows
        ]
    )


@plays(ConfirmCrossRegion)
def confirm(request: ConfirmCrossRegion, call: Call) -> Confirmed:
    """All rows of the batch or none: each exists in the month, is as 3260 gave it, and is not confirmed yet."""
    month = _open_month(call, request.data.trt_year, request.data.trt_month)
    if request.data.totalrow != len(request.detail):
        raise Refuse("6003", f"totalrow 为 {request.data.totalrow}，实际明细 {len(request.detail)} 条")
    names = [row.setl_sn for row in request.detail]
    if len(set(names)) != len(names):
        raise Refuse("6007", "同一批次中有重复的结算流水号")
    found = {row.setl_sn: row for row in CrossSettlement.objects.filter(month=month, setl_sn__in=names)}
    pairs = [(asked, found.get(asked.setl_sn)) for asked in request.detail]
    _check(pairs)
    chosen = [(asked, row) for asked, row in pairs if row is not None]
    if call.partial:
        chosen = chosen[: (len(chosen) + 1) // 2]
    confirmation = CrossConfirmation.objects.create(
        month=month, refmsgid=call.refmsgid, msgid=call.nonce, rows=len(chosen)
    )
    for asked, row in chosen:
        row.confirmation, row.cnfm_flag = confirmation, asked.cnfm_flag or "1"
    CrossSettlement.objects.bulk_update([row for _, row in chosen], ["confirmation", "cnfm_flag"])
    included = [row for _, row in chosen if row.cnfm_flag == "1"]
    call.effect(
        f"{month.year}-{month.month}/{digest([row.setl_sn for _, row in chosen])}",
        rows=len(chosen),
        detail={"inf_refmsgid": call.refmsgid, "month": f"{month.year}-{month.month}", "included": len(included)},
        medfee_sumamt=sum((row.medfee_sumamt for row in included), ZERO),
        optins_pay_sumamt=sum((row.optins_pay_sumamt for row in included), ZERO),
    )
    return Confirmed()


@plays(RollBackCrossRegion)
def roll_back(request: RollBackCrossRegion, call: Call) -> RolledBack:
    """One confirmation by its `inf_refmsgid`, or every live one of the month."""
    month = _open_month(call, request.data.trt_year, request.data.trt_month)
    live = CrossConfirmation.objects.filter(month=month, is_live=True)
    if request.data.otransid == WHOLE_MONTH:
        if not live.exists():
            raise Refuse("6009", f"{month.year} 年 {month.month} 月没有可以回退的确认")
    else:
        live = live.filter(refmsgid=request.data.otransid)
        if not live.exists():
            raise Refuse("6008", f"{month.year} 年 {month.month} 月没有原交易流水号为 {request.data.otransid} 的确认")
    names = list(live.values_list("refmsgid", flat=True))
    rows = CrossSettlement.objects.filter(confirmation__refmsgid__in=names)
    count, (medfee, optins) = rows.count(), _sums(rows.filter(cnfm_flag="1"))
    rows.update(confirmation=None, cnfm_flag="")
    CrossConfirmation.objects.filter(refmsgid__in=names).update(is_live=False)
    call.effect(
        f"{month.year}-{month.month}/{request.data.otransid}",
        rows=count,
        undoes=call.live(ConfirmCrossRegion.code).filter(detail__inf_refmsgid__in=names),
        detail={"month": f"{month.year}-{month.month}", "otransid": request.data.otransid, "undone": names},
        medfee_sumamt=medfee,
        optins_pay_sumamt=optins,
    )
    return RolledBack()


@tells(NATIONAL)
def state(party: Party) -> dict[str, Any]:
    """Counts and sums of every month, and every confirmation by message; ValueError for unknown options."""
    CrossOptions.of(party)
    taken = Q(settlements__cnfm_flag="1")
    months = CrossMonth.objects.filter(party=party).annotate(
        rows=Count("settlements"),
        confirmed=Count("settlements", filter=taken),
        left_out=Count("settlements", filter=Q(settlements__cnfm_flag="0")),
        medfee=Sum("settlements__medfee_sumamt"),
        optins=Sum("settlements__optins_pay_sumamt"),
        confirmed_medfee=Sum("settlements__medfee_sumamt", filter=taken),
        confirmed_optins=Sum("settlements__optins_pay_sumamt", filter=taken),
    )
    confirmations = CrossConfirmation.objects.filter(month__party=party).select_related("month").order_by("id")
    return {
        "months": [
            {
                "month": f"{one.year}-{one.month}",
                "rows": one.rows,
                "confirmed": one.confirmed,
                "left_out": one.left_out,
                "open": one.rows - one.confirmed - one.left_out,
                "medfee_sumamt": str(one.medfee or ZERO),
                "optins_pay_sumamt": str(one.optins or ZERO),
                "confirmed_medfee_sumamt": str(one.confirmed_medfee or ZERO),
                "confirmed_optins_pay_sumamt": str(one.confirmed_optins or ZERO),
                "is_closed": one.is_closed,
            }
            for one in months.order_by("year", "month")
        ],
        "confirmations": [
            {
                "msgid": one.msgid,
                "inf_refmsgid": one.refmsgid,
                "month": f"{one.month.year}-{one.month.month}",
                "rows": one.rows,
                "live": one.is_live,
            }
            for one in confirmations
        ],
    }


@control(NATIONAL, "close")
def close(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Close (or with `"open": true` open again) the month of party, year and month; LookupError for nobody's."""
    party = Party.objects.filter(gateway=NATIONAL.name, app_code=asked.get("party")).first()
    if party is None:
        raise LookupError("没有这个调用方")
    with transaction.atomic():
        try:
            month = locked_month(party, str(asked.get("year")), str(asked.get("month")))
        except Refuse as refusal:
            raise LookupError(refusal.message) from None
        month.is_closed = not asked.get("open", False)
        month.save(update_fields=["is_closed"])
    return {"month": f"{month.year}-{month.month}", "is_closed": month.is_closed}


def _open_month(call: Call, year: str, month: str) -> CrossMonth:
    found = locked_month(call.party, year, month)
    if found.is_closed:
        raise Refuse("6002", f"{year} 年 {month} 月的清分已经结束，不能再确认或回退")
    return found


def _check(pairs: list[tuple[ConfirmedRow, CrossSettlement | None]]) -> None:
    unknown = [
        asked.setl_sn
        for asked, row in pairs
        if row is None or any(getattr(asked, name) != getattr(row, name) for name in SAME)
    ]
    if unknown:
        raise Refuse("6004", f"该月没有这些结算，或证件号码、就诊登记号、结算时间不一致：{_named(unknown)}")
    differing = [
        asked.setl_sn
        for asked, row in pairs
        if row is not None
        and (asked.medfee_sumamt, asked.optins_pay_sumamt) != (row.medfee_sumamt, row.optins_pay_sumamt)
    ]
    if differing:
        raise Refuse("6005", f"金额与结算时不一致：{_named(differing)}")
    if done := [row.setl_sn for _, row in pairs if row is not None and row.cnfm_flag]:
        raise Refuse("6006", f"已经确认过，请先回退：{_named(done)}")


def _sums(rows: QuerySet[CrossSettlement]) -> tuple[Decimal, Decimal]:
    found = rows.aggregate(medfee=Sum("medfee_sumamt"), optins=Sum("optins_pay_sumamt"))
    return found["medfee"] or ZERO, found["optins"] or ZERO


def _named(names: list[str]) -> str:
    return "、".join(names[:3]) + (f" 等 {len(names)} 条" if len(names) > 3 else "")

"""The six changing transactions, with the rules of the clearing manual (chapters 5, 7 and 8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from clearing.messages import (
    Application,
    CancelApplication,
    Cancellation,
    CancelVerification,
    GenerateClearing,
    Generation,
    Revocation,
    RevokeClearing,
    SubmitApplication,
    Verification,
    VerifyClearing,
)
from clearing.sandbox import models
from clearing.sandbox.books import (
    agencies,
    agency_names,
    live_applications,
    locked_book,
    open_year,
    rows_of,
    scope,
    tag_of,
)
from clearing.sandbox.rows import make_rows
from portal.gateway.sandbox.plays import Call, Refuse, digest, plays

ZERO = Decimal("0.00")


@plays(GenerateClearing)
def generate(request: GenerateClearing, call: Call) -> Generation:
    """All asked agencies or none; refused when one of them is generated already (5.1)."""
    options = open_year(call.party, request.year)
    book = locked_book(call.party, request.year)
    present = rows_of(call.party, request.year, request.aka080, request.qsjg00)
    if done := sorted(set(present.order_by().values_list("qsjg00", flat=True))):
        raise Refuse("2001", f"{request.year} 年{agency_names(done)}的清算数据已经生成，请勿重复生成")
    book.generations += 1
    made: list[models.Row] = []
    for agency in agencies(request.qsjg00):
        made += make_rows(book, options, tag_of(call.party), request.aka080, agency)
    if not made:
        raise Refuse("2004", f"{request.year} 年没有可生成的结算数据")
    book.save(update_fields=["generations"])
    models.Row.objects.bulk_create(made, batch_size=1000)
    call.effect(
        scope(request.year, request.aka080, request.qsjg00),
        rows=len(made),
        fund_due_amt=sum((row.fund_due_amt for row in made), ZERO),
        disburse_amt=sum((row.disburse_amt for row in made), ZERO),
    )
    return Generation(batch_no=f"PC{tag_of(call.party)}{request.year}{book.generations:03d}", count=len(made))


@plays(RevokeClearing)
def revoke(request: RevokeClearing, call: Call) -> Revocation:
    """Refused while any row is verified; the rows are named (5.2)."""
    open_year(call.party, request.year)
    locked_book(call.party, request.year)
    rows = rows_of(call.party, request.year, request.aka080, request.qsjg00)
    if not rows.exists():
        raise Refuse("2002", f"{request.year} 年还没有生成清算数据")
    if verified := list(rows.filter(hdzt00="001")[:6]):
        names = "、".join(f"{row.medins_name}（{row.row_id}）" for row in verified[:5])
        more = " 等" if len(verified) > 5 else ""
        raise Refuse("2003", f"已核对的清算数据不能撤销：{names}{more}")
    sums = _sums(rows)
    rows.delete()
    left = set(rows_of(call.party, request.year, request.aka080, None).order_by().values_list("qsjg00", flat=True))
    gone = [
        key
        for agency in (*agencies(None), None)
        if not left & set(agencies(agency))
        for key in [scope(request.year, request.aka080, agency)]
    ]
    call.effect(
        scope(request.year, request.aka080, request.qsjg00),
        undoes=call.live("generateClearing").filter(business_key__in=gone),
        **_amounts(sums),
    )
    return Revocation(count=sums["rows"])


@plays(VerifyClearing)
def verify(request: VerifyClearing, call: Call) -> Verification:
    """All named rows, none twice (7.2)."""
    rows = _named(call, request.row_ids)
    if done := [row for row in rows if row.hdzt00 == "001"]:
        raise Refuse("3002", f"所选数据中有 {len(done)} 条已经核对：{_ids(done)}")
    return _mark(call, rows, "001")


@plays(CancelVerification)
def cancel_verification(request: CancelVerification, call: Call) -> Verification:
    """Refused for rows that are in an application (7.3)."""
    rows = _named(call, request.row_ids)
    if applied := [row for row in rows if row.qssqzt == "001"]:
        raise Refuse("3004", f"已提交清算申请的数据不能撤销核对：{_ids(applied)}")
    if open_ := [row for row in rows if row.hdzt00 != "001"]:
        raise Refuse("3003", f"所选数据中有 {len(open_)} 条尚未核对：{_ids(open_)}")
    return _mark(call, rows, "000")


@plays(SubmitApplication)
def submit(request: SubmitApplication, call: Call) -> Application:
    """Takes the verified rows; what is not verified is left out (8.1)."""
    open_year(call.party, request.year)
    book = locked_book(call.party, request.year)
    rows = rows_of(call.party, request.year, request.aka080, request.qsjg00)
    if not rows.exists():
        raise Refuse("2002", f"{request.year} 年还没有生成清算数据")
    if live := live_applications(book, request.aka080, request.qsjg00).first():
        raise Refuse("4002", f"已经提交过清算申请：{live.application_no}")
    verified = rows.filter(hdzt00="001")
    sums = _sums(verified)
    if not sums["rows"]:
        raise Refuse("4001", "没有已核对的数据可以申请")
    book.applications += 1
    book.save(update_fields=["applications"])
    application = models.Application.objects.create(
        book=book,
        application_no=f"SQ{tag_of(call.party)}{request.year}{request.aka080}{request.qsjg00}{book.applications:03d}",
        aka080=request.aka080,
        qsjg00=request.qsjg00,
        row_count=sums["rows"],
        medfee_sumamt=sums["medfee"],
        fund_due_amt=sums["fund_due"],
        disburse_amt=sums["disburse"],
    )
    verified.update(qssqzt="001", application=application)
    call.effect(
        scope(request.year, request.aka080, request.qsjg00),
        detail={"application_no": application.application_no},
        **_amounts(sums),
    )
    return Application(application_no=application.application_no, count=sums["rows"])


@plays(CancelApplication)
def cancel_application(request: CancelApplication, call: Call) -> Cancellation:
    """Refused for an approved application, unless the party's option `cancel_approved` allows it (8.2)."""
    options = open_year(call.party, request.year)
    book = locked_book(call.party, request.year)
    live = live_applications(book, request.aka080, request.qsjg00).first()
    if live is None:
        raise Refuse("4003", "没有可以撤销的清算申请")
    if live.audit_state == "approved" and not options.cancel_approved:
        raise Refuse("4004", f"清算申请 {live.application_no} 已经审核通过，不能撤销")
    rows = models.Row.objects.filter(application=live)
    sums = _sums(rows)
    rows.update(qssqzt="000", application=None)
    live.is_live, live.audit_state = False, "cancelled"
    live.save(update_fields=["is_live", "audit_state"])
    call.effect(
        scope(request.year, request.aka080, request.qsjg00),
        undoes=call.live("submitApplication").filter(detail__application_no=live.application_no),
        detail={"application_no": live.application_no},
        **_amounts(sums),
    )
    return Cancellation(count=sums["rows"])


def _named(call: Call, row_ids: list[str]) -> list[models.Row]:
    """The party's rows of these ids, with their books locked; refused when one does not exist (7.2)."""
    mine = models.Row.objects.filter(book__party=call.party, row_id__in=row_ids)
    for year in sorted(set(mine.order_by().values_list("book__year", flat=True))):
        locked_book(call.party, year)
    found = {row.row_id: row for row in mine}  # read after the lock, so that the states are final
    if missing := [row_id for row_id in row_ids if row_id not in found]:
        raise Refuse("3001", f"没有所选的清算数据：{'、'.join(missing[:5])}")
    return [found[row_id] for row_id in row_ids]


def _mark(call: Call, rows: list[models.Row], state: str) -> Verification:
    chosen = rows[: (len(rows) + 1) // 2] if call.partial else rows
    ids = [row.row_id for row in chosen]
    models.Row.objects.filter(row_id__in=ids).update(hdzt00=state)
    call.effect(
        digest(ids),
        rows=len(ids),
        detail={"row_ids": ids},
        fund_due_amt=sum((row.fund_due_amt for row in chosen), ZERO),
        disburse_amt=sum((row.disburse_amt for row in chosen), ZERO),
    )
    return Verification(count=len(ids), row_ids=ids)


def _sums(rows: QuerySet[models.Row]) -> dict[str, Any]:
    found = rows.order_by().aggregate(
        rows=Count("id"), medfee=Sum("medfee_sumamt"), fund_due=Sum("fund_due_amt"), disburse=Sum("disburse_amt")
    )
    return {name: value or (0 if name == "rows" else ZERO) for name, value in found.items()}


def _amounts(sums: dict[str, Any]) -> dict[str, Any]:
    return {"rows": sums["rows"], "fund_due_amt": sums["fund_due"], "disburse_amt": sums["disburse"]}


def _ids(rows: list[models.Row]) -> str:
    return "、".join(row.row_id for row in rows[:5]) + (" 等" if len(rows) > 5 else "")

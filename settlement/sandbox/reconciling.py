"""Comparing with an institution: 3201 by sums, 3202 settlement by settlement through files."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox.answers import answer
from settlement.sandbox.book import scoped, sums_of
from settlement.sandbox.book_files import result_file, sent_rows
from settlement.sandbox.centre import Content, amount, content, now
from settlement.sandbox.lists import file_number
from settlement.sandbox.models import Applied, BookForm, BookRow, File

SUMS = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")
AGREES, DIFFERS = "0", "1"
LONGEST = timedelta(days=31)


@plays(transaction("3201"))
def totals(request: Any, call: Call) -> Record:
    """Compare the stated sums with the book's, refunds with their own sign and each a settlement of its own.

    A whole month that is over, and agrees, is an application for clearing (Sichuan guide, 总账对账 2).
    """
    asked = content(request).get("data", {})
    first, last = _period(asked)
    found = sums_of(scoped(call.party, asked))
    here = {name: found[name] for name in SUMS} | {"fixmedins_setl_cnt": found["rows"]}
    wrong = [f"{name} 中心为 {value}" for name, value in here.items() if amount(asked.get(name)) != value]
    if not wrong and _is_whole_month(first, last):
        _apply(call, asked, first, found)
    result = {"stmt_rslt": DIFFERS if wrong else AGREES, "stmt_rslt_dscr": "；".join(wrong)[:200]}
    return answer(request, stmtinfo=result | {"setl_optins": asked.get("setl_optins")})


def _period(asked: Content) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(str(asked[name])[:10]) for name in ("stmt_begndate", "stmt_enddate"))
    except (KeyError, ValueError):
        raise Refuse("7107", "对账日期不正确") from None
    if last < first or last - first > LONGEST:
        raise Refuse("7514", "对账时间段不正确，最长一个月")
    return first, last


def _is_whole_month(first: date, last: date) -> bool:
    """First to last day of one month that is not the current one."""
    ends = date(first.year, first.month, monthrange(first.year, first.month)[1])
    return first.day == 1 and last == ends and ends < now().date()


def _apply(call: Call, asked: Content, first: date, found: dict[str, Decimal | int]) -> None:
    """The application of that scope; the centre does not refuse a second one, it shows as a duplicate."""
    scope = {name: str(asked.get(name, "")) for name in ("insutype", "clr_type", "setl_optins")}
    month = f"{first:%Y-%m}"
    applied, is_new = Applied.objects.get_or_create(
        party=call.party, month=month, **scope, defaults={"msgid": call.nonce}
    )
    if not is_new:
        Applied.objects.filter(pk=applied.pk).update(times=F("times") + 1)
    call.effect(
        f"{month}/{'/'.join(scope.values())}",
        rows=int(found["rows"]),
        duplicate=not is_new,
        medfee_sumamt=Decimal(found["medfee_sumamt"]),
        fund_pay_sumamt=Decimal(found["fund_pay_sumamt"]),
        acct_pay=Decimal(found["acct_pay"]),
    )


@plays(transaction("3202"))
def details(request: Any, call: Call) -> Record:
    """Compare the rows of the file with the book's rows of the period; the result is a file for 9102.

    A row agrees (0) when its settlement is here with the same sums and the same sign; what either side lacks differs
    (1). What the book has twice comes back as often, without its numbers.
    """
    asked = content(request).get("data", {})
    _period(asked)
    file = File.objects.filter(party=call.party, number=str(asked.get("file_qury_no", ""))).first()
    if file is None or file.content is None:
        raise Refuse("7509", "没有这个文件查询号的文件")
    here: dict[tuple[str, bool], list[BookRow]] = {}
    for one in scoped(call.party, asked):
        here.setdefault((one.setl_id, one.is_refund), []).append(one)
        if one.is_refund and one.refunds:  # a refund may come under the number of what it takes back
            here.setdefault((one.refunds, True), here[one.setl_id, True])
    lines: list[Sequence[str]] = []
    seen: set[int] = set()
    for row in sent_rows(bytes(file.content)):
        known = [one for one in here.get((row[0], row[6] == "1"), []) if one.pk not in seen]
        seen.update(one.pk for one in known)
        lines += [_told(row, one, is_double=len(known) > 1) for one in known] or [_unknown(row)]
    missing = {one.pk: one for rows in here.values() for one in rows if one.pk not in seen}
    lines += [_missing(one) for one in missing.values()]
    form = BookForm.objects.filter(party=call.party).first()
    until = now() + timedelta(days=7)
    made = File.objects.create(
        party=call.party,
        number=file_number("D", call),
        filename=f"3202_{file.pk}.zip",
        content=result_file(lines, form.layout if form else ""),
        ready_at=now() + timedelta(seconds=form.seconds) if form and form.seconds else None,
    )
    return answer(request, fileinfo={"file_qury_no": made.number, "filename": made.filename, "dld_endtime": until})


def _told(row: Sequence[str], one: BookRow, *, is_double: bool) -> list[str]:
    try:
        same = [Decimal(value) for value in row[3:6]] == [getattr(one, name) for name in SUMS]
    except InvalidOperation:
        same = False
    sums = [str(getattr(one, name)) for name in SUMS]
    if is_double:
        return [row[2], "", "", one.msgid, DIFFERS, row[6], "中心有多条记录", *sums]
    memo = "" if same else "金额不一致"
    return [row[2], one.mdtrt_id, one.setl_id, one.msgid, AGREES if same else DIFFERS, row[6], memo, *sums]


def _unknown(row: Sequence[str]) -> list[str]:
    return [row[2], row[1], row[0], "", DIFFERS, row[6], "中心没有这笔结算", "", "", ""]


def _missing(one: BookRow) -> list[str]:
    sums = [str(getattr(one, name)) for name in SUMS]
    named = [one.psn_no, one.mdtrt_id, one.setl_id, one.msgid]
    return [*named, DIFFERS, "1" if one.is_refund else "0", "医药机构没有这笔结算", *sums]

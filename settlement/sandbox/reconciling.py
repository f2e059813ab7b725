"""Comparing with an institution: 3201 by sums, 3202 settlement by settlement through files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet, Sum

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox.answers import answer
from settlement.sandbox.centre import Content, content, now
from settlement.sandbox.lists import file_number
from settlement.sandbox.models import File, Settlement

KINDS = {"41": "pharmacy", "11": "outpatient", "14": "chronic", "21": "inpatient"}
SUMS = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")
AGREES, DIFFERS = "0", "1"


@plays(transaction("3201"))
def totals(request: Any, call: Call) -> Record:
    """Compare the stated sums with the live settlements of the period, insurance and kind of clearing."""
    asked = content(request).get("data", {})
    found = _settlements(call, asked).filter(visit__insurance__insutype=str(asked.get("insutype", "")))
    sums = found.aggregate(**{name: Sum(name) for name in SUMS})
    here = {name: value or 0 for name, value in sums.items()} | {"fixmedins_setl_cnt": found.count()}
    wrong = [f"{name} 中心为 {value}" for name, value in here.items() if (asked.get(name) or 0) != value]
    result = {"stmt_rslt": DIFFERS if wrong else AGREES, "stmt_rslt_dscr": "；".join(wrong)[:200]}
    return answer(request, stmtinfo=result | {"setl_optins": asked.get("setl_optins")})


@plays(transaction("3202"))
def details(request: Any, call: Call) -> Record:
    """Compare the rows of the file with the live settlements of the period; the result is a file for 9102.

    A row agrees (0) when its settlement is here with the same sums; what either side lacks differs (1).
    """
    asked = content(request).get("data", {})
    file = File.objects.filter(party=call.party, number=str(asked.get("file_qury_no", ""))).first()
    if file is None or file.content is None:
        raise Refuse("7509", "没有这个文件查询号的文件")
    here = {one.setl_id: one for one in _settlements(call, asked).select_related("visit__insured")}
    lines = [_told(row, here.pop(row[0], None)) for row in _rows(bytes(file.content))]
    lines += [_missing(one) for one in here.values()]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("result.txt", "".join("\t".join(one or "null" for one in line) + "\n" for line in lines))
    made = File.objects.create(
        party=call.party, number=file_number("D", call), filename=f"3202_{file.pk}.zip", content=packed.getvalue()
    )
    until = now() + timedelta(days=7)
    return answer(request, fileinfo={"file_qury_no": made.number, "filename": made.filename, "dld_endtime": until})


def _settlements(call: Call, asked: Content) -> QuerySet[Settlement]:
    found = Settlement.objects.filter(visit__party=call.party, state=Settlement.State.LIVE)
    return found.filter(
        kind=KINDS.get(str(asked.get("clr_type")), ""),
        visit__insurance__insuplc_admdvs=str(asked.get("setl_optins", "")),
        settled_at__date__range=(str(asked.get("stmt_begndate")), str(asked.get("stmt_enddate"))),
    ).order_by("pk")


def _rows(packed: bytes) -> Iterator[list[str]]:
    """setl_id, mdtrt_id, psn_no, three sums, refund flag of every line; refuses what is no such file."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            text = archive.read(archive.namelist()[0]).decode()
    except (zipfile.BadZipFile, IndexError, UnicodeDecodeError):
        raise Refuse("7510", "文件不是压缩的 UTF-8 文本") from None
    for line in text.splitlines():
        row = line.split("\t")
        if len(row) < 7:
            raise Refuse("7511", "文件的列数不正确")
        yield row


def _told(row: list[str], one: Settlement | None) -> list[str]:
    if one is None:
        return [row[2], "", "", "", DIFFERS, row[6], "中心没有这笔结算", *row[3:6]]
    try:
        same = [Decimal(value) for value in row[3:6]] == [getattr(one, name) for name in SUMS]
    except InvalidOperation:
        same = False
    memo = "" if same else "金额不一致"
    sums = [str(getattr(one, name)) for name in SUMS]
    named = [row[2], one.visit.mdtrt_id, one.setl_id, one.msgid]
    return [*named, AGREES if same else DIFFERS, row[6], memo, *sums]


def _missing(one: Settlement) -> list[str]:
    sums = [str(getattr(one, name)) for name in SUMS]
    named = [one.visit.insured.psn_no, one.visit.mdtrt_id, one.setl_id, one.msgid]
    return [*named, DIFFERS, "0", "医药机构没有这笔结算", *sums]

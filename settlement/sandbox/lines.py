"""Fee lines as they arrive: checked, cut up by the catalogue, answered one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Refuse
from settlement.sandbox import items
from settlement.sandbox.benefits import Listed, cut
from settlement.sandbox.centre import Content, amount, storable, when
from settlement.sandbox.models import Line, Visit
from settlement.sandbox.options import Options
from settlement.sandbox.rates import ZERO

HALF_CENT = Decimal("0.005")


def made(visit: Visit, rows: Iterable[Mapping[str, Any]], *, batch: str = "") -> list[Line]:
    """The rows as lines of the visit, not stored yet; refuses what does not add up or comes twice."""
    rows = list(rows)
    numbers = [str(row.get("feedetl_sn", "")) for row in rows]
    if len(set(numbers)) != len(numbers):
        raise Refuse("7201", f"费用明细流水号 {_twice(numbers)} 在报文中重复")
    if visit.pk:
        known = visit.lines.filter(feedetl_sn__in=numbers).values_list("feedetl_sn", flat=True).first()
        if known is not None:
            raise Refuse("7201", f"费用明细流水号 {known} 已经上传过")
    return [_line(visit, row, batch) for row in rows]


def _line(visit: Visit, row: Mapping[str, Any], batch: str) -> Line:
    sum_of, count, price = (amount(row.get(name)) for name in ("det_item_fee_sumamt", "cnt", "pric"))
    number, code = str(row.get("feedetl_sn", "")), str(row.get("med_list_codg", ""))
    if abs(count * price - sum_of) > HALF_CENT:
        raise Refuse("7206", f"费用明细 {number} 的金额 {sum_of} 不等于数量 {count} × 单价 {price}")
    listed = listed_item(visit.party, code)
    parts = cut(listed, count, sum_of)
    return Line(
        visit=visit,
        feedetl_sn=number,
        batch=batch or str(row.get("chrg_bchno") or ""),
        dise_codg=str(row.get("dise_codg") or ""),
        med_list_codg=code,
        name=listed.name,
        at=when(row.get("fee_ocur_time")),
        cnt=count,
        pric=price,
        amount=parts.amount,
        own=parts.own,
        over=parts.over,
        first=parts.first,
        in_scope=parts.in_scope,
        price_limit=listed.price_limit or ZERO,
        selfpay_prop=listed.selfpay_prop,
        list_type=listed.list_type,
        chrgitm_lv=listed.chrgitm_lv,
        med_chrgitm_type=listed.med_chrgitm_type,
        refunds=str(row.get("init_feedetl_sn") or ""),
        facts=storable(dict(row)),
    )


def listed_item(party: Party, code: str) -> Listed:
    """What the catalogue knows of the code; what it does not is the person's own, or refused by the party's option."""
    options = Options.of(party)
    found = items.find(code, options.catalogue_rows)
    if found is None and options.strict_catalogue:
        raise Refuse("7207", f"医疗目录中没有编码 {code}")
    return found.listed if found else items.outside(code)


def result(line: Line) -> Content:
    """A line as `result` and `detlcutinfo` have it."""
    return {
        "feedetl_sn": line.feedetl_sn,
        "det_item_fee_sumamt": line.amount,
        "cnt": line.cnt,
        "pric": line.pric,
        "pric_uplmt_amt": line.price_limit,
        "selfpay_prop": line.selfpay_prop,
        "fulamt_ownpay_amt": line.own,
        "overlmt_amt": line.over,
        "preselfpay_amt": line.first,
        "inscp_scp_amt": line.in_scope,
        "chrgitm_lv": line.chrgitm_lv,
        "med_chrgitm_type": line.med_chrgitm_type,
        "list_type": line.list_type,
        "bas_medn_flag": "1" if line.chrgitm_lv == "01" else "0",
        "hi_nego_drug_flag": "0",
        "chld_medc_flag": "0",
        "list_sp_item_flag": "0",
        "lmt_used_flag": "0",
        "drt_reim_flag": "0",
        "hosp_part_amt": ZERO,
        "memo": "目录外" if line.list_type == "105" else "",
    }


def sums(lines: Iterable[Line]) -> Decimal:
    return sum((one.amount for one in lines), ZERO)


def _twice(numbers: list[str]) -> str:
    return next(one for one in numbers if numbers.count(one) > 1)

"""Collected records 4101 to 4701, stock 3501 to 3507, matchings 3301/3302, departments 3401 to 3403.

Each is kept under its business key; sent again it takes the place of the former. What a record refers to must exist.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.gateway.messages import Record, wire_form
from portal.gateway.national import transaction
from portal.gateway.sandbox.models import Effect
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox.answers import answer, text_of
from settlement.sandbox.centre import Content, content, person_of, rows, storable
from settlement.sandbox.models import Settlement, Upload, Visit


@dataclass(frozen=True, slots=True)
class Family:
    """How a number's records are kept: node that holds them, items that make up the key, what must be there before.

    `name` is shared by numbers that write the same records. `settled`: `setl_id` must be a settlement that lives.
    `after`: a record of that family with the same values of `linked` must be there. `kept`: queries need the content.
    """

    node: str
    key: tuple[str, ...]
    name: str = ""
    settled: bool = False
    after: str = ""
    linked: tuple[str, ...] = ()
    kept: bool = False


SERIAL = ("mdtrt_sn",)
REPORT = ("mdtrt_sn", "appy_no", "rpotc_no")
BATCH = ("fixmedins_bchno",)
FAMILIES: dict[str, Family] = {
    "4101": Family("setlinfo", ("setl_id",), "4101", settled=True),
    "4101A": Family("setlinfo", ("setl_id",), "4101", settled=True),
    "4201": Family("feedetail", ("mdtrt_sn", "feedetl_sn")),
    "4301": Family("rgstinfo", SERIAL),
    "4302": Family("oprninfo", (*SERIAL, "oprn_oprt_sn")),
    "4401": Family("baseinfo", SERIAL),
    "4402": Family("data", (*SERIAL, "drord_no", "drord_isu_no", "drord_detl_code")),
    "4501": Family("examinfo", REPORT, kept=True),
    "4502": Family("labinfo", REPORT, kept=True),
    "4503": Family("data", (*REPORT, "germ_code")),
    "4504": Family("data", (*REPORT, "germ_code", "sstb_code")),
    "4505": Family("data", (*SERIAL, "palg_no")),
    "4506": Family("data", (*SERIAL, "appy_no", "file_name")),
    "4601": Family("data", (*SERIAL, "bld_time", "bld_cnt", "bld_cat_code")),
    "4602": Family("data", (*SERIAL, "rcd_time", "nurscare_obsv_item_name")),
    "4701": Family("adminfo", SERIAL),
    "3501": Family("invinfo", (*BATCH, "med_list_codg"), kept=True),
    "3502": Family("invinfo", (*BATCH, "inv_chg_time", "inv_chg_type"), kept=True),
    "3503": Family("purcinfo", (*BATCH, "med_list_codg"), kept=True),
    "3504": Family("purcinfo", (*BATCH, "purc_retn_stoin_time"), after="3503", linked=BATCH, kept=True),
    "3505": Family("selinfo", ("rtal_docno", *BATCH, "med_list_codg"), settled=True, kept=True),
    "3506": Family("selinfo", (*BATCH, "sel_retn_time"), after="3505", linked=BATCH, kept=True),
    "3301": Family("data", ("fixmedins_hilist_id", "list_type"), kept=True),
    "3401": Family("deptinfo", ("hosp_dept_codg",), "3401", kept=True),
    "3401A": Family("deptinfo", ("hosp_dept_codg",), "3401", kept=True),
    "3402": Family("deptinfo", ("hosp_dept_codg",), "3401", after="3401", linked=("hosp_dept_codg",), kept=True),
}
#: 3507's inv_data_type: which records a batch loses.
STOCK = {"1": "3501", "2": "3502", "3": "3503", "4": "3504", "5": "3505", "6": "3506"}


def _take(family: Family, code: str) -> Callable[[Any, Call], Record]:
    def take(request: Any, call: Call) -> Record:
        asked = content(request)
        records = rows(asked, family.node)
        if not records:
            raise Refuse("7501", f"没有 {family.node}")
        for one in records:
            _check(call, family, one)
        records = records[: (len(records) + 1) // 2] if call.partial else records
        # Nodes beside the records belong to the one that came alone.
        whole = {**asked, family.node: records[0]} if len(records) == 1 else None
        kept = [_keep(call, family, code, one, whole) for one in records]
        before = Effect.objects.filter(party=call.party, business_key=_name(family, code, kept))
        call.effect(
            _name(family, code, kept),
            rows=len(kept),
            undoes=before,
            detail={"keys": [one.key for one in kept][:200], "replaced": sum(one.times > 1 for one in kept)},
        )
        return answer(request, data={"setl_list_id": f"{kept[0].pk % 10**9:09d}"})

    return take


def _check(call: Call, family: Family, one: Mapping[str, Any]) -> None:
    if one.get("psn_no"):
        person = person_of(call, one["psn_no"])
        if one.get("mdtrt_id"):
            visit = Visit.objects.filter(party=call.party, insured=person, mdtrt_id=one["mdtrt_id"])
            if not visit.exclude(state=Visit.State.UNDONE).exists():
                raise Refuse("7502", f"没有就诊ID为 {one['mdtrt_id']} 的就诊，或已经撤销")
    if family.settled and one.get("setl_id"):
        live = Settlement.objects.filter(visit__party=call.party, setl_id=one["setl_id"], state=Settlement.State.LIVE)
        if not live.exists():
            raise Refuse("7503", f"没有结算ID为 {one['setl_id']} 的结算，或已经撤销")
    if family.after:
        there = Upload.objects.filter(party=call.party, family=family.after)
        if not there.filter(**{f"facts__{name}": str(one.get(name, "")) for name in family.linked}).exists():
            raise Refuse("7504", f"没有 {family.after} 上传过的对应记录")


def _keep(call: Call, family: Family, code: str, one: Content, whole: Content | None) -> Upload:
    key = "/".join(str(one.get(name, "")) for name in family.key)[:200]
    text = text_of(whole or one)
    values = {
        "size": len(text.encode()),
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "facts": storable(whole[family.node] if whole else one) if family.kept else {},
        "msgid": call.nonce,
    }
    kept, is_new = Upload.objects.get_or_create(party=call.party, family=family.name or code, key=key, defaults=values)
    if not is_new:
        for name, value in values.items():
            setattr(kept, name, value)
        kept.times += 1
        kept.save()
    return kept


def _name(family: Family, code: str, kept: list[Upload]) -> str:
    one = kept[0].key if len(kept) == 1 else hashlib.sha256("\n".join(x.key for x in kept).encode()).hexdigest()[:32]
    return f"{family.name or code}/{one}"[:200]


for number, found in FAMILIES.items():
    plays(transaction(number))(_take(found, number))


@plays(transaction("3507"))
def delete_stock(request: Any, call: Call) -> Record:
    """Take one sort of records of a batch away."""
    asked = content(request).get("data", {})
    kind, batch = str(asked.get("inv_data_type", "")), str(asked.get("fixmedins_bchno", ""))
    names = [STOCK[kind]] if kind in STOCK else list(STOCK.values())
    return _gone(request, call, names, fixmedins_bchno=batch)


@plays(transaction("3302"))
def unmatch(request: Any, call: Call) -> Record:
    asked = content(request)
    named = {name: str(asked.get(name, "")) for name in ("fixmedins_hilist_id", "list_type", "med_list_codg")}
    return _gone(request, call, ["3301"], **named)


@plays(transaction("3403"))
def close_department(request: Any, call: Call) -> Record:
    code = str(content(request).get("data", {}).get("hosp_dept_codg", ""))
    return _gone(request, call, ["3401"], hosp_dept_codg=code)


def _gone(request: Any, call: Call, families: list[str], **named: str) -> Record:
    chosen = Upload.objects.filter(party=call.party, family__in=families)
    chosen = chosen.filter(**{f"facts__{name}": value for name, value in named.items()})
    keys = [f"{one.family}/{one.key}" for one in chosen]
    if not keys:
        raise Refuse("7505", "没有可以删除的记录")
    chosen.delete()
    undoes = Effect.objects.filter(party=call.party, business_key__in=keys)
    call.effect("/".join(named.values())[:200], rows=len(keys), undoes=undoes, detail={"keys": keys[:200]})
    return answer(request)


@plays(transaction("3102"))
@plays(transaction("3101"))
def analyse(request: Any, call: Call) -> Record:
    """Two rules: an item twice on one day (R1), and more than 30 of one item (R2). Nothing is kept."""
    found: list[Content] = []
    for patient in rows(wire_form(request).get("data", {}), "patient_dtos"):
        for visit in rows(patient, "fsi_encounter_dtos"):
            orders = rows(visit, "fsi_order_dtos")
            seen: set[tuple[str, str]] = set()
            for order in orders:
                mark = (str(order.get("hilist_code")), str(order.get("drord_begn_date")))
                if mark in seen:
                    found.append(_fault(patient, visit, order, "R1", "同一日重复收费"))
                seen.add(mark)
                if (order.get("cnt") or 0) > 30:
                    found.append(_fault(patient, visit, order, "R2", "单次数量超过 30"))
    return answer(request, result=found)


def _fault(patient: Content, visit: Content, order: Content, rule: str, text: str) -> Content:
    named = {"patn_id": patient.get("patn_id"), "mdtrt_id": visit.get("mdtrt_id"), "vola_amt": order.get("sumamt")}
    number = hashlib.sha256(f"{rule}{visit.get('mdtrt_id')}{order.get('rx_id')}".encode()).hexdigest()[:24]
    detail = {**named, "jrd_id": f"{number}1", "rx_id": order.get("rx_id"), "vola_item_type": "1"}
    return {
        **named,
        "jr_id": number,
        "rule_id": rule,
        "rule_name": text,
        "vola_cont": f"{order.get('hilist_name')}：{text}",
        "judge_result_detail_dtos": [detail],
        "vola_amt_stas": "1",
        "sev_deg": "2",
        "vola_evid": "沙箱规则",
        "vola_bhvr_type": "1",
    }

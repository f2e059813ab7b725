"""Filings 2501 to 2506, Z1101 and Z1102, and what 5301, 5302 and 5304 tell of them.

A filing is pending until people at the centre decide (`POST /national/decide`); only a pending one may be taken back
(2502 also takes back an approved transfer, which nobody has used).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.models import Effect
from portal.gateway.sandbox.national.editions import sample
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox.answers import about, answer
from settlement.sandbox.centre import Content, content, day, now, person_of, storable, when
from settlement.sandbox.models import Filing, Insured
from settlement.sandbox.paying import number

OPEN = (Filing.State.PENDING, Filing.State.APPROVED)
#: Which transactions make a filing of the kind.
FILES: dict[str, tuple[str, ...]] = {
    Filing.Kind.TRANSFER: ("2501", "2501A"),
    Filing.Kind.CHRONIC: ("2503",),
    Filing.Kind.DESIGNATED: ("2505",),
    Filing.Kind.TWO_DISEASES: ("Z1101",),
}


@plays(transaction("2501A"))
@plays(transaction("2501"))
def file_transfer(request: Any, call: Call) -> Record:
    asked = content(request).get("refmedin", {})
    begins = day(asked.get("begndate") or asked.get("refl_date"))
    code, name = str(asked.get("reflin_medins_no", "")), str(asked.get("reflin_medins_name", ""))
    return _filed(request, call, Filing.Kind.TRANSFER, asked, begins, code, name)


@plays(transaction("2503"))
def file_chronic(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    code, name = str(asked.get("opsp_dise_code", "")), str(asked.get("opsp_dise_name", ""))
    if day(asked.get("hosp_ide_date")) > now().date():
        raise Refuse("7107", "医院鉴定日期在今天之后")
    return _filed(request, call, Filing.Kind.CHRONIC, asked, day(asked.get("begndate")), code, name)


@plays(transaction("2505"))
def file_designation(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    code, name = str(asked.get("fixmedins_code", "")), str(asked.get("fixmedins_name", ""))
    place = f"{asked.get('biz_appy_type', '')}/{asked.get('fix_srt_no', '')}/{code}"
    return _filed(request, call, Filing.Kind.DESIGNATED, asked, day(asked.get("begndate")), place, name)


def _file_two(request: Any, call: Call) -> Record:
    """Z1101 as the sample edition has it, or the party's own: hypertension and diabetes of residents."""
    asked = content(request).get("data", {})
    code, name = str(asked.get("two_dise_code") or ""), str(asked.get("two_dise_name") or "")
    return _filed(request, call, Filing.Kind.TWO_DISEASES, asked, day(asked.get("begndate")), code, name)


def _undo_two(request: Any, call: Call) -> Record:
    return cancelled(request, call, Filing.Kind.TWO_DISEASES, Filing.State.PENDING)


plays(sample().request("Z1101"))(_file_two)
plays(sample().request("Z1102"))(_undo_two)


@plays(transaction("2502"))
def undo_transfer(request: Any, call: Call) -> Record:
    return cancelled(request, call, Filing.Kind.TRANSFER, *OPEN)


@plays(transaction("2504"))
def undo_chronic(request: Any, call: Call) -> Record:
    return cancelled(request, call, Filing.Kind.CHRONIC, Filing.State.PENDING)


@plays(transaction("2506"))
def undo_designation(request: Any, call: Call) -> Record:
    return cancelled(request, call, Filing.Kind.DESIGNATED, Filing.State.PENDING)


def _filed(request: Any, call: Call, kind: str, asked: Content, begins: date, code: str, name: str) -> Record:
    """Keep a filing as pending; refuses a second one of the same thing while the first is open."""
    person = person_of(call, asked.get("psn_no"), locked=True)
    ends = day(asked["enddate"]) if asked.get("enddate") else None
    if ends and ends < begins:
        raise Refuse("7107", "结束日期早于开始日期")
    same = Filing.objects.filter(insured=person, kind=kind, code=code, state__in=OPEN)
    if same.filter(Q(ends=None) | Q(ends__gte=begins)).exists():
        raise Refuse("7403", "该人员已有同样的备案，正在审核或仍然有效")
    filing = Filing.objects.create(
        party=call.party,
        insured=person,
        number=f"?{call.nonce[-29:]}",
        kind=kind,
        insutype=str(asked.get("insutype") or ""),
        code=code,
        name=name,
        begins=begins,
        ends=ends,
        msgid=call.nonce,
        facts=storable(asked),
    )
    region = person.insurances.values_list("insuplc_admdvs", flat=True)[0]
    filing.number = number("B", region, filing.pk, now())
    filing.save(update_fields=["number"])
    call.effect(filing.number, detail={"psn_no": person.psn_no, "kind": str(kind), "code": code})
    return answer(request, result={"trt_dcla_detl_sn": filing.number})


def cancelled(request: Any, call: Call, kind: str, *states: str) -> Record:
    """Take back a filing that is in one of these states."""
    asked: Mapping[str, Any] = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"), locked=True)
    filings = Filing.objects.select_for_update().filter(party=call.party, insured=person, kind=kind)
    found = filings.filter(number=str(asked.get("trt_dcla_detl_sn") or "")).first()
    if found is None:
        raise Refuse("7401", "没有这个待遇申报明细流水号的备案")
    if found.state == Filing.State.CANCELLED:
        raise Refuse("7404", "该备案已经撤销")
    if found.state not in states:
        raise Refuse("7402", "医保局已经审核，不能撤销备案")
    found.state = Filing.State.CANCELLED
    found.save(update_fields=["state"])
    undoes = Effect.objects.filter(party=call.party, code__in=FILES[kind], business_key=found.number)
    call.effect(found.number, undoes=undoes, detail={"psn_no": person.psn_no, "kind": str(kind), "code": found.code})
    return answer(request)


@plays(transaction("5301"))
def chronic(request: Any, call: Call) -> Record:
    """Approved filings of chronic diseases that hold today."""
    person = person_of(call, content(request).get("data", {}).get("psn_no"))
    kinds = (Filing.Kind.CHRONIC, Filing.Kind.TWO_DISEASES)
    return answer(
        request,
        feedetail=[
            {"opsp_dise_code": one.code, "opsp_dise_name": one.name, "begndate": one.begins, "enddate": one.ends}
            for one in _valid(person).filter(kind__in=kinds)
        ],
    )


@plays(transaction("5302"))
def designated(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"))
    found = _valid(person).filter(kind=Filing.Kind.DESIGNATED)
    return answer(
        request,
        psnfixmedin=[
            {
                "psn_no": person.psn_no,
                "insutype": one.insutype,
                "fix_srt_no": one.facts.get("fix_srt_no", ""),
                "fixmedins_code": one.facts.get("fixmedins_code", ""),
                "fixmedins_name": one.name,
                "begndate": one.begins,
                "enddate": one.ends,
                "memo": one.facts.get("memo", ""),
            }
            for one in found
            if asked.get("biz_appy_type") in (None, one.facts.get("biz_appy_type"))
        ],
    )


@plays(transaction("5304"))
def transfers(request: Any, call: Call) -> Record:
    """Transfers filed here whose day is in the period, approved or not."""
    asked = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"))
    until = when(asked["endtime"], last=True).date() if asked.get("endtime") else date.max
    found = Filing.objects.filter(party=call.party, insured=person, kind=Filing.Kind.TRANSFER)
    found = found.filter(begins__range=(when(asked.get("begntime")).date(), until)).exclude(
        state=Filing.State.CANCELLED
    )
    return answer(
        request,
        refmedin=[
            {
                **one.facts,
                **about(person),
                "insutype": one.insutype or "310",
                "dcla_souc": "01",
                "out_flag": "1",
                "refl_date": one.facts.get("refl_date", one.begins),
                "begndate": one.begins,
                "enddate": one.ends,
                "hosp_agre_refl_flag": one.facts.get("hosp_agre_refl_flag", "1"),
                "opt_time": one.made_at,
            }
            for one in found.order_by("pk")
        ],
    )


def _valid(person: Insured) -> Any:
    today = now().date()
    found = Filing.objects.filter(insured=person, state=Filing.State.APPROVED, begins__lte=today).order_by("pk")
    return found.filter(Q(ends=None) | Q(ends__gte=today))

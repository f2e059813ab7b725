"""5201 to 5206: what the centre has of a person's visits, diagnoses, settlements, lines and year."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox.answers import answer, insured_by, opened
from settlement.sandbox.centre import Content, content, institution, local, now, person_of, when
from settlement.sandbox.lines import result
from settlement.sandbox.models import Insured, Line, Settlement, Visit
from settlement.sandbox.options import LEVELS, Options
from settlement.sandbox.paying import AMOUNTS, clearing_of
from settlement.sandbox.rates import ZERO

#: cum_type_code of 5206: what of a year is added up.
CUMULATED = {
    "hifp_pay": "C001",
    "act_pay_dedc": "C002",
    "inscp_scp_amt": "C003",
    "fund_pay_sumamt": "C004",
    "acct_pay": "C005",
    "medfee_sumamt": "C006",
}


@plays(transaction("5201"))
def visits(request: Any, call: Call) -> Record:
    """Visits here that began in the period and are not undone; 41 lists purchases, too."""
    asked = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"))
    found = Visit.objects.filter(party=call.party, insured=person).exclude(state=Visit.State.UNDONE)
    found = found.filter(begins__range=(when(asked.get("begntime")), when(asked.get("endtime"), last=True)))
    found = found.filter(med_type=asked["med_type"]) if asked.get("med_type") else found
    found = found.filter(mdtrt_id=asked["mdtrt_id"]) if asked.get("mdtrt_id") else found
    rows = found.select_related("insurance", "insured").order_by("pk")[:100]
    return answer(request, mdtrtinfo=[_visit(one) for one in rows])


def _visit(one: Visit) -> Content:
    number, _, name = one.opter.partition("|")
    days = ((one.ends or now()) - one.begins).days if one.kind == Visit.Kind.INPATIENT else 0
    texts = {name: value for name, value in {**one.facts, **one.leaving}.items() if isinstance(value, str)}
    return {
        **texts,
        **insured_by(one),
        "begntime": one.begins,
        "endtime": one.ends or one.begins,
        "ipt_otp_no": one.number,
        "med_type": one.med_type,
        "inhosp_stas": "1" if one.kind == Visit.Kind.INPATIENT and one.state == Visit.State.OPEN else "0",
        "ars_year_ipt_flag": "0",
        "pre_pay_flag": "0",
        "ipt_days": days,
        "opter_id": number[:20],
        "opter_name": name,
        "opt_time": one.made_at,
    }


@plays(transaction("5202"))
def diagnoses(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    visit = _named(call, person_of(call, asked.get("psn_no")), asked)
    listed = [("1", one) for one in visit.diagnoses] + [("2", one) for one in visit.left_with]
    return answer(
        request,
        diseinfo=[
            {
                "maindiag_flag": "1" if number == 1 else "0",
                **one,
                "diag_info_id": f"{visit.mdtrt_id}{number:02d}",
                "mdtrt_id": visit.mdtrt_id,
                "psn_no": visit.insured.psn_no,
                "inout_diag_type": way,
                "opt_time": visit.made_at,
            }
            for number, (way, one) in enumerate(listed, 1)
        ],
    )


@plays(transaction("5203"))
def settlements(request: Any, call: Call) -> Record:
    """One settlement by its number, also an undone one (refd_setl_flag 1); else all live ones of the visit.

    The newest comes last. When none is live, the undone ones; what 2601 reversed never was. None at all: 7512.
    """
    asked = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"))
    found = Settlement.objects.filter(visit__insured=person, visit__party=call.party)
    found = found.exclude(state=Settlement.State.REVERSED).select_related("visit__insurance", "visit__insured")
    if asked.get("setl_id"):
        rows = list(found.filter(setl_id=asked["setl_id"]))
    else:
        of_visit = list(found.filter(visit__mdtrt_id=str(asked.get("mdtrt_id", ""))).order_by("pk"))
        rows = [one for one in of_visit if one.state == Settlement.State.LIVE] or of_visit
    if not rows:
        raise Refuse("7512", "没有查到该就诊的结算信息")
    return answer(request, setlinfo=[_settlement(call, one) for one in rows], setldetail=opened(rows[-1]))


def _settlement(call: Call, one: Settlement) -> Content:
    visit, (code, name, region) = one.visit, institution(call.party)
    number, _, opter = visit.opter.partition("|")
    return {
        **insured_by(visit),
        **{name: getattr(one, name) for name in AMOUNTS},
        **clearing_of(visit),
        **{name: one.facts[name] for name in ("mdtrt_cert_type", "invono") if name in one.facts},
        "oth_pay": ZERO,
        "hifes_pay": ZERO,
        "setl_id": one.setl_id,
        "pay_loc": "2",
        "fixmedins_code": code,
        "fixmedins_name": name,
        "fixmedins_poolarea": region,
        "hosp_lv": LEVELS[Options.of(call.party).level],
        "begndate": local(visit.begins),
        "enddate": local(visit.ends or one.settled_at),
        "setl_time": one.settled_at,
        "pool_prop_selfpay": one.pool_prop_selfpay,
        "psn_pay": one.psn_part_amt,
        "cash_payamt": one.psn_cash_pay,
        "balc": one.balance,
        "medins_setl_id": one.msgid,
        "refd_setl_flag": "0" if one.state == Settlement.State.LIVE else "1",
        "year": str(one.year),
        "dise_codg": visit.leaving.get("dise_codg", ""),
        "opter_id": number[:20],
        "opter_name": opter,
        "opt_time": one.settled_at,
    }


@plays(transaction("5204"))
def details(request: Any, call: Call) -> Record:
    """The lines of a settlement, or without its number all of the visit, each with the settlement it takes part in."""
    asked = content(request).get("data", {})
    visit = _named(call, person_of(call, asked.get("psn_no")), asked)
    found = visit.lines.select_related("settlement").order_by("pk")
    if asked.get("setl_id"):
        undone = visit.settlements.filter(setl_id=asked["setl_id"]).exclude(state=Settlement.State.REVERSED).first()
        if undone is None:
            raise Refuse("7306", f"没有结算ID为 {asked['setl_id']} 的结算")
        names = undone.facts.get("lines", []) if undone.state == Settlement.State.UNDONE else None
        found = found.filter(settlement=undone) if names is None else found.filter(feedetl_sn__in=names)
    return answer(request, data=[_line(visit, one, str(asked.get("setl_id") or "")) for one in found])


def _line(visit: Visit, one: Line, setl_id: str = "") -> Content:
    texts = {name: value for name, value in one.facts.items() if isinstance(value, str)}
    return {
        **texts,
        **result(one),
        "mdtrt_id": visit.mdtrt_id,
        "psn_no": visit.insured.psn_no,
        "setl_id": setl_id or (one.settlement.setl_id if one.settlement else ""),
        "rx_drord_no": one.facts.get("rxno") or one.facts.get("drord_no") or "",
        "med_type": visit.med_type,
        "fee_ocur_time": one.at,
        "med_list_codg": one.med_list_codg,
        "hilist_code": f"YB{one.med_list_codg}",
        "hilist_name": one.name,
        "medins_list_name": one.name,
        "prodname": one.name,
        "spec": "规格",
        "dosform_name": "剂型",
        "opt_time": visit.made_at,
    }


@plays(transaction("5205"))
def chronic_drugs(request: Any, call: Call) -> Record:
    """The drugs of visits for chronic diseases in the period."""
    asked = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"))
    until = when(asked["endtime"], last=True) if asked.get("endtime") else now() + timedelta(days=1)
    found = Line.objects.filter(visit__party=call.party, visit__insured=person, visit__med_type__in=("14", "9901"))
    found = found.filter(at__range=(when(asked.get("begntime")), until), list_type__in=("101", "102", "103", "104"))
    found = found.exclude(visit__state=Visit.State.UNDONE).select_related("visit__insured", "settlement")
    code, name, _ = institution(call.party)
    place = {"fixmedins_code": code, "fixmedins_name": name}
    return answer(request, feedetail=[_line(one.visit, one) | place for one in found.order_by("pk")[:100]])


@plays(transaction("5206"))
def cumulated(request: Any, call: Call) -> Record:
    """What was added up in a year, or in one month of it: the sums of live settlements by insurance."""
    asked = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"))
    month = str(asked.get("cum_ym") or f"{now():%Y}")
    if not month.isdecimal() or len(month) not in (4, 6):
        raise Refuse("7107", f"累计年月 {month} 不正确")
    found = Settlement.objects.filter(visit__insured=person, state=Settlement.State.LIVE, year=int(month[:4]))
    found = found.filter(settled_at__month=int(month[4:])) if month[4:] else found
    by = found.values_list("visit__insurance__insutype").order_by("visit__insurance__insutype")
    sums = {name: dict(by.annotate(of=Sum(name))) for name in CUMULATED}
    before = {one.insutype: one.pooled_before for one in person.insurances.all() if one.pooled_before}
    rows = []
    for insutype in sorted({*sums["hifp_pay"], *before}):
        for name, code in CUMULATED.items():
            value = sums[name].get(insutype, ZERO) + (before.get(insutype, ZERO) if name == "hifp_pay" else Decimal(0))
            cum_ym = month if month[4:] else f"{month}{now():%m}"
            rows.append(
                {"insutype": insutype, "year": month[:4], "cum_ym": cum_ym, "cum_type_code": code, "cum": value}
            )
    return answer(request, cuminfo=rows)


def _named(call: Call, person: Insured, asked: Content) -> Visit:
    """The visit here of that person, even an undone one: queries tell what was."""
    found = Visit.objects.filter(party=call.party, insured=person, mdtrt_id=str(asked.get("mdtrt_id") or ""))
    visit = found.select_related("insurance", "insured").first()
    if visit is None:
        raise Refuse("7101", f"没有就诊ID为 {asked.get('mdtrt_id') or '（空）'} 的就诊")
    return visit

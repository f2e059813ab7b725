"""What the centre knows of institutions and people's reports: 1201, 1901, 5101, 5102, 5303, 5401 and 5402."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from portal.codes import code_list
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox import names
from settlement.sandbox.answers import answer, insured_by
from settlement.sandbox.centre import Content, content, institution, local, now, person_of, rows, when
from settlement.sandbox.identify import is_cross
from settlement.sandbox.models import Insured, Upload, Visit
from settlement.sandbox.options import LEVELS, Options


@plays(transaction("1201"))
def place(request: Any, call: Call) -> Record:
    """The party's own institution; another number or name is nobody's."""
    asked, (code, name, _) = content(request).get("medinsinfo", {}), institution(call.party)
    if asked.get("fixmedins_code") not in (None, code) or asked.get("fixmedins_name", name) not in name:
        raise Refuse("7506", "没有这个定点医药机构")
    found = {
        "fixmedins_code": code,
        "fixmedins_name": name,
        "uscc": f"92{code:0>16}",
        "fixmedins_type": asked.get("fixmedins_type"),
        "hosp_lv": LEVELS[Options.of(call.party).level],
    }
    return answer(request, medinsinfo=found)


@plays(transaction("1901"))
def dictionary(request: Any, call: Call) -> Record:
    """The published dictionary of that name; an empty list for one that is not published."""
    asked = content(request).get("data", {})
    name = str(asked.get("type", ""))
    try:
        choices = code_list(f"national.{name}").choices()
    except LookupError:
        choices = []
    return answer(
        request,
        list=[
            {
                "type": name,
                "label": label[:50],
                "value": value,
                "parentValue": asked.get("parent_value", ""),
                "sort": place,
                "valiFlag": "1",
                "createUser": "system",
                "createDate": "2024-01-01",
                "version": "1",
            }
            for place, (value, label) in enumerate(choices, 1)
        ],
    )


@plays(transaction("5101"))
def departments(request: Any, call: Call) -> Record:
    """Departments as 3401, 3401A and 3402 left them."""
    found = Upload.objects.filter(party=call.party, family="3401").order_by("pk")
    return answer(request, feedetail=[one.facts for one in found])


@plays(transaction("5102"))
def staff(request: Any, call: Call) -> Record:
    """Invented doctors, pharmacists and nurses: twelve of each sort that is asked for."""
    asked = content(request).get("data", {})
    kind, seed = str(asked.get("prac_psn_type", "1")), Options.of(call.party).seed
    found = []
    for serial in range(12):
        random = Random(f"{seed}:staff:{kind}:{serial}")
        born = names.born(random, date(2025, 6, 1), 25, 60)
        found.append(
            {
                "psn_cert_type": "01",
                "certno": names.identity(born, 40_000 + serial, "1"),
                "prac_psn_code": f"D{institution(call.party)[2]}{kind:0>2}{serial + 1:04d}"[:20],
                "prac_psn_name": f"{names.SURNAMES[serial % 10]}医护{serial + 1:03d}",
                "prac_psn_type": kind,
                "hi_dr_flag": "1",
                "begntime": "2020-01-01 00:00:00",
            }
        )
    wanted = {name: asked[name] for name in ("certno", "prac_psn_name", "prac_psn_code") if asked.get(name)}
    return answer(request, feedetail=[one for one in found if all(one[name] == v for name, v in wanted.items())])


@plays(transaction("5303"))
def in_hospital(request: Any, call: Call) -> Record:
    """Open stays here that began in the period, of one person or of everybody."""
    asked = content(request).get("data", {})
    found = Visit.objects.filter(party=call.party, kind=Visit.Kind.INPATIENT, state=Visit.State.OPEN)
    found = found.filter(begins__range=(when(asked.get("begntime")), when(asked.get("endtime"), last=True)))
    if asked.get("psn_no"):
        found = found.filter(insured=person_of(call, asked["psn_no"]))
    return answer(
        request,
        data=[
            insured_by(one)
            | {
                "begndate": local(one.begins),
                "ipt_otp_no": one.number,
                "out_flag": "1" if is_cross(call.party, one.insurance) else "0",
            }
            for one in found.select_related("insured", "insurance").order_by("pk")[:100]
        ],
    )


@plays(transaction("5401"))
def recognised(request: Any, call: Call) -> Record:
    """Reports of the person that others recognise: what 4501 and 4502 brought, and one of another institution."""
    asked = rows(content(request), "bilgiteminfo")
    person = person_of(call, asked[0].get("psn_no") if asked else "")
    return answer(request, bilgiteminfo=_reports(call, person))


@plays(transaction("5402"))
def report(request: Any, call: Call) -> Record:
    asked = content(request).get("rptdetailinfo", {})
    person = person_of(call, asked.get("psn_no"))
    number = asked.get("rpotc_no")
    found = [one for one in _reports(call, person) if one["rpotc_no"] == number]
    if not found:
        raise Refuse("7507", f"没有报告单号为 {number} 的报告")
    detail = {"rpotc_no": number, "exam_mtd": "比色法", "ref_val": "3.5-9.5", "exam_unt": "10^9/L"}
    detail |= {"exam_rslt_val": 6, "exam_item_detl_code": "L001", "exam_item_detl_name": "白细胞计数"}
    return answer(
        request,
        checkreportdetails=[found[0] | {"bilgDrName": "澄医师"}],
        inspectionreportinformation=found[0] | {"exam_item_name": "血常规", "rpot_doc": "澄医师"},
        inspectiondetails=[detail],
    )


def _reports(call: Call, person: Insured) -> list[Content]:
    own = Upload.objects.filter(party=call.party, family__in=("4501", "4502"), facts__psn_no=person.psn_no)
    code, name, _ = institution(call.party)
    found = [
        {
            "psn_no": person.psn_no,
            "rpotc_no": one.facts.get("rpotc_no", ""),
            "rpt_date": one.facts.get("rpt_date") or one.facts.get("rpot_date"),
            "fixmedins_code": code,
            "exam_rpotc_name": one.facts.get("exam_item_name") or "检查报告单",
            "exam_ccls": one.facts.get("exam_ccls", ""),
            "exe_org_name": name,
        }
        for one in own.order_by("pk")
    ]
    elsewhere = {
        "psn_no": person.psn_no,
        "rpotc_no": f"WJ{person.pk:010d}",
        "rpt_date": f"{now():%Y-%m-%d}",
        "rpotc_type_code": "2",
        "fixmedins_code": "H99000000001",
        "exam_rpotc_name": "血常规检验报告单",
        "exam_rslt_poit_flag": "0",
        "exam_rslt_abn": "1",
        "exam_ccls": "未见明显改变",
        "exe_org_name": "外院检验中心",
    }
    return [*found, elsewhere]

"""Our departments and matchings beside what the centre tells: what is missing there, what is strange, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.access.member import Member
from settlement.models import Enquiry, UploadRecord, UploadState
from settlement.services.channel import channel_settings
from settlement.services.enquiries import enquire
from settlement.services.refusals import Refused
from settlement.services.uploads.comparing import departments_of, differing, matches_of
from settlement.services.uploads.proofs import MATCHES_SINCE

#: Number of the query → number of our records.
OURS = {"5101": "3401A", "1317": "3301"}
MOST = 5_000


@dataclass(frozen=True)
class Difference:
    """One code that is not the same on both sides; `record` is ours."""

    code: str
    name: str
    sentence: str
    record: UploadRecord | None = None


@dataclass(frozen=True)
class Beside:
    """The last answer of the centre and what it means; without an answer, nothing yet."""

    enquiry: Enquiry | None
    ours: int = 0
    theirs: int = 0
    same: int = 0
    differences: list[Difference] = field(default_factory=list)


def ask_centre(number: str, *, by: Member) -> Enquiry:
    """Ask for the centre's list; the page shows it when it is there."""
    if number == "5101":
        return enquire("5101", {}, by=by, label="全部科室")
    if by.institution is None:
        raise Refused("没有机构")
    mine = channel_settings(by.institution.environment).medins_code
    asked = {"fixmedins_code": mine, "updt_time": MATCHES_SINCE}
    return enquire("1317", {"data": asked}, by=by, label="全部对照")


def beside(number: str, environment: str) -> Beside:
    """Ours and theirs, by code. Inside the door."""
    enquiry = Enquiry.objects.filter(environment=environment, number=number).first()
    if enquiry is None or not enquiry.is_answered or not enquiry.answer:
        return Beside(enquiry)
    rows = UploadRecord.objects.filter(environment=environment, number=OURS[number], is_current=True)
    ours = list(rows.exclude(state=UploadState.WITHDRAWN).order_by("key")[:MOST])
    answer = enquiry.answer.reveal()
    theirs = departments_of(answer) if number == "5101" else _by_key(answer)
    contents = {one.key: _items(one) for one in ours}
    found = [one for row in ours if (one := _difference(number, row, contents[row.key], theirs.get(row.key)))]
    strange = [code for code in theirs if code not in contents]
    found += [Difference(code, _name(theirs[code]), "中心有，本机构没有登记") for code in sorted(strange)]
    return Beside(enquiry, len(ours), len(theirs), len(ours) - len([one for one in found if one.record]), found)


def _by_key(answer: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Matchings that hold, by the key that our records have."""
    rows = [row for row in matches_of(answer) if str(row.get("vali_flag", "1")) != "0"]
    return {f"{row.get('medins_list_codg', '')}/{row.get('list_type', '')}": row for row in rows}


def _items(row: UploadRecord) -> Mapping[str, Any]:
    content = row.content.reveal()
    found: Mapping[str, Any] = content.get("data", content)
    return found


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("hosp_dept_name") or row.get("medins_list_name") or "")


def _difference(
    number: str, row: UploadRecord, ours: Mapping[str, Any], theirs: Mapping[str, Any] | None
) -> Difference | None:
    if theirs is None:
        return Difference(row.key, row.label, f"中心没有（本机构：{row.get_state_display()}）", row)
    if number == "5101":
        words = [
            f"{label}：本机构 {mine or '（空）'}，中心 {told or '（空）'}"
            for label, mine, told in differing(ours, theirs)
        ]
    elif ours.get("med_list_codg") != theirs.get("med_list_codg"):
        words = [f"医疗目录编码：本机构 {ours.get('med_list_codg')}，中心 {theirs.get('med_list_codg')}"]
    else:
        words = []
    return Difference(row.key, row.label, "；".join(words), row) if words else None

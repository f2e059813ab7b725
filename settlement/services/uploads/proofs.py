"""What queries say about uploads that nobody answered: departments (5101) and matchings (1317)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portal.access.door import tenant_tx
from portal.gateway.journal import Applied, Ask, NotApplied, Operation, StillUnknown, Verdict
from portal.gateway.national import compose
from settlement.models import UploadRecord
from settlement.services.channel import channel_settings
from settlement.services.enquiries import envelope_of
from settlement.services.uploads.comparing import departments_of, differing, matches_of

Proof = Callable[[Sequence[UploadRecord], Operation, Ask], Verdict]
MATCHES_SINCE = "2000-01-01"


def there_departments(operation: Operation, ask: Ask) -> Mapping[str, Mapping[str, Any]]:
    """The centre's departments by code (5101); outside any transaction."""
    with tenant_tx(operation.institution_pk):
        data = envelope_of("5101", operation.environment)
    return departments_of(ask(compose("5101", {"data": data}, edition=operation.edition)))


def there_matches(operation: Operation, ask: Ask, code: str) -> Sequence[Mapping[str, Any]]:
    """The centre's matchings of one own item (1317)."""
    with tenant_tx(operation.institution_pk):
        mine = channel_settings(operation.environment).medins_code
    asked = {"fixmedins_code": mine, "medins_list_codg": code, "updt_time": MATCHES_SINCE}
    data = {**asked, "page_num": 1, "page_size": 100}
    return matches_of(ask(compose("1317", {"data": data}, edition=operation.edition)))


def departments_uploaded(rows: Sequence[UploadRecord], operation: Operation, ask: Ask) -> Verdict:
    """All of a message are there, or none; of a part each is marked, and what is missing goes again."""
    there = there_departments(operation, ask)
    with tenant_tx(operation.institution_pk):
        contents = {one.pk: one.content.reveal() for one in rows}
    found = [one for one in rows if one.reference in there and not differing(contents[one.pk], there[one.reference])]
    if not found:
        changed = [one for one in rows if one.reference in there]
        if changed and operation.kind != "3402":
            return StillUnknown(
                f"医保中心（5101）的科室 {changed[0].reference} 内容与上传的不同，请核对", for_people=True
            )
        return NotApplied(f"医保中心（5101）没有上传的 {len(rows)} 个科室的内容")
    if len(found) < len(rows):
        with tenant_tx(operation.institution_pk):
            mine = UploadRecord.objects.filter(operation=operation)
            mine.filter(pk__in=[one.pk for one in found]).update(proven=True)
            mine.exclude(pk__in=[one.pk for one in found]).update(proven=False)
        return Applied(None, f"医保中心（5101）有其中 {len(found)} / {len(rows)} 个科室，其余重新上传")
    return Applied(None, f"医保中心（5101）有上传的 {len(rows)} 个科室，内容一致")


def department_closed(rows: Sequence[UploadRecord], operation: Operation, ask: Ask) -> Verdict:
    code = rows[0].reference
    if code in there_departments(operation, ask):
        return NotApplied(f"医保中心（5101）仍有科室 {code}")
    return Applied(None, f"医保中心（5101）已没有科室 {code}")


def matching_uploaded(rows: Sequence[UploadRecord], operation: Operation, ask: Ask) -> Verdict:
    if _matched(rows[0], operation, ask):
        return Applied(None, f"医保中心（1317）有 {rows[0].reference} 的这条对照")
    return NotApplied(f"医保中心（1317）没有 {rows[0].reference} 的这条对照")


def matching_removed(rows: Sequence[UploadRecord], operation: Operation, ask: Ask) -> Verdict:
    if _matched(rows[0], operation, ask):
        return NotApplied(f"医保中心（1317）仍有 {rows[0].reference} 的这条对照")
    return Applied(None, f"医保中心（1317）已没有 {rows[0].reference} 的这条对照")


def _matched(one: UploadRecord, operation: Operation, ask: Ask) -> bool:
    with tenant_tx(operation.institution_pk):
        content = one.content.reveal()
    mine = content.get("data", content)
    told = there_matches(operation, ask, one.reference)
    return any(
        row.get("medins_list_codg") == one.reference
        and row.get("list_type") == mine.get("list_type")
        and row.get("med_list_codg") == mine.get("med_list_codg")
        and row.get("vali_flag", "1") != "0"
        for row in told
    )


PROOFS: Mapping[str, Proof] = {
    "3401": departments_uploaded,
    "3401A": departments_uploaded,
    "3402": departments_uploaded,
    "3403": department_closed,
    "3301": matching_uploaded,
    "3302": matching_removed,
}

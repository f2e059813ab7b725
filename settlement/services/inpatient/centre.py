"""What the centre has of a stay (5201, 5202, 5204, 5303), read at once into plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway.journal import Ask
from settlement.models import Visit
from settlement.services.inpatient.scenes import TOLD_TYPE, details_of
from settlement.services.settling.answers import amount, plain, rows_of, text
from settlement.services.settling.looking import asked
from settlement.services.settling.messages import request_for, said

#: How far from its beginning a stay is looked for: a change (2403) may have moved that by some days.
AROUND = timedelta(days=7)


@dataclass(frozen=True)
class StayThere:
    """A stay of the person at the centre (5201, 5303); `raw` under the wire's names."""

    mdtrt_id: str
    number: str
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class LineThere:
    """A line of the stay at the centre (5204); `setl_id` is empty while it is not settled."""

    number: str
    amount: Decimal | None
    setl_id: str
    category: str
    day: str
    raw: Mapping[str, Any] = field(repr=False)


def stays_there(visit: Visit, ask: Ask) -> list[StayThere]:
    """The person's stays here around its beginning, ended or not; undone ones are not listed.

    5201 wants the kind of visit: ours, and the one that the centre was told.
    """
    found: dict[str, StayThere] = {}
    told = str(details_of(visit).get(TOLD_TYPE) or visit.med_type)
    for med_type in dict.fromkeys((visit.med_type, told)):
        data = {
            "psn_no": visit.person_no.reveal(),
            "begntime": said(visit.started_at - AROUND),
            "endtime": said(visit.started_at + AROUND),
            "med_type": med_type,
        }
        for row in _rows(visit, ask, "5201", data, "mdtrtinfo"):
            found[text(row, "mdtrt_id")] = StayThere(text(row, "mdtrt_id"), text(row, "ipt_otp_no"), row)
    return list(found.values())


def open_there(visit: Visit, ask: Ask) -> list[StayThere]:
    """The person's stays here that are not ended (5303), whatever their kind."""
    data = {
        "psn_no": visit.person_no.reveal(),
        "begntime": said(visit.started_at - AROUND),
        "endtime": said(max(visit.started_at + AROUND, timezone.now())),
    }
    rows = _rows(visit, ask, "5303", data, "data")
    return [StayThere(text(row, "mdtrt_id"), text(row, "ipt_otp_no"), row) for row in rows]


def is_open_there(visit: Visit, ask: Ask) -> bool:
    return any(one.mdtrt_id == visit.mdtrt_id for one in open_there(visit, ask))


def is_there(visit: Visit, ask: Ask) -> bool:
    """Whether the centre has the stay at all, ended or not."""
    return any(one.mdtrt_id == visit.mdtrt_id for one in stays_there(visit, ask)) or is_open_there(visit, ask)


def diagnoses_there(visit: Visit, ask: Ask) -> list[tuple[str, str]]:
    """Order and code of each diagnosis of the admission (inout_diag_type 1), in order."""
    data = {"psn_no": visit.person_no.reveal(), "mdtrt_id": visit.mdtrt_id}
    rows = _rows(visit, ask, "5202", data, "diseinfo")
    return sorted(
        (text(row, "diag_srt_no"), text(row, "diag_code")) for row in rows if text(row, "inout_diag_type") != "2"
    )


def lines_there(visit: Visit, ask: Ask) -> list[LineThere]:
    """Every line of the stay, settled or not."""
    data = {"psn_no": visit.person_no.reveal(), "setl_id": "", "mdtrt_id": visit.mdtrt_id}
    return [
        LineThere(
            text(row, "feedetl_sn"),
            amount(row, "det_item_fee_sumamt"),
            text(row, "setl_id"),
            text(row, "med_chrgitm_type"),
            text(row, "fee_ocur_time")[:10],
            row,
        )
        for row in _rows(visit, ask, "5204", data, "data")
    ]


def _rows(visit: Visit, ask: Ask, number: str, data: Mapping[str, Any], node: str) -> list[Mapping[str, Any]]:
    """Ask, outside any transaction; the request is made inside the door, where the edition in use is known."""
    with tenant_tx(visit.institution_pk):
        request = request_for(number, {"data": data}, visit)
    return rows_of(plain(asked(ask, request)).get(node))

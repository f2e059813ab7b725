"""What the centre has of an outpatient visit (5201, 5202, 5204), read at once into plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.access.door import tenant_tx
from portal.gateway.journal import Ask
from settlement.models import Visit
from settlement.services.settling.answers import amount, plain, rows_of, text
from settlement.services.settling.looking import asked
from settlement.services.settling.messages import request_for, said

#: How far from its beginning a visit is looked for.
AROUND = timedelta(days=1)
#: 2201 names no kind of visit; centres keep it as an ordinary one until 2203A says which.
ORDINARY = "11"


@dataclass(frozen=True)
class VisitThere:
    """A visit of the person at the centre (5201)."""

    mdtrt_id: str
    number: str
    med_type: str


@dataclass(frozen=True)
class LineThere:
    """A line of the visit at the centre (5204); `setl_id` is empty while it is not settled."""

    number: str
    amount: Decimal | None
    setl_id: str
    raw: Mapping[str, Any] = field(repr=False)


def visits_there(visit: Visit, ask: Ask, *, mdtrt_id: str = "") -> list[VisitThere]:
    """The person's visits here around its beginning, of its own kind and ordinary ones; undone ones are not listed."""
    found: dict[str, VisitThere] = {}
    for med_type in dict.fromkeys((visit.med_type, ORDINARY)):
        data = {
            "psn_no": visit.person_no.reveal(),
            "begntime": said(visit.started_at - AROUND),
            "endtime": said(visit.started_at + AROUND),
            "med_type": med_type,
            "mdtrt_id": mdtrt_id,
        }
        for row in _rows(visit, ask, "5201", data, "mdtrtinfo"):
            one = VisitThere(text(row, "mdtrt_id"), text(row, "ipt_otp_no"), text(row, "med_type"))
            found[one.mdtrt_id] = one
    return [one for one in found.values() if not mdtrt_id or one.mdtrt_id == mdtrt_id]


def diagnoses_there(visit: Visit, ask: Ask) -> list[tuple[str, str]]:
    """Order and code of each diagnosis, in order."""
    data = {"psn_no": visit.person_no.reveal(), "mdtrt_id": visit.mdtrt_id}
    rows = _rows(visit, ask, "5202", data, "diseinfo")
    return sorted((text(row, "diag_srt_no"), text(row, "diag_code")) for row in rows)


def lines_there(visit: Visit, ask: Ask) -> list[LineThere]:
    """Every line of the visit, settled or not."""
    data = {"psn_no": visit.person_no.reveal(), "setl_id": "", "mdtrt_id": visit.mdtrt_id}
    return [
        LineThere(text(row, "feedetl_sn"), amount(row, "det_item_fee_sumamt"), text(row, "setl_id"), row)
        for row in _rows(visit, ask, "5204", data, "data")
    ]


def _rows(visit: Visit, ask: Ask, number: str, data: Mapping[str, str], node: str) -> list[Mapping[str, Any]]:
    """Ask, outside any transaction; the request is made inside the door, where the edition in use is known."""
    with tenant_tx(visit.institution_pk):
        request = request_for(number, {"data": data}, visit)
    return rows_of(plain(asked(ask, request)).get(node))

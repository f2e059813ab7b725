"""The message of a discharge, made of its draft (4.13, 4.26)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from injury.messages import Discharge as DischargeRequest
from injury.messages import DischargeCrossProvince
from injury.models import Discharge, Flow, Invoice
from injury.rules.records import GIVEN
from injury.services.refusals import Refused
from portal.gateway.messages import Request, faults


def discharge_request(discharge: Discharge) -> Request[Any]:
    """What is sent: head, every entry of every node that has one, the files as URL-safe Base64.

    4.26 names the discharge day, diagnosis and reason otherwise than 4.13. Raises Refused with every item that the
    declaration refuses; the rules have found them before, so this is for what only the declaration knows.
    """
    admission = discharge.admission
    is_cross = admission.flow == Flow.CROSS
    day = discharge.discharged_on.isoformat() if discharge.discharged_on else ""
    values: dict[str, Any] = {
        "akc190": admission.number,
        "aac002": str(admission.identity.reveal()),
        "aac003": str(admission.name.reveal()),
        "ints": str(discharge.days),
    }
    if is_cross:
        values |= {"aae031": day, "akc194": discharge.diagnosis_code, "akc195": discharge.diagnosis}
        values |= {"akc202": discharge.reason}
    else:
        values |= {"akc194": day, "akc195": discharge.reason, "akc196": discharge.diagnosis_code}
    prefix = "bskm" if is_cross else "km"
    sealed = {name: values[name] for name in ("aac002", "aac003")}
    values |= {f"{name}s": {name: entries} for name, entries in _entries(discharge, prefix, sealed).items()}
    if files := [_file(one, is_cross=is_cross) for one in discharge.invoices.all()]:
        values[f"{prefix}12s"] = {f"{prefix}12": files}
    kind: type[BaseModel] = DischargeCrossProvince if is_cross else DischargeRequest
    try:
        made: Any = kind.model_validate(values)
    except ValidationError as error:
        found = [(one.where, str(one)) for one in faults(error, kind)]
        raise Refused("；".join(sentence for _, sentence in found), faults=found) from None
    return made  # type: ignore[no-any-return]


def _entries(discharge: Discharge, prefix: str, sealed: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """The entries by their wire names, with what the draft leaves to the admission."""
    found: dict[str, list[dict[str, str]]] = {}
    for entry in discharge.records.all():
        given = {name: sealed[name] for name in GIVEN.get(entry.node, ())}
        found.setdefault(f"{prefix}{entry.node}", []).append(given | entry.content.reveal())
    return found


def _file(invoice: Invoice, *, is_cross: bool) -> dict[str, Any]:
    values = {"body": str(invoice.content.reveal()), "invoiceNo": invoice.number, "invoiceMoney": invoice.amount}
    return values | ({"filetype": invoice.kind} if is_cross else {"invoiceType": invoice.file_type})

"""What the pages of a discharge share: the stay, its draft, the list of records with what they lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse

from injury.models import Admission, Discharge, Node
from injury.rules.discharge import wanted
from injury.services.discharge_drafts import Seat
from injury.services.discharge_standing import DischargeStanding, discharge_standing
from injury.services.refusals import Refused
from portal.access.gate import get_or_404
from portal.access.member import PortalRequest
from portal.access.rows import new_id


@dataclass(frozen=True, slots=True)
class Chapter:
    """One line of the editor's contents: a record node, or head, invoices, submission."""

    name: str
    title: str
    url: str
    count: int | None = None
    faults: int = 0
    #: Why it is needed; empty when it may stay empty.
    why: str = ""
    current: bool = False

    @property
    def lacks(self) -> bool:
        return bool(self.faults or (self.why and not self.count))


def admission_or_404(admission_id: UUID) -> Admission:
    return get_or_404(Admission, admission_id)


def frame(admission: Admission, current: str, **more: Any) -> dict[str, Any]:
    """The context of every page of the editor."""
    standing = discharge_standing(admission)
    return {
        "admission": admission,
        "discharge": standing.discharge,
        "standing": standing,
        "chapters": chapters(admission, standing, current),
        **more,
    }


def chapters(admission: Admission, standing: DischargeStanding, current: str) -> list[Chapter]:
    facts = standing.facts
    reasons: dict[str, str] = {}
    for nodes, why in wanted(facts):
        # Of several that would do, the one that is there counts; otherwise the first is named.
        there = [node for node in nodes if node in facts.records and facts.records[node].entries]
        reasons.setdefault((there or list(nodes))[0], why)
    key = [admission.pk]
    found = [Chapter("head", "出院信息", reverse("injury:discharge", args=key), current=current == "head")]
    for node in Node:
        kept = facts.records.get(node)
        url = reverse("injury:discharge-node", args=[*key, node.value])
        counts = (kept.entries, kept.faults) if kept else (0, 0)
        found.append(
            Chapter(node.value, str(node.label), url, *counts, reasons.get(node.value, ""), current == node.value)
        )
    invoices = reverse("injury:discharge-invoices", args=key)
    found.append(Chapter("invoices", "电子发票", invoices, standing.invoices, current=current == "invoices"))
    submit = reverse("injury:discharge-submit", args=key)
    found.append(Chapter("submit", "检查与办理", submit, current=current == "submit"))
    return found


def seat_of(request: PortalRequest, version: int) -> Seat:
    """Where somebody writes: what the page said when it was opened, or a new place for a page that opens now."""
    if request.method != "POST":
        return Seat(version, new_id().hex)
    given = request.POST.get("version", "")
    return Seat(
        int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0, request.POST.get("seat", "")
    )


def tell(form: forms.Form, refusal: Refused) -> None:
    """A service's refusal beside the fields it is about."""
    for name, sentence in refusal.faults:
        form.add_error(name if name in form.fields else None, sentence)


def version_of(discharge: Discharge | None) -> int:
    return discharge.version if discharge else 1

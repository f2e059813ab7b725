"""How each kind of visit is priced, settled and taken back: what differs between a purchase, a bill and a stay.

A flow declares one `Way` and registers it; previews, settling, doubts, undoing and reversal are the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet

from settlement.models import Bill, FeeLine, LineState, Settlement, Visit, VisitKind
from settlement.rules.amounts import Charge, Fault, charge_faults


class Way:
    """One kind of visit. Methods run inside the door; those that change rows, inside the transaction of the step.

    `preview`, `settle` and `undo` are transaction numbers; `base` are the numbers without their A.
    """

    kind: ClassVar[VisitKind]
    preview: ClassVar[str]
    settle: ClassVar[str]
    undo: ClassVar[str]
    #: What is settled, in a clerk's words: 购药, 门诊, 住院.
    noun: ClassVar[str]

    def lines(self, visit: Visit, bill: Bill | None) -> QuerySet[FeeLine]:
        """The lines that are settled together, in a fixed order."""
        return FeeLine.objects.filter(visit=visit, bill=bill).exclude(state=LineState.REMOVED).order_by("number")

    def obstacle(self, visit: Visit, bill: Bill | None) -> str:
        """Why nothing can be previewed or settled now, in a sentence; empty when it can."""
        return ""

    def settle_obstacle(self, settlement: Settlement) -> str:
        """Why this preview may be shown but not settled now; empty when it may."""
        return ""

    def faults(self, visit: Visit, bill: Bill | None, charges: list[Charge]) -> list[Fault]:
        """What is wrong with the lines before they are sent."""
        return charge_faults(charges, bill.total if bill is not None else None)

    def content(self, settlement: Settlement, certificate: Mapping[str, str], *, final: bool) -> dict[str, Any]:
        """The input of `preview` (final False) or `settle`, nested by wire names; empty items may be left out.

        `certificate` brings mdtrt_cert_type, mdtrt_cert_no, card_sn, psn_cert_type, certno, psn_name.
        """
        raise NotImplementedError

    def undo_content(self, settlement: Settlement) -> dict[str, Any]:
        """The input of `undo`; the same three items everywhere."""
        visit = settlement.visit
        return {"data": {"setl_id": settlement.setl_id, "mdtrt_id": visit.mdtrt_id, "psn_no": visit.person_no.reveal()}}

    def undo_obstacle(self, settlement: Settlement) -> str:
        """Why this settlement cannot be taken back now; empty when it can."""
        return ""

    def settling(self, settlement: Settlement) -> None:
        """It is being sent: freeze the lines. `settlement.visit` is locked, here and below."""

    def settled(self, settlement: Settlement) -> str:
        """It is done: bring bill and lines to where that leaves them; returns the visit's state afterwards."""
        return str(settlement.visit.state)

    def not_settled(self, settlement: Settlement) -> str:
        """It was refused or is proven not to exist: everything is as before; returns the visit's state."""
        return str(settlement.visit.state)

    def undone(self, settlement: Settlement) -> str:
        """It was taken back: the same, the other way round; returns the visit's state."""
        return str(settlement.visit.state)


_ways: dict[str, Way] = {}


def register(way: type[Way]) -> type[Way]:
    """Class decorator: this is how visits of `way.kind` are settled. TypeError for a second one."""
    if way.kind in _ways:
        raise TypeError(f"{way.kind} is settled in another way already")
    _ways[way.kind] = way()
    return way


def way_of(visit: Visit | Settlement) -> Way:
    return _ways[visit.kind]


def charges_of(lines: QuerySet[FeeLine]) -> list[Charge]:
    """The amounts of the lines, in their order."""
    return [Charge(*row) for row in lines.values_list("number", "quantity", "price", "amount")]

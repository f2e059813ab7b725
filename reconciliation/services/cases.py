"""A difference as the business it belongs to sees it: both sides, and what can be done about it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.access.member import Member
from portal.ledger.facts import Source
from portal.ledger.registry import Case, Remedy, remedies_of, remedy_of
from reconciliation.models import Action, Difference, DifferenceKind, DifferenceState, TheirRow, Total

UNDER_WAY = "这笔业务正在办理，有结果后自动消除，不用处理"
AMOUNTS = ("total", "fund", "account", "cash")
TEXTS = ("setl_id", "mdtrt_id", "msgid", "insutype", "clr_type", "clr_optins")


@dataclass(frozen=True)
class Offer:
    """Something that can be decided. `obstacle` says why not now; empty when it can be."""

    action: str
    title: str
    moves_money: bool
    obstacle: str = ""
    is_proposed: bool = False


def source_of(difference: Difference) -> str:
    """The business that the settlement belongs to; what only the centre has is taken into the book as brought."""
    return str(difference.entry.source) if difference.entry is not None else str(Source.BROUGHT)


def remedy_for(difference: Difference, action: str) -> Remedy | None:
    return remedy_of(source_of(difference), action)


def case_of(difference: Difference, *, by: Member | None, second: Member | None = None, reason: str = "") -> Case:
    """What the business is told. Amounts are text in yuan; those that the centre did not tell are left out."""
    return Case(difference.entry, theirs_of(difference), by, second, reason)


def centres_row(difference: Difference) -> TheirRow | None:
    """The centre's own record; None where its file only repeats ours to say that there is none."""
    row = difference.their_row
    return row if row is not None and row.total is not None else None


def theirs_of(difference: Difference) -> dict[str, Any]:
    """The centre's side under our names, with what the difference itself says."""
    row = centres_row(difference)
    told: dict[str, Any] = {
        "family": difference.family,
        "environment": difference.environment,
        "kind": difference.kind,
        "day": difference.day.isoformat(),
        "is_refund": difference.is_refund,
        "is_there": row is not None,
    }
    if row is None:
        return told
    told |= {name: getattr(row, name) or getattr(difference, name) for name in TEXTS}
    told["insutype"] = told["insutype"] or only_insurance(difference)
    told |= {name: f"{getattr(row, name):.2f}" for name in AMOUNTS if getattr(row, name) is not None}
    told |= {"person": row.person, "person_no": row.person_no.reveal() if row.person_no else ""}
    told |= {"is_refund": row.is_refund, "settled_at": row.settled_at.isoformat() if row.settled_at else ""}
    return told


def only_insurance(difference: Difference) -> str:
    """The insurance that its run asked about for this clearing category and office, if there was only one."""
    asked = Total.objects.filter(run=difference.last_run_id, clr_type=difference.clr_type)
    asked = asked.filter(clr_optins=difference.clr_optins).exclude(insutype="").order_by()
    found = list(asked.values_list("insutype", flat=True).distinct()[:2])
    return found[0] if len(found) == 1 else ""


def offers_for(difference: Difference, *, by: Member | None) -> list[Offer]:
    """Everything that can be decided about it, in the order in which it is offered."""
    if not difference.is_exception or difference.state != DifferenceState.OPEN:
        return []
    case = case_of(difference, by=by)
    found = [
        Offer(one.action, one.title, one.moves_money, one.obstacle(case), difference.proposal == one.action)
        for one in remedies_of(source_of(difference))
    ]
    accept = Offer(str(Action.ACCEPT), str(Action.ACCEPT.label), bool(gap_of(difference)))
    return [*found, Offer(accept.action, accept.title, accept.moves_money, "", difference.proposal == Action.ACCEPT)]


def offer_for(difference: Difference, action: str, *, by: Member | None) -> Offer | None:
    """The one offer of that name, or None where the business has no such remedy."""
    if action == Action.ACCEPT:
        return Offer(action, str(Action.ACCEPT.label), bool(gap_of(difference)))
    found = remedy_for(difference, action)
    if found is None:
        return None
    return Offer(action, found.title, found.moves_money, found.obstacle(case_of(difference, by=by)))


def gap_of(difference: Difference) -> bool:
    """Whether any sum differs: of all days together, or of each of two days."""
    gaps = (difference.total_gap, difference.fund_gap, difference.account_gap)
    return any(gaps) or difference.kind == DifferenceKind.OVER_MIDNIGHT

"""Which fee items may go and which have to wait: asked on arrival, after a change of mapping, before freezing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from injury.models import Admission, FeeItem, FeeState, HeldKind
from injury.models.fee import DRUG
from injury.rules.fee_holds import NO_DOSAGE_FORM, hold
from injury.services.item_facts import PLACED, ItemFacts
from injury.services.mapping import Mapped, resolve_many
from portal.access.member import Member
from portal.jobs import Job, start

LOOK_AGAIN = "injury.fees.look_again"
PIECE = 500
#: Asked for every item: an enum's value is slow.
WAITING, HELD = FeeState.WAITING.value, FeeState.HELD.value


@dataclass(frozen=True, slots=True)
class Charged:
    """A charged line that something is given back of; `pk` is None while it is only being delivered."""

    pk: UUID | None
    line_id: str
    state: str = ""


def place(item: FeeItem, at: Mapped, *, charge: str = "") -> None:
    """Put on the item what it is at the centre, and whether it has to wait; nothing is written.

    `charge` is the state of the line that a refund gives back.
    """
    for name, value in zip(PLACED, placed(item, at, charge), strict=True):
        setattr(item, name, value)


def placed(item: FeeItem | ItemFacts, at: Mapped, charge: str = "") -> tuple[str, ...]:
    """What `place` puts on the item, in the order of PLACED; pure."""
    category = (item.own_category or at.category) if at.is_outside else at.category
    form = item.dosage_form or (NO_DOSAGE_FORM if at.is_outside and item.kind != DRUG else "")
    reason = hold(item, at)
    kind, because = (reason.kind, reason.because) if reason else ("", "")
    if not kind and charge in (FeeState.HELD, FeeState.DROPPED):
        kind, because = HeldKind.CHARGE.value, "被冲减的收费还不能上传，退费要等它上传之后"
    state = HELD if kind else WAITING
    name = at.name or item.own_name
    return at.code, name, category, at.grade, at.version, form, state, kind, because[:300]


def are_placed(rows: Sequence[ItemFacts], environment: str) -> bool:
    """Whether `sort_out` would leave all of these waiting items as they are, so that all may go now."""
    places = resolve_many({(row.own_code, row.kind, row.prescribed_on) for row in rows}, environment=environment)
    states = _charges(rows)
    return all(
        placed(row, places[row.own_code, row.kind, row.prescribed_on], states.get(row.refunds_id, "")) == row.placed
        for row in rows
    )


def sort_out(items: Sequence[FeeItem]) -> tuple[list[FeeItem], list[FeeItem]]:
    """(those that may go now, those that have to wait), of items that are not at the centre and not dropped.

    What the centre refused waits for a person. What changed is written. Call it with the admission's lock held; the
    mapping is asked as of now, in a fixed number of statements.
    """
    open_items = [item for item in items if item.state in FeeState.here()]
    refused = [item for item in open_items if item.held_kind == HeldKind.REFUSED]
    mine = [item for item in open_items if item.held_kind != HeldKind.REFUSED]
    if not mine:
        return [], refused
    places = resolve_many(
        {(item.own_code, item.kind, item.prescribed_on) for item in mine}, environment=mine[0].environment
    )
    changed: dict[UUID, FeeItem] = {}
    states = _charges(mine)
    for item in sorted(mine, key=lambda one: one.refunds_id is not None):
        before = _placed(item)
        charge = states.get(item.refunds_id, "") if item.refunds_id else ""
        place(item, places[item.own_code, item.kind, item.prescribed_on], charge=charge)
        states[item.pk] = item.state
        if _placed(item) != before:
            changed[item.pk] = item
    FeeItem.objects.bulk_update(changed.values(), PLACED, batch_size=PIECE)
    ready = [item for item in mine if item.state == FeeState.WAITING]
    return ready, [*refused, *(item for item in mine if item.state == FeeState.HELD)]


def _placed(item: FeeItem) -> tuple[Any, ...]:
    return tuple(getattr(item, name) for name in PLACED)


def _charges(items: Sequence[FeeItem] | Sequence[ItemFacts]) -> dict[UUID | None, str]:
    """The states of the lines that these give back."""
    wanted = {item.refunds_id for item in items if item.refunds_id}
    return dict(FeeItem.objects.filter(pk__in=wanted).values_list("pk", "state")) if wanted else {}


def look_again(admission: Admission) -> tuple[int, int]:
    """(released, held anew) among the items of this admission, whose lock the caller holds."""
    items = list(FeeItem.objects.filter(admission=admission, state__in=FeeState.here()).order_by("id"))
    before = {item.pk: item.state for item in items}
    ready, held = sort_out(items)
    released = sum(before[item.pk] == FeeState.HELD for item in ready)
    return released, sum(before[item.pk] == FeeState.WAITING for item in held)


def with_open_items(environment: str) -> list[UUID]:
    """The admissions that have items which wait or are held."""
    rows = FeeItem.objects.filter(environment=environment, state__in=FeeState.here()).order_by("admission")
    return list(rows.values_list("admission", flat=True).distinct())


def look_again_later(*, by: Member | None, environment: str) -> Job:
    """Have a worker look at everything that waits or is held: after the mapping or the catalogue changed."""
    return start(LOOK_AGAIN, environment, by=by, params={"environment": environment})

"""One decision for many differences: everything that is chosen, or nothing that cannot be decided so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from portal.access.member import Member
from portal.access.rows import new_id
from portal.audit import record
from reconciliation.actions import DECISIONS_TAKEN
from reconciliation.models import Action, Decision, DecisionState, Difference
from reconciliation.services.deciding import approve, propose, refuse
from reconciliation.services.refusals import Refused

#: Each may ask its business about itself: more at once would keep somebody waiting.
MOST = 1000


@dataclass
class Taken:
    """How many decisions were taken, and why the others were not: [(difference, sentence)]."""

    count: int = 0
    left: list[tuple[Difference, str]] = field(default_factory=list)
    batch: UUID | None = None

    @property
    def sentence(self) -> str:
        """What is said afterwards; the first reason stands for all of its kind."""
        said = f"已处理 {self.count:,} 条"
        if not self.left:
            return said
        return f"{said}；{len(self.left):,} 条没有处理，例如 {self.left[0][0]}：{self.left[0][1]}"


def propose_all(rows: QuerySet[Difference], action: str, *, reason: str, by: Member) -> Taken:
    """Propose the same for all of them; each that cannot be decided so is left and named. Refused for too many."""
    batch = new_id()
    taken = _each(_few(rows), lambda one: propose(one, action, reason=reason, by=by, batch=batch))
    taken.batch = batch
    label = Action(action).label if action in Action.values else action
    if taken.count:
        record(DECISIONS_TAKEN, by=by, what="提出处理", count=taken.count, how=label)
    return taken


def approve_all(rows: QuerySet[Difference], *, by: Member) -> Taken:
    """Agree to what was proposed for all of them."""
    taken = _each(_few(rows), lambda one: approve(_waiting(one), by=by))
    if taken.count:
        record(DECISIONS_TAKEN, by=by, what="复核通过", count=taken.count, how="按各条的处理方式")
    return taken


def refuse_all(rows: QuerySet[Difference], *, by: Member, reason: str) -> Taken:
    """Send back what was proposed for all of them, with one reason."""
    taken = _each(_few(rows), lambda one: refuse(_waiting(one), by=by, reason=reason))
    if taken.count:
        record(DECISIONS_TAKEN, by=by, what="退回", count=taken.count, how=reason[:100])
    return taken


def _few(rows: QuerySet[Difference]) -> list[Difference]:
    found = list(rows.order_by("pk")[: MOST + 1])
    if not found:
        raise Refused("请先选择差异")
    if len(found) > MOST:
        raise Refused(f"一次最多处理 {MOST:,} 条，请缩小范围")
    return found


def _each(rows: Iterable[Difference], act: Callable[[Difference], Any]) -> Taken:
    taken = Taken()
    for one in rows:
        try:
            with transaction.atomic():
                act(one)
        except Refused as refusal:
            if refusal.field == "reason":
                raise
            taken.left.append((one, refusal.sentence))
        else:
            taken.count += 1
    return taken


def _waiting(difference: Difference) -> Decision:
    found = difference.decisions.filter(state=DecisionState.PROPOSED).first()
    if found is None:
        raise Refused(f"这条差异是“{difference.get_state_display()}”，没有待复核的处理")
    return found

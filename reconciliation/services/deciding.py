"""Deciding about a difference: one person proposes, a second one lets it go where money moves, the business does it.

Nothing is edited: what a decision changes is a new revision of an entry, or an operation of the journal.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution, Membership
from portal.access.services.refusals import NotAllowed
from portal.audit import record
from portal.gateway.journal import NotAllowed as JournalRefusal
from portal.gateway.journal import Operation, State
from portal.hooks import announce
from portal.ledger.reading import revisions_of
from portal.ledger.registry import Done, NotPossible
from reconciliation.actions import DECISION_APPROVED, DECISION_ENDED, DECISION_PROPOSED, DECISION_REFUSED
from reconciliation.models import Action, Adjustment, Decision, DecisionState, Difference, DifferenceState, Run
from reconciliation.services.cases import UNDER_WAY, case_of, offer_for, remedy_for
from reconciliation.services.ending import refresh
from reconciliation.services.refusals import Refused

MOST_REASON = 300
NOT_OFFERED = "这类差异不能这样处理，请选择其他方式"


def propose(difference: Difference, action: str, *, reason: str, by: Member, batch: UUID | None = None) -> Decision:
    """Say what shall be done; it is done at once where no second person is wanted. Refused: nothing has changed."""
    difference = locked(difference)
    reason = wanted_reason(reason)
    needs_second = may_be_proposed(difference, action, by=by)
    decision = Decision.objects.create(
        environment=difference.environment,
        difference=difference,
        batch=batch,
        action=action,
        reason=reason,
        kind=difference.kind,
        gap=difference.total_gap,
        needs_second=needs_second,
        proposed_by=by.user,
        proposed_as=by.label[:100],
    )
    difference.state = DifferenceState.PROPOSED
    difference.save(update_fields=["state"])
    record(DECISION_PROPOSED, difference, by=by, what=str(difference), how=decision.get_action_display(), reason=reason)
    if not needs_second:
        carry_out(decision, difference, by=by, second=None)
    return decision


def may_be_proposed(difference: Difference, action: str, *, by: Member) -> bool:
    """Whether a second person is wanted; raises Refused when it cannot be decided so now."""
    if not by.may("reconciliation.differences.decide"):
        raise Refused("您没有处理差异的权限")
    if not difference.is_exception:
        raise Refused(UNDER_WAY)
    if difference.state != DifferenceState.OPEN:
        running = Decision.objects.filter(difference=difference, state=DecisionState.RUNNING)
        raise Refused(f"这条差异已是“{difference.get_state_display()}”").behind(
            running.values_list("operation_id", flat=True).first()
        )
    offer = offer_for(difference, action, by=by) if action in Action.values else None
    if offer is None:
        raise Refused(NOT_OFFERED, "action")
    if offer.obstacle:
        raise Refused(offer.obstacle, "action")
    return offer.moves_money and by.institution is not None and by.institution.four_eyes


def approve(decision: Decision, *, by: Member) -> Decision:
    """The second person agrees and it is done. Refused for the first one, and with what stands in the way now."""
    difference, decision = locked_both(decision)
    second_person(decision, by)
    if not decision.needs_second:
        raise Refused("这项处理不用复核")
    offer = offer_for(difference, decision.action, by=by)
    if offer is None or offer.obstacle:
        raise Refused(offer.obstacle if offer else NOT_OFFERED)
    decision.approved_by, decision.approved_as, decision.approved_at = by.user, by.label[:100], timezone.now()
    record(DECISION_APPROVED, difference, by=by, what=str(difference), how=decision.get_action_display())
    carry_out(decision, difference, by=proposer(decision), second=by)
    return decision


def refuse(decision: Decision, *, by: Member, reason: str) -> None:
    """The second person sends it back with a reason; the difference is open again."""
    difference, decision = locked_both(decision)
    second_person(decision, by)
    reopen(decision, difference, DecisionState.REFUSED, f"{by.label}：{wanted_reason(reason)}", by=by)


def withdraw(decision: Decision, *, by: Member) -> None:
    """Whoever may decide takes a proposal back before the second person has agreed."""
    difference, decision = locked_both(decision)
    if not by.may("reconciliation.differences.decide"):
        raise Refused("您没有处理差异的权限")
    must_be_proposed(decision)
    reopen(decision, difference, DecisionState.WITHDRAWN, f"{by.label}撤回", by=by)


def carry_out(decision: Decision, difference: Difference, *, by: Member, second: Member | None) -> None:
    """Do what was decided, in this transaction; Refused leaves everything as it was."""
    before = difference.entry
    done = act(decision, difference, by=by, second=second) if decision.action != Action.ACCEPT else Done("已认可")
    decision.said, decision.operation = done.sentence[:500], done.operation
    decision.state = DecisionState.RUNNING if done.operation is not None else DecisionState.DONE
    decision.ended_at = None if done.operation is not None else timezone.now()
    decision.save()
    difference.state = DifferenceState.DECIDED
    difference.save(update_fields=["state"])
    if done.operation is None:
        adjust(decision, difference, before)
        close(decision, difference)


def act(decision: Decision, difference: Difference, *, by: Member, second: Member | None) -> Done:
    """Have the business do it; its refusals become ours."""
    remedy = remedy_for(difference, decision.action)
    if remedy is None:
        raise Refused(NOT_OFFERED, "action")
    try:
        with transaction.atomic():
            return remedy.act(case_of(difference, by=by, second=second, reason=decision.reason))
    except (NotPossible, JournalRefusal) as refusal:
        raise Refused(refusal.sentence) from None
    except Refused:
        raise
    except NotAllowed as refusal:
        raise Refused(refusal.message) from None


def adjust(decision: Decision, difference: Difference, before: Any) -> None:
    """Write down what it did to the book: the new revision against the old one, or a gap that is accepted."""
    is_booked = decision.action == Action.ADOPT
    gaps = (difference.total_gap, difference.fund_gap, difference.account_gap)
    sign = -1 if is_booked else 1
    latest = revisions_of(before).first() if before is not None and is_booked else before
    people = "、".join(name for name in (decision.proposed_as, decision.approved_as) if name)
    Adjustment.objects.create(
        environment=difference.environment,
        decision=decision,
        difference=difference,
        entry=latest,
        is_booked=is_booked,
        day=difference.day,
        **{name: sign * gap for name, gap in zip(("total", "fund", "account"), gaps, strict=True)},
        reason=decision.reason,
        made_as=people,
    )


def close(decision: Decision, difference: Difference) -> None:
    """It is done: the difference is closed, its runs are counted anew."""
    difference.state, difference.outcome, difference.done_at = (
        DifferenceState.DONE,
        decision.action,
        timezone.now(),
    )
    difference.save(update_fields=["state", "outcome", "done_at"])
    told(decision, difference)


def reopen(decision: Decision, difference: Difference, state: str, said: str, *, by: Member | None) -> None:
    """It was not done: the difference waits for another decision."""
    decision.state, decision.said, decision.ended_at = state, said[:500], timezone.now()
    decision.save(update_fields=["state", "said", "ended_at"])
    difference.state = DifferenceState.OPEN
    difference.save(update_fields=["state"])
    if state in (DecisionState.REFUSED, DecisionState.WITHDRAWN):
        how = decision.get_action_display()
        record(DECISION_REFUSED, difference, by=by, what=str(difference), how=how, reason=said[:200])
    else:
        told(decision, difference)


def told(decision: Decision, difference: Difference) -> None:
    """Into the chain, to other systems, and into the runs that saw it."""
    how, state = decision.get_action_display(), DecisionState(decision.state).label
    record(DECISION_ENDED, difference, by=None, what=str(difference), how=how, state=state, said=decision.said or "—")
    facts = {"id": str(difference.pk), "kind": difference.kind, "action": decision.action, "state": decision.state}
    about = difference.number or difference.setl_id or difference.msgid
    announce("difference.decided", about=about, facts=facts, environment=difference.environment)
    for run in Run.objects.filter(sightings__difference=difference).distinct():
        refresh(run)


def follow(decision: Decision) -> str:
    """Take in how the decision's operation ended; empty while it has not. Called by the sweep, inside the door."""
    difference, decision = locked_both(decision)
    if decision.state != DecisionState.RUNNING or decision.operation_id is None:
        return ""
    operation = Operation.objects.defer("request", "reply").get(pk=decision.operation_id)
    if operation.is_live:
        return ""
    decision.said = f"{operation.title}：{operation.sentence}"[:500]
    if operation.state != State.DONE:
        reopen(decision, difference, DecisionState.FAILED, f"{decision.said}。{operation.message}", by=None)
        return decision.said
    decision.state, decision.ended_at = DecisionState.DONE, timezone.now()
    decision.save(update_fields=["state", "said", "ended_at"])
    close(decision, difference)
    return decision.said


def locked(difference: Difference) -> Difference:
    """The difference as it is now, with both sides, locked until the transaction ends."""
    found = Difference.objects.select_for_update(of=("self",)).select_related("entry", "their_row")
    return found.get(pk=difference.pk)


def locked_both(decision: Decision) -> tuple[Difference, Decision]:
    """The difference before the decision: everybody takes them in this order."""
    difference = locked(decision.difference)
    found = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    found.difference = difference
    return difference, found


def second_person(decision: Decision, by: Member) -> None:
    if by.user is None or not by.may("reconciliation.differences.approve"):
        raise Refused("您没有复核差异处理的权限")
    must_be_proposed(decision)
    if by.is_user(decision.proposed_by_id):
        raise Refused("不能复核自己提出的处理，请由另一位复核人员办理")


def must_be_proposed(decision: Decision) -> None:
    if decision.state != DecisionState.PROPOSED:
        raise Refused(f"这项处理已是“{DecisionState(decision.state).label}”").behind(decision.operation_id)


def wanted_reason(reason: str) -> str:
    if not reason.strip():
        raise Refused("请填写理由", "reason")
    return reason.strip()[:MOST_REASON]


def proposer(decision: Decision) -> Member:
    """Who proposed it, with the roles they have now."""
    institution = Institution.objects.get(pk=decision.institution_pk)
    if decision.proposed_by is None:
        return Member(None, institution, frozenset(), key=decision.proposed_as)
    membership = Membership.objects.filter(user=decision.proposed_by, is_active=True).first()
    return Member(decision.proposed_by, institution, frozenset(membership.roles if membership else ()))

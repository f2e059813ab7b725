"""The database itself refuses what no operation may become (design 3.2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from portal.gateway.journal.models import Attempt, Evidence, Operation
from portal.gateway.journal.states import LEGAL, Finding, Method, Outcome, State

PAIRS = [(before, after) for before in State for after in State if before != after]


@pytest.fixture
def people(bob_member, dora_member, alice_member):
    return alice_member.user, bob_member.user, dora_member.user


@pytest.fixture
def make(people, in_hospital_a):
    """An operation in any state, brought there the legal way."""

    def made(state: State, *, key: str = "k", outcome: str = "") -> Operation:
        operation = Operation(
            gateway="clearing",
            environment="test",
            kind="verifyClearing",
            business_key=key,
            title="核对",
            request="{}",
            request_hash="0" * 64,
            state=State.DRAFT if state in (State.DRAFT, State.APPROVED, State.REFUSED) else State.QUEUED,
            four_eyes=state in (State.DRAFT, State.APPROVED, State.REFUSED),
            created_by=people[0],
        )
        operation.save(force_insert=True)
        for step in WAY[state]:
            take(operation, step, people, outcome)
        operation.refresh_from_db()
        return operation

    return made


WAY: dict[State, tuple[State, ...]] = {
    State.DRAFT: (),
    State.REFUSED: (State.REFUSED,),
    State.APPROVED: (State.APPROVED,),
    State.QUEUED: (),
    State.WITHDRAWN: (State.WITHDRAWN,),
    State.SENDING: (State.SENDING,),
    State.DONE: (State.SENDING, State.DONE),
    State.REJECTED: (State.SENDING, State.REJECTED),
    State.IN_DOUBT: (State.SENDING, State.IN_DOUBT),
    State.RESOLVING: (State.SENDING, State.IN_DOUBT, State.RESOLVING),
    State.MANUAL: (State.SENDING, State.IN_DOUBT, State.RESOLVING, State.MANUAL),
    State.REVERSING: (State.SENDING, State.IN_DOUBT, State.RESOLVING, State.REVERSING),
    State.REVERSED: (State.SENDING, State.IN_DOUBT, State.RESOLVING, State.REVERSING, State.REVERSED),
}
ENDS = {State.DONE: Outcome.OK, State.REJECTED: Outcome.REJECTED, State.IN_DOUBT: Outcome.UNKNOWN}


def take(operation: Operation, to: State, people: Any, outcome: str = "") -> None:
    """One transition with everything it legally needs."""
    operation.refresh_from_db()
    before = State(operation.state)
    if before == State.SENDING:
        end_attempt(operation, outcome or ENDS.get(to, Outcome.NOT_SENT))
    elif to == State.IN_DOUBT:
        Operation.objects.filter(pk=operation.pk).update(recovered=True, attempts=F("attempts") + 1)
        operation.refresh_from_db()
        attempt(operation, outcome=Outcome.UNKNOWN)
    if before in (State.RESOLVING, State.MANUAL) and to != State.MANUAL:
        verdict = Finding.NOT_APPLIED if to in (State.QUEUED, State.REJECTED) else Finding.APPLIED
        evidence(operation, verdict, people)
    changes: dict[str, Any] = {"state": to, "version": F("version") + 1}
    if to == State.APPROVED:
        changes |= {"approved_by": people[1], "approved_at": Now()}
    if to == State.SENDING:
        changes |= {"attempts": F("attempts") + 1}
    Operation.objects.filter(pk=operation.pk).update(**changes)
    operation.refresh_from_db()
    if to == State.SENDING:
        attempt(operation)


def attempt(operation: Operation, **more: Any) -> Attempt:
    row = Attempt(
        operation=operation,
        gateway="clearing",
        environment="test",
        kind="verifyClearing",
        n=operation.attempts,
        msgid=f"{operation.pk}-{operation.attempts}",
        **more,
    )
    row.save(force_insert=True)
    return row


def end_attempt(operation: Operation, outcome: str) -> None:
    Attempt.objects.filter(operation=operation, n=operation.attempts).update(outcome=outcome)


def evidence(operation: Operation, verdict: Finding, people: Any, **more: Any) -> None:
    Evidence.objects.create(
        **{
            "operation": operation,
            "version": operation.version,
            "method": Method.PEOPLE,
            "verdict": verdict,
            "note": "核对",
            "decided_by": people[1],
            "confirmed_by": people[2],
            **more,
        }
    )


def refused(act: Any, words: str) -> None:
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        act()


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=lambda state: state.value)
def test_it_takes_exactly_the_legal_transitions(make, people, before, after):
    operation = make(before)
    if after in LEGAL[before]:
        take(operation, after, people)
        assert operation.state == after
    else:
        refused(lambda: take(operation, after, people), "no legal transition|approved once")
        operation.refresh_from_db()
        assert operation.state == before


@pytest.mark.parametrize("state", [State.APPROVED, State.SENDING, State.DONE, State.REJECTED, State.MANUAL])
def test_it_begins_as_a_draft_or_queued(make, people, state):
    refused(
        lambda: Operation.objects.create(
            gateway="g", environment="test", kind="k", business_key="b", title="t", request="{}", state=state
        ),
        "may not begin",
    )


def test_it_needs_four_eyes_for_a_draft_that_asks_for_them(make, people):
    operation = make(State.DRAFT)
    rows = Operation.objects.filter(pk=operation.pk)
    refused(lambda: rows.update(state="approved", version=2), "second person")
    refused(lambda: rows.update(state="approved", version=2, approved_by=people[0]), "second person|second_person")
    assert rows.update(state="approved", version=2, approved_by=people[1]) == 1


@pytest.mark.parametrize("column", ["request_hash", "business_key", "title"])
def test_it_keeps_the_request_once_it_is_no_draft(make, people, column):
    operation = make(State.QUEUED)
    refused(lambda: Operation.objects.filter(pk=operation.pk).update(**{column: "other"}), "fixed")
    operation.request = '{"other": 1}'
    refused(lambda: operation.save(update_fields=["request"]), "fixed")


def test_it_lets_keys_be_rotated_and_nothing_else(make, people):
    operation = make(State.DONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.rotation', 'on', true)")
        cursor.execute("UPDATE gateway_operation SET request = request || 'x' WHERE id = %s", [operation.pk])
        assert cursor.rowcount == 1
    refused(lambda: Operation.objects.filter(pk=operation.pk).update(code="9"), "never changes|fixed")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 1}, "only grow"),
        ({"attempts": 0}, "only grow"),
        ({"attempts": 2}, "counted when it is sent"),
        ({"gateway": "other"}, "identity"),
        ({"kind": "other"}, "identity"),
        ({"environment": "production"}, "identity"),
        ({"state": "done", "version": 9}, "raises the version by one"),
        ({"state": "done"}, "raises the version by one"),
    ],
)
def test_it_refuses_a_careless_update(make, people, change, words):
    operation = make(State.SENDING)
    end_attempt(operation, Outcome.OK)
    assert operation.version == 2
    refused(lambda: Operation.objects.filter(pk=operation.pk).update(**change), words)


@pytest.mark.parametrize(
    ("to", "outcome"),
    [("done", "rejected"), ("done", "unknown"), ("rejected", "ok"), ("queued", "unknown"), ("queued", "ok")],
)
def test_it_wants_the_attempt_to_say_the_same(make, people, to, outcome):
    operation = make(State.SENDING)
    end_attempt(operation, outcome)
    rows = Operation.objects.filter(pk=operation.pk)
    refused(lambda: rows.update(state=to, version=operation.version + 1), "last attempt")


@pytest.mark.parametrize("to", [State.DONE, State.QUEUED, State.REJECTED, State.REVERSING])
def test_it_moves_out_of_doubt_only_with_evidence(make, people, to):
    operation = make(State.RESOLVING)
    step = {"state": to, "version": operation.version + 1}
    refused(lambda: Operation.objects.filter(pk=operation.pk).update(**step), "needs evidence")
    wrong = Finding.APPLIED if to in (State.QUEUED, State.REJECTED) else Finding.NOT_APPLIED
    evidence(operation, wrong, people, method=Method.QUERY)
    refused(lambda: Operation.objects.filter(pk=operation.pk).update(**step), "needs evidence")


def test_it_does_not_take_evidence_of_an_earlier_version(make, people):
    operation = make(State.RESOLVING)
    evidence(operation, Finding.APPLIED, people, method=Method.QUERY)
    Operation.objects.filter(pk=operation.pk).update(version=F("version") + 1)
    operation.refresh_from_db()
    step = {"state": State.DONE, "version": operation.version + 1}
    refused(lambda: Operation.objects.filter(pk=operation.pk).update(**step), "needs evidence")
    refused(lambda: evidence(operation, Finding.APPLIED, people, version=operation.version - 1), "another version")


def test_it_never_repeats_what_the_gateway_accepted(make, people):
    operation = make(State.RESOLVING, outcome=Outcome.OK_UNPARSED)
    evidence(operation, Finding.NOT_APPLIED, people, method=Method.QUERY)
    step = {"state": State.QUEUED, "version": operation.version + 1}
    refused(lambda: Operation.objects.filter(pk=operation.pk).update(**step), "never repeated")


def test_it_leaves_peoples_hands_only_by_two_of_them(make, people):
    operation = make(State.MANUAL)
    step = {"state": State.DONE, "version": operation.version + 1}
    evidence(operation, Finding.APPLIED, people, method=Method.PROPOSAL, confirmed_by=None)
    evidence(operation, Finding.APPLIED, people, method=Method.QUERY, confirmed_by=None)
    refused(lambda: Operation.objects.filter(pk=operation.pk).update(**step), "two people")
    refused(lambda: evidence(operation, Finding.APPLIED, people, confirmed_by=people[1]), "two_people")
    evidence(operation, Finding.APPLIED, people)
    assert Operation.objects.filter(pk=operation.pk).update(**step) == 1


def test_it_keeps_finished_attempts_and_evidence_as_they_are(make, people):
    operation = make(State.MANUAL)
    rows = Attempt.objects.filter(operation=operation)
    refused(lambda: rows.update(outcome="ok"), "finished, never changed")
    evidence(operation, Finding.APPLIED, people)
    refused(lambda: Evidence.objects.filter(operation=operation).update(note="x"), "never changed")
    sending = make(State.SENDING, key="other")
    refused(lambda: Attempt.objects.filter(operation=sending).update(msgid="x"), "never changes")


def test_it_has_attempts_only_while_it_is_being_sent(make, people):
    operation = make(State.QUEUED)
    refused(lambda: attempt(operation), "not being sent")


def test_it_is_never_deleted(make, people, owner_sql):
    operation = make(State.MANUAL)
    evidence(operation, Finding.APPLIED, people)
    for table in ("gateway_evidence", "gateway_attempt", "gateway_operation"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


@pytest.mark.django_db(transaction=True)
def test_it_is_not_deleted_by_the_owner_either(people, hospital_a, owner_sql):
    from portal.access.door import tenant_tx

    with tenant_tx(hospital_a.pk):
        Operation.objects.create(
            gateway="g", environment="test", kind="k", business_key="b", title="t", request="{}", created_by=people[0]
        )
    with pytest.raises(Exception, match="never deleted"):
        owner_sql(f"SET app.institution = '{hospital_a.pk}'; DELETE FROM gateway_operation")


def test_it_has_one_live_operation_a_business_object(make, people):
    make(State.IN_DOUBT)
    refused(lambda: make(State.QUEUED), "one_live")
    make(State.QUEUED, key="another")


@pytest.mark.parametrize("state", [State.DONE, State.REJECTED, State.WITHDRAWN, State.REFUSED, State.REVERSED])
def test_it_may_be_asked_for_again_after_its_end(make, people, state):
    make(state)
    make(State.QUEUED)


def test_it_knows_since_when(make, people):
    operation = make(State.SENDING)
    assert timezone.now() - operation.state_since < timedelta(seconds=5)
    assert operation.state_since >= operation.created_at

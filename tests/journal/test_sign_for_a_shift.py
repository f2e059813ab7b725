"""Operators of the national interface: signed in at their first call, each with a number, and out when they go."""

import threading
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clearing.messages.cross_region import FetchCrossRegion, RollBackCrossRegion
from portal.access.door import tenant_tx
from portal.access.models import User
from portal.gateway.channels.models import Channel
from portal.gateway.channels.services import install_channel
from portal.gateway.client import ask
from portal.gateway.errors import NotSent
from portal.gateway.journal import Operation, open_operation, send_queued
from portal.gateway.journal.models import Attempt
from portal.gateway.national import compose
from portal.gateway.national.signing import leaving, services
from portal.gateway.national.signing.models import NationalSignIn
from portal.gateway.wire import Operator, Shift
from portal.jobs import Job
from portal.jobs.behalf import on_behalf_of
from portal.jobs.tasks import run_job

QUERY = FetchCrossRegion.of("2025", "03")
CHANNEL = ("base_url", "app_code", "secret_key", "medins_code", "medins_name", "region")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def party(national_counterpart, hospital_a, settings, tmp_path):
    made = national_counterpart("SHIFTS", options={"rows": 3})
    settings.SANDBOX_URL, settings.SPOOL_DIR = made.sandbox.url, tmp_path
    with tenant_tx(hospital_a.pk):
        install_channel("national", "test", {name: getattr(made.settings, name) for name in CHANNEL})
    return made


@pytest.fixture
def work(party, hospital_a):
    """What a worker does for somebody, and what is known afterwards."""

    def question(person: User | None = None) -> Any:
        with on_behalf_of("somebody", person):
            return ask(QUERY, institution_id=hospital_a.pk, tries=1)

    def rows() -> dict[str, NationalSignIn]:
        with tenant_tx(hospital_a.pk):
            return {one.operator: one for one in NationalSignIn.objects.select_related("user")}

    def kinds() -> list[str]:
        with tenant_tx(hospital_a.pk):
            return list(Attempt.objects.order_by("sent_at").values_list("kind", flat=True))

    def changed(operator: str, **values: Any) -> None:
        with tenant_tx(hospital_a.pk):
            NationalSignIn.objects.filter(operator=operator).update(**values)

    def switched(**switches: Any) -> None:
        with tenant_tx(hospital_a.pk):
            channel = Channel.objects.get(gateway="national")
            channel.switches = switches
            channel.save()

    def signed_out_at_the_centre() -> None:
        for row in rows().values():
            assert row.sign_no
            content = {"sign_no": row.sign_no.reveal(), "opter_no": row.operator}
            own = Operator(row.operator, row.operator)
            assert party.ask(compose("9002", {"signOut": content}), operator=own).outcome.value == "ok"

    return SimpleNamespace(**locals())


def test_everybody_has_a_number_of_their_own_and_keeps_it(work, party, alice_member, bob_member):
    for person in (None, alice_member.user, bob_member.user, alice_member.user):
        assert len(work.question(person).data) == 3
    assert work.kinds() == ["9001", "3260", "9001", "3260", "9001", "3260", "3260"]
    rows = work.rows()
    assert rows.keys() == {"portal", "alice", "bob"}
    assert rows["alice"].operator_name == "经办甲"
    assert rows["portal"].user is None
    assert len({row.sign_no.reveal() for row in rows.values()}) == 3
    assert party.truth()["state"]["SHIFTS"]["operators"] == ["alice", "bob", "portal"]


def test_workers_who_come_together_sign_in_once(work, alice_member):
    def run():
        try:
            work.question(alice_member.user)
        finally:
            connection.close()

    together = [threading.Thread(target=run) for _ in range(4)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert sorted(work.kinds()) == ["3260"] * 4 + ["9001"]


def test_an_operation_goes_out_as_whoever_asked_for_it_and_again_after_signing_in(work, hospital_a, alice_member):
    work.question(alice_member.user)
    work.signed_out_at_the_centre()
    with tenant_tx(hospital_a.pk):
        operation = open_operation(RollBackCrossRegion.of("2025", "03"), key="2025-03", by=alice_member, title="回退")
    assert send_queued(hospital_a.pk, "national") == 2
    with tenant_tx(hospital_a.pk):
        found = Operation.objects.get(pk=operation.pk)
        tries = list(Attempt.objects.filter(operation=operation).order_by("n").values_list("outcome", "code"))
    # Nothing was confirmed in that month, which the centre says once the number is right.
    assert tries == [("rejected", "-1.9001"), ("rejected", "-1")]
    assert "6009" in found.message
    assert work.rows().keys() == {"alice"}


def test_a_query_signs_in_again_when_the_centre_forgot_the_number(work):
    work.question()
    old = work.rows()["portal"].sign_no.reveal()
    work.signed_out_at_the_centre()
    assert len(work.question().data) == 3
    assert work.rows()["portal"].sign_no.reveal() != old


def test_a_new_shift_begins_with_a_new_number(work, party):
    work.question()
    work.changed("portal", ends_at=timezone.now() - timedelta(minutes=1))
    work.question()
    assert work.kinds() == ["9001", "3260", "9002", "9001", "3260"]
    work.changed("portal", signed_in_at=timezone.now() - timedelta(hours=24))
    work.question()
    assert work.kinds()[5:] == ["9002", "9001", "3260"]


def test_a_refused_sign_in_says_so_and_is_not_hammered(work, hospital_a, alice_member):
    person = alice_member.user
    person.username = "alice-REJECT"
    for _ in range(2):
        with pytest.raises(NotSent, match="不接受操作员 alice-REJECT 签到"):
            work.question(person)
    assert work.kinds() == ["9001"]
    assert work.rows()["alice-REJECT"].state == "refused"
    assert len(work.question().data) == 3


def test_a_lost_answer_to_signing_in_is_no_reason_to_stop(work, party, settings):
    party.sandbox.switch_on("drop_response", codes=["9001"], count=1)
    with pytest.raises(NotSent, match="没有得到确定的答复"):
        work.question()
    assert work.rows()["portal"].state == "unsure"
    work.changed("portal", not_before=timezone.now())
    assert len(work.question().data) == 3


def test_nobody_signs_in_where_the_channel_says_so(work, party):
    work.switched(sign_in="none")
    party.sandbox.register(
        "national",
        party.app_code,
        secret_key=party.settings.secret_key,
        institution={"code": party.settings.medins_code, "name": "测试医院", "region": "440100"},
        options={"rows": 3},
        switches={"sign_in": "none"},
    )
    assert len(work.question().data) == 3
    assert work.kinds() == ["3260"]


def test_whoever_goes_is_signed_out(work, party, hospital_a, alice_member, bob_member):
    for person in (None, alice_member.user, bob_member.user):
        work.question(person)
    assert leaving.sign_out_left(hospital_a.pk) == 0
    now = timezone.now()
    work.changed("portal", last_used_at=now - timedelta(minutes=31))
    work.changed("alice", last_used_at=now - timedelta(minutes=2))
    User.objects.filter(pk=alice_member.user.pk).update(session_key=User.NO_SESSION)
    work.changed("bob", last_used_at=now - timedelta(minutes=2), ends_at=now)
    assert leaving.sign_out_left(hospital_a.pk) == 3
    assert {row.state for row in work.rows().values()} == {"out"}
    assert all(row.sign_no is None for row in work.rows().values())
    assert party.truth()["state"]["SHIFTS"]["operators"] == ["portal"]  # the test's own sign-in


def test_a_sign_out_that_was_not_heard_is_tried_later(work, party, hospital_a):
    work.question()
    work.changed("portal", last_used_at=timezone.now() - timedelta(minutes=31))
    party.sandbox.switch_on("drop_request", codes=["9002"], count=1)
    assert leaving.sign_out_left(hospital_a.pk) == 0
    row = work.rows()["portal"]
    assert "签退没有成功" in row.message
    assert leaving.sign_out_left(hospital_a.pk) == 0
    work.changed("portal", changed_at=timezone.now() - timedelta(minutes=6))
    assert leaving.sign_out_left(hospital_a.pk) == 1


def test_shifts_end_at_their_times_and_after_their_hours():
    at = timezone.make_aware(datetime(2025, 3, 1, 7, 30))
    times = (datetime(2025, 1, 1, 8).time(), datetime(2025, 1, 1, 20).time())
    idle = timedelta(minutes=30)
    assert services.shift_end(Shift(24, times, idle), at) == at + timedelta(minutes=30)
    assert services.shift_end(Shift(24, times, idle), at + timedelta(hours=13)) == at + timedelta(hours=24, minutes=30)
    assert services.shift_end(Shift(8, (), idle), at) == at + timedelta(hours=8)


def test_the_page_shows_who_is_signed_in_and_signs_out(work, party, hospital_a, alice, alice_member, carol):
    work.question(alice_member.user)
    text = alice.get("/gateway/shifts/").content.decode()
    assert "经办甲（本人）" in text
    assert "已签到" in text
    assert work.rows()["alice"].sign_no.reveal() not in text
    assert "签退</button>" not in carol.get("/gateway/shifts/").content.decode()
    address = f"/gateway/shifts/{work.rows()['alice'].pk}/end/"
    assert carol.post(address).status_code == 403
    for way in (address, "/gateway/shifts/national/begin/"):
        alice.post(way)
        with tenant_tx(hospital_a.pk):
            job = Job.objects.latest("created_at")
        run_job(hospital_a.pk, str(job.pk))
        with tenant_tx(hospital_a.pk):
            job.refresh_from_db()
        assert (job.state, job.note) == ("done", "已签退" if way == address else "已签到")
    assert work.kinds() == ["9001", "3260", "9002", "9001"]
    assert alice.post("/gateway/shifts/injury/begin/").status_code == 404

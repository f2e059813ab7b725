"""Sessions at a gateway: one sign-in for everybody, renewed when it ran out, never fought for, given back."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from injury.messages import FindTreatmentsBetween, VoidFees
from portal.access.door import tenant_tx
from portal.audit.models import Event
from portal.gateway.channels.services import install_channel
from portal.gateway.client import ask
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import handlers, open_operation, send_queued
from portal.gateway.journal.models import Attempt, Lease, Operation
from portal.gateway.journal.states import State
from portal.gateway.sessions import services
from portal.gateway.sessions.acts import KIND
from portal.gateway.sessions.leaving import leave_idle
from portal.gateway.sessions.models import GatewaySession, SessionState
from portal.jobs.models import Job
from portal.jobs.tasks import run_job
from tests.sandbox_process import Counterpart, channel_values

QUERY = FindTreatmentsBetween(aae035="2025-01-01")
pytestmark = pytest.mark.django_db(transaction=True)


class Told(handlers.Handler):
    """A business that hears how it ended."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def rejected(self, operation: Operation) -> None:
        self.ended.append(operation.code)


@dataclass
class Desk:
    """Hospital A with its channel to the sandbox."""

    by: Any
    party: Counterpart
    told: Told

    @property
    def pk(self) -> int:
        return int(self.by.institution_id)

    def ask(self) -> Any:
        return ask(QUERY, institution_id=self.pk, tries=1)

    def session(self) -> str:
        sealed = self.row().session
        return str(sealed.reveal()) if sealed else ""

    def sent(self, kind: str) -> Attempt:
        """The one message of that kind."""
        with tenant_tx(self.pk):
            return Attempt.objects.filter(kind=kind).order_by("sent_at")[0]

    def row(self) -> GatewaySession:
        with tenant_tx(self.pk):
            return GatewaySession.objects.get()

    def update(self, **values: Any) -> None:
        with tenant_tx(self.pk):
            GatewaySession.objects.update(**values)

    def kinds(self) -> list[str]:
        """What was sent, in order."""
        with tenant_tx(self.pk):
            return list(Attempt.objects.order_by("sent_at", "id").values_list("kind", flat=True))

    def act(self, name: str, **more: Any) -> Any:
        return self.party.sandbox.act("injury", name, party=self.party.app_code, **more)

    def there(self) -> list[str]:
        """States of all sign-ins at the centre."""
        return [one["state"] for one in self.act("sessions")["sessions"]]

    def void(self, number: str = "ZY1") -> Operation:
        """Something that changes: the centre refuses it, once it has let it in."""
        with tenant_tx(self.pk):
            return open_operation(VoidFees(akc190=number), key=number, by=self.by, title=f"作废 {number}")

    def now(self, operation: Operation) -> Operation:
        with tenant_tx(self.pk):
            return Operation.objects.get(pk=operation.pk)

    def attempts(self, operation: Operation) -> list[tuple[str, str]]:
        with tenant_tx(self.pk):
            return list(Attempt.objects.filter(operation=operation).order_by("n").values_list("outcome", "code"))


@pytest.fixture
def desk(injury_counterpart, alice_member, settings, tmp_path, monkeypatch):
    settings.PORTAL_QUIET_FACTOR = 0.001
    settings.SPOOL_DIR = tmp_path / "spool"
    party = injury_counterpart("HISA")
    settings.SANDBOX_URL = party.sandbox.url
    told = Told()
    monkeypatch.setitem(handlers._handlers, ("injury", "invalidData"), told)
    found = Desk(alice_member, party, told)
    with tenant_tx(found.pk):
        install_channel("injury", "test", {**channel_values(party), "read_timeout": 5})
    return found


def together(count: int, act: Any) -> list[Any]:
    def run(_: int) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


# --- once for everybody


def test_it_signs_in_once_for_all_that_come_together(desk):
    operation = desk.void()
    together(5, desk.ask)
    send_queued(desk.pk, "injury")
    assert desk.kinds().count("login") == 1
    assert desk.there() == ["live"]
    row = desk.row()
    assert (row.state, row.user_name) == (SessionState.IN, "HISA")
    assert desk.now(operation).code == "130003", "it was let in"
    login, query = (desk.sent(kind).raw_request for kind in ("login", "getCureBatch"))
    assert desk.sent("login").operation_id is None
    assert login
    assert desk.party.settings.password not in login.reveal()
    assert query
    assert desk.session() not in query.reveal()


def test_whoever_gets_the_lease_looks_again_before_signing_in(desk, monkeypatch):
    desk.ask()
    looked, look = [], services._lasting

    def too_early(*arguments: Any) -> str:
        looked.append(1)
        return "" if len(looked) == 1 else look(*arguments)

    monkeypatch.setattr(services, "_lasting", too_early)
    desk.ask()
    assert desk.kinds() == ["login", "getCureBatch", "getCureBatch"]


def test_without_a_session_no_byte_leaves(desk):
    with pytest.raises(NotSent, match="接口还没有登录"):
        desk.party.ask(QUERY, session="").require()


# --- run out


def test_a_query_renews_a_session_that_ran_out(desk):
    desk.ask()
    desk.act("expire")
    desk.ask()
    assert desk.kinds() == ["login", "getCureBatch", "getCureBatch", "login", "getCureBatch"]
    desk.party.sandbox.switch_on("session_expiry", gateway="injury", codes=["getCureBatch"])
    with pytest.raises(Rejected) as caught:
        desk.ask()
    assert caught.value.code == "11006"
    assert desk.kinds()[5:] == ["getCureBatch", "login", "getCureBatch"], "and it does not go on for ever"


def test_a_change_is_sent_again_after_signing_in_because_nothing_was_done(desk):
    desk.ask()
    desk.act("expire")
    operation = desk.void()
    send_queued(desk.pk, "injury")
    assert desk.attempts(operation) == [("rejected", "11006"), ("rejected", "130003")]
    found = desk.now(operation)
    assert (found.state, found.code, desk.told.ended) == (State.REJECTED, "130003", ["130003"])


def test_a_second_time_in_a_row_it_stops_and_says_so(desk):
    desk.ask()
    desk.party.sandbox.switch_on("session_expiry", gateway="injury", codes=["invalidData"])
    operation = desk.void()
    send_queued(desk.pk, "injury")
    found = desk.now(operation)
    assert desk.attempts(operation) == [("rejected", "11006")] * 2
    assert (found.state, desk.told.ended) == (State.REJECTED, ["11006"])
    assert "已停止发送" in found.message
    assert "11006" in found.message


def test_it_signs_in_anew_before_two_hours_are_over(desk):
    desk.ask()
    desk.update(last_used_at=timezone.now() - timedelta(hours=1, minutes=56))
    desk.ask()
    assert desk.kinds() == ["login", "getCureBatch", "logout", "login", "getCureBatch"]
    assert desk.there() == ["left", "live"]


# --- somebody else


def test_a_session_that_is_told_is_adopted(desk):
    number = desk.act("occupy", tells=True)["sessionid"]
    desk.ask()
    assert desk.session() == number
    assert "沿用" in desk.row().message


def test_it_never_fights_for_the_account(desk):
    desk.act("occupy")
    operation = desk.void()
    send_queued(desk.pk, "injury")
    found = desk.now(operation)
    assert (found.state, found.attempts) == (State.QUEUED, 0)
    assert "其他程序" in found.message
    desk.update(not_before=timezone.now() + timedelta(hours=1))
    with pytest.raises(NotSent, match="其他程序中登录"):
        desk.ask()
    assert desk.kinds() == ["login"], "and it keeps quiet meanwhile"
    assert desk.there() == ["live"], "the other program is not disturbed"
    desk.act("leave")
    desk.update(not_before=timezone.now())
    with tenant_tx(desk.pk):
        Operation.objects.update(not_before=None)
    send_queued(desk.pk, "injury")
    assert desk.now(operation).code == "130003"


def test_a_person_takes_over(desk, alice, bob, django_capture_on_commit_callbacks):
    desk.act("occupy")
    operation = desk.void()
    send_queued(desk.pk, "injury")
    desk.update(not_before=timezone.now() + timedelta(hours=1))
    page = alice.get("/gateway/sessions/").content.decode()
    assert "被其他程序占用" in page
    assert "接管登录" in page
    assert "接管登录</button>" not in bob.get("/gateway/sessions/").content.decode(), "a reviewer looks"
    assert bob.post("/gateway/sessions/injury/over/").status_code == 403
    alice.post("/gateway/sessions/injury/over/")
    with tenant_tx(desk.pk):
        job = Job.objects.get(kind=KIND)
    run_job(desk.pk, str(job.pk))
    assert desk.there() == ["left", "live"]
    assert desk.row().state == SessionState.IN
    send_queued(desk.pk, "injury")
    assert desk.now(operation).code == "130003"
    with tenant_tx(desk.pk):
        assert Event.objects.filter(action="gateway.session.taken_over").count() == 1
    assert "已登录" in alice.get("/gateway/sessions/").content.decode()


def test_what_is_refused_is_not_tried_again_until_the_settings_change(desk, dora_member):
    with tenant_tx(desk.pk):
        install_channel("injury", "test", {**channel_values(desk.party), "password": "wrong"})
    with pytest.raises(NotSent, match=r"密码错误.*21005.*核对接口密码"):
        desk.ask()
    desk.update(not_before=timezone.now() + timedelta(hours=1))
    with pytest.raises(NotSent, match="21005"):
        desk.ask()
    assert desk.kinds() == ["login"]
    with tenant_tx(desk.pk):
        install_channel("injury", "test", channel_values(desk.party))
    desk.ask()


def test_a_sign_in_without_an_answer_may_have_happened(desk):
    desk.party.sandbox.switch_on("drop_response", gateway="injury", codes=["login"], count=1)
    with pytest.raises(NotSent, match="登录没有得到确定的答复"):
        desk.ask()
    time.sleep(0.05)
    with pytest.raises(NotSent, match="也可能是本系统自己"):
        desk.ask()


# --- given back


def test_it_is_given_back_when_nobody_uses_it(desk, settings):
    settings.PORTAL_QUIET_FACTOR = 1
    desk.ask()
    assert leave_idle(desk.pk) == 0
    desk.update(last_used_at=timezone.now() - timedelta(minutes=11))
    operation = desk.void()
    assert leave_idle(desk.pk) == 0, "something waits to be sent"
    send_queued(desk.pk, "injury")
    assert desk.now(operation).code == "130003"
    desk.update(last_used_at=timezone.now() - timedelta(minutes=11))
    assert leave_idle(desk.pk) == 1
    assert (desk.there(), desk.row().state) == (["left"], SessionState.OUT)
    assert desk.kinds().count("login") == 1


def test_it_is_given_back_when_the_institution_has_gone_elsewhere(desk, settings):
    settings.PORTAL_QUIET_FACTOR = 1
    desk.ask()
    institution = desk.by.institution
    institution.environment = "production"
    institution.save()
    assert leave_idle(desk.pk) == 1
    assert desk.there() == ["left"]


def test_a_sign_out_without_an_answer_is_tried_again(desk, settings):
    settings.PORTAL_QUIET_FACTOR = 1
    desk.ask()
    desk.update(last_used_at=timezone.now() - timedelta(minutes=11))
    desk.party.sandbox.switch_on("drop_request", gateway="injury", codes=["logout"], count=1)
    assert leave_idle(desk.pk) == 0
    assert desk.row().state == SessionState.IN
    assert leave_idle(desk.pk) == 1
    assert desk.there() == ["left"]


# --- killed


def killed(desk: Desk, code: str) -> None:
    """Another process asks, and dies while the centre keeps it waiting for this answer."""
    desk.party.sandbox.switch_on("late", gateway="injury", codes=[code], count=1, seconds=4)
    connections.close_all()  # nothing of this process's is shared with it but the code
    child = os.fork()
    if child == 0:
        try:
            desk.ask()
        finally:
            os._exit(1)
    until = time.monotonic() + 60
    while not any(one["hits"] for one in desk.party.sandbox.faults()):
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "it waits for the answer"
        assert time.monotonic() < until
        time.sleep(0.02)
    assert code in desk.kinds()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    desk.party.sandbox.switch_off()


def test_a_worker_that_dies_leaves_its_session_to_the_others(desk):
    killed(desk, "getCureBatch")
    desk.ask()
    assert desk.kinds() == ["login", "getCureBatch", "getCureBatch"]
    assert desk.there() == ["live"]


def test_a_worker_that_dies_while_signing_in_blocks_nobody_for_ever(desk):
    killed(desk, "login")
    with pytest.raises(NotSent, match="正在由另一个任务登录"):
        desk.ask()
    with tenant_tx(desk.pk):
        Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises((NotSent, Unknown), match="其他程序"):
        desk.ask()
    assert services.TAKEN in desk.row().message

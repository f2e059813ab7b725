"""From registering a desk to a card that is read there; a lost answer is found in the bridge's spool."""

import json
import socket
import threading
from decimal import Decimal
from typing import Any

import pytest

from portal.access.door import tenant_tx
from portal.audit.models import Event
from portal.gateway.bridge.keeper import Keeper
from portal.gateway.bridge.line import Line
from portal.gateway.bridge.server import Door, Handler, Server
from portal.gateway.bridge.spool import Spool
from portal.gateway.bridge.starting import _files
from portal.gateway.bridge.starting import settings as bridge_settings
from portal.gateway.channels.services import install_channel
from portal.gateway.client import ask
from portal.gateway.desk.cards import ReadCardBas, ReadSfz
from portal.gateway.desk.services import desk_of
from portal.gateway.desk.spooled import stored_answer
from portal.gateway.errors import NotSent, Rejected
from portal.gateway.journal import handlers, open_operation, send_queued
from portal.gateway.journal.models import Attempt, Operation
from portal.gateway.journal.states import State
from portal.gateway.models import Desk
from portal.jobs.models import Job
from portal.jobs.tasks import run_job
from settlement.messages.onetrans import ReadIdentity, Recharge

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def desk(port, settings, dora, hospital_a, sandbox, tmp_path):
    """Registered by the administrator, with the bridge that its settings file starts, and the sandbox's library."""
    settings.BRIDGE_URL = f"https://127.0.0.1:{port}"
    sandbox.register("onetrans", "APP1", secret_key="key-of-the-application")
    wrong = dora.post("/gateway/desks/new/", {"name": "𠮷", "address": "http://10.1.1.1:9521"})
    assert "不在 GBK 字符集中" in wrong.content.decode()
    assert "https:// 开头" in wrong.content.decode()
    typed = {"name": "一号窗口", "address": settings.BRIDGE_URL, "dept_name": "收费处", "is_active": "on"}
    assert dora.post("/gateway/desks/new/", typed).status_code == 302
    with tenant_tx(hospital_a.pk):
        made = Desk.objects.get()
        values = {"base_url": settings.BRIDGE_URL, "private_key": "x" * 40, "app_code": "APP1", "region": "140200"}
        values |= {"secret_key": "key-of-the-application", "user_name": "PAY1", "password": "secret-of-payment"}
        install_channel("onetrans", "test", {**values, "medins_code": "H14020000001"})
    handed = dora.post(f"/gateway/desks/{made.pk}/file/").json()
    (tmp_path / "desk.json").write_text(json.dumps({**handed, "library": f"sandbox:{sandbox.url}", "party": "APP1"}))
    chosen = bridge_settings({"config": str(tmp_path / "desk.json")})
    spool = Spool(tmp_path)
    line = Line(Keeper(chosen["library"], "", chosen["party"]), spool, is_played=True, pause=0.01)
    spool.born -= 10
    server = Server(Door("127.0.0.1", port, chosen["token"], *_files(chosen, tmp_path)), line, {"library": "played"})
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()
    line.stop()
    spool.shut()


def recharge(desk, number):
    who: dict[str, Any] = {
        "cardType": "03",
        "cardNo": "C1",
        "accountType": "01",
        "hisCustId": "P1",
        "userName": "甲患者",
    }
    return Recharge(outChargeNo=number, amount=Decimal("12.30"), desk=str(desk.pk), **who)


def test_a_card_is_read_at_the_desk_somebody_sits_at(desk, dora, alice, alice_member, charlie, sandbox, hospital_a):
    assert alice.post(f"/gateway/desks/{desk.pk}/sit/").status_code == 302
    with tenant_tx(hospital_a.pk):
        assert desk_of(alice_member.user) == desk
    assert charlie.get(f"/gateway/desks/{desk.pk}/").status_code == 404
    known = sandbox.act("onetrans", "people", party="APP1", kind="employee", limit=1)["people"][0]
    sandbox.act("onetrans", "card", party="APP1", psn_no=known["psn_no"], kind="social")
    read = ask(ReadCardBas(desk=str(desk.pk)), institution_id=hospital_a.pk, tries=1)
    assert known["certno"] in read.text
    who = ask(ReadIdentity(mdtrt_cert_type="03", desk=str(desk.pk)), institution_id=hospital_a.pk, tries=1)
    assert who.baseinfo.certno == known["certno"]
    with pytest.raises(Rejected, match="没有找到身份证"):
        ask(ReadSfz(desk=str(desk.pk)), institution_id=hospital_a.pk, tries=1)
    with pytest.raises(NotSent, match="没有登记这个终端"):
        ask(ReadSfz(desk="0" * 36), institution_id=hospital_a.pk, tries=1)
    # Whether the bridge is well is asked by a job, and shown.
    alice.post(f"/gateway/desks/{desk.pk}/check/")
    with tenant_tx(hospital_a.pk):
        job = Job.objects.get()
    run_job(hospital_a.pk, str(job.pk))
    assert "桥接程序正常" in alice.get(f"/gateway/desks/{desk.pk}/").content.decode()
    # Another settings file makes this one worthless.
    dora.post(f"/gateway/desks/{desk.pk}/file/")
    with pytest.raises(NotSent):
        ask(ReadCardBas(desk=str(desk.pk)), institution_id=hospital_a.pk, tries=1)
    with tenant_tx(hospital_a.pk):
        acts = list(Event.objects.values_list("action", flat=True))
        tried = list(Attempt.objects.order_by("sent_at"))
    assert [row.outcome for row in tried] == ["ok", "ok", "rejected", "not_sent"]
    sent = [str(row.raw_request.reveal()) for row in tried if row.raw_request is not None]
    assert {"gateway.desk.registered", "gateway.desk.handed_out", "gateway.desk.chosen"} <= set(acts)
    assert not [one for one in sent if "key-of-the" in one or "secret-of" in one], "no secret stands in the journal"


@pytest.mark.parametrize("lost", ["answer", "request"])
def test_what_was_lost_on_the_way_is_found_in_the_spool(desk, lost, alice_member, hospital_a, sandbox, monkeypatch):
    monkeypatch.setitem(handlers._handlers, ("onetrans", Recharge.code), handlers.Handler())
    with tenant_tx(hospital_a.pk):
        opened = open_operation(recharge(desk, "CZ1"), key="CZ1", title="充值", by=alice_member)
    call = Handler._call

    def cut(self, asked):
        if lost == "answer":
            call(self, asked)
        self.connection.shutdown(socket.SHUT_RDWR)
        raise OSError("the cable is pulled")

    monkeypatch.setattr(Handler, "_call", cut)
    send_queued(hospital_a.pk, "onetrans")
    monkeypatch.undo()
    with tenant_tx(hospital_a.pk):
        operation = Operation.objects.get(pk=opened.pk)
    assert operation.state == State.IN_DOUBT
    found = stored_answer(operation)
    assert found is not None
    effects = sandbox.truth("onetrans", "APP1")["effects"]
    if lost == "answer":
        assert (found.outcome, len(effects)) == ("ok", 1)
        assert found.require().traceNo
    else:
        assert (found.outcome, len(effects)) == ("not_sent", 0)
        assert "不再执行" in found.sentence

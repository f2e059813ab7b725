"""An acceptance run over the wire: every call of its families with a verdict, everything taken back, the report."""

import io
from uuid import uuid4

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from portal.access.models import Institution
from portal.gateway.channels.models import Channel
from portal.gateway.journal import Attempt, Operation, State
from portal.gateway.national.joining import reaching
from settlement.models import AcceptanceCase, AcceptanceRun, CaseState, JoiningCheck, RunState
from settlement.papers import acceptance as paper
from settlement.rules.acceptance import planned
from settlement.services.acceptance import begin_run, go_on, stop_run, the_script, usual_given
from settlement.services.acceptance.beginning import script_of
from settlement.services.acceptance.lent import lender
from settlement.services.joining import begin_check, steps_shown
from settlement.services.refusals import Refused


@pytest.fixture(autouse=True)
def _lending(settling, monkeypatch):
    """The sandbox lends its people to whoever knows its token."""
    monkeypatch.setenv("SANDBOX_TOKEN", settling.sandbox.headers.get("Authorization", "").removeprefix("Bearer "))


CHANGED = ("base_url", "host_address", "app_code", "secret_key", "switches")


def begun(settling, numbers=None, **more):
    with settling.door():
        given = {**usual_given("test"), "lender": lender("test"), **more}
        wanted = numbers or {number for one in the_script("test") for number, _, usual in one.numbers if usual}
        run = begin_run(wanted, given, by=settling.by)
    return run


def finished(settling, run):
    settling.run_jobs()
    with settling.door():
        run = AcceptanceRun.objects.get(pk=run.pk)
        return run, {one.key: one for one in run.cases.select_related("attempt", "operation")}


def test_the_first_list_of_the_province_is_called_and_everything_goes_back(settling):
    settling.people(1)
    before = settling.party.truth()["state"][settling.party.app_code]["balances"]
    run, cases = finished(settling, begun(settling))
    wrong = {key: (one.state, one.reason) for key, one in cases.items() if one.state not in ("passed", "refused")}
    assert list(wrong) == ["outpatient.undo.2"], wrong
    assert wrong["outpatient.undo.2"] == (CaseState.SKIPPED, "已由“2601 冲正第 2 笔门诊结算”撤回")
    assert (run.state, run.is_restored, run.balance_before is not None) == (RunState.DONE, True, True), run.note
    assert cases["pharmacyA.wrong"].state == CaseState.REFUSED
    assert "相差 0.10" in cases["pharmacyA.wrong"].reason
    assert cases["pharmacyA.wrong"].attempt is None
    assert "7006" in cases["identity.used"].reason
    assert "7205" in cases["outpatient.removed"].reason
    # requests and replies are in the exchange log, changes in the journal, as tests
    settled = cases["outpatient.settle.1"]
    assert settled.attempt.by_console
    assert (settled.operation.state, settled.operation.by_console) == (State.DONE, True)
    assert (settled.msgid, len(settled.refmsgid)) == (settled.attempt.msgid, 30)
    # nothing is left at the centre, and the journal has every effect
    truth = settling.party.truth()
    state = truth["state"][settling.party.app_code]
    assert (state["settled"]["count"], state["visits"]) == (0, {})
    assert state["balances"] == before
    with settling.door():
        known = set(Attempt.objects.values_list("msgid", flat=True))
        assert not Operation.objects.exclude(state__in=[State.DONE, State.REJECTED]).exists()
    assert {one["nonce"] for one in truth["effects"] if one["code"] != "9001"} <= known

    with settling.door():
        gathered = paper.gather(run, by=settling.by)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.write(gathered, "pdf"))).pages)
    assert all(
        words in text for words in ("接入验收报告", run.number, "执行的各项全部符合预期", "2207A", settled.msgid)
    )
    (sheet,) = openpyxl.load_workbook(io.BytesIO(paper.write(gathered, "xlsx"))).worksheets
    rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True) if row[2] == "1101"]
    document = run.given.reveal()["certificate"]["certno"]
    assert len(rows) == 4
    assert all("mdtrt_cert_type" in row[13] and document not in row[13] + row[14] for row in rows)


def test_one_number_brings_what_it_needs_and_a_stopped_run_takes_back(settling, monkeypatch):
    run = begun(settling, {"5204"})
    with settling.door():
        cases = list(run.cases.values_list("number", "support"))
        assert ("5204", False) in cases
        assert {number for number, support in cases if support} == {"1101", "2201", "2203A", "2204", "2205", "2202"}
        with pytest.raises(Refused, match="已有验收正在进行"):
            begin_run({"1201"}, {}, by=settling.by)
    from settlement.services.acceptance import running

    original = running.made

    def stopped_after(case, *rest):
        if case.key == "outpatient.register":
            with settling.door():
                stop_run(run, by=settling.by)
        return original(case, *rest)

    monkeypatch.setattr(running, "made", stopped_after)
    run, found = finished(settling, run)
    assert found["outpatient.bill.1"].state == CaseState.SKIPPED
    assert "已要求停止" in found["outpatient.inform"].reason
    assert found["outpatient.unregister"].state == CaseState.PASSED
    assert (run.state, run.is_restored) == (RunState.DONE, True)


def test_a_run_whose_worker_died_goes_on_without_repeating(settling, monkeypatch):
    from settlement.services.acceptance import running

    run = begun(settling, {"2102A"})
    original = running.keep

    def dies(case, *rest):
        if case.key == "pharmacyA.settle":
            raise KeyError("the worker is killed")
        original(case, *rest)

    monkeypatch.setattr(running, "keep", dies)
    settling.run_jobs()
    monkeypatch.setattr(running, "keep", original)
    with settling.door():
        AcceptanceRun.objects.filter(pk=run.pk).update(state=RunState.STOPPED)
        go_on(AcceptanceRun.objects.get(pk=run.pk), by=settling.by)
    run, found = finished(settling, run)
    assert (run.state, run.is_restored) == (RunState.DONE, True), run.note
    assert found["pharmacyA.undo"].state == CaseState.PASSED
    assert len(settling.effects("2102A")) == 1


def test_never_in_production(settling):
    with settling.door():
        Institution.objects.update(environment="production")
        settling.by.institution.environment = "production"
        with pytest.raises(Refused, match="只能在测试环境"):
            begin_run({"1201"}, {}, by=settling.by)
        with pytest.raises(IntegrityError), transaction.atomic():
            AcceptanceRun.objects.create(environment="production", number="YS1", given={}, job=uuid4())
        assert not AcceptanceCase.objects.exists()


def test_the_plan_has_what_undoes_each_change(settling):
    from portal.gateway.national.editions import base

    script = script_of(base())
    everything = planned(script, {one.number for one in script})
    assert len(everything) == len(script)
    alone = planned(script, {"2103"})
    assert [one.number for one in alone if not one.support] == ["2103"]
    assert [one.number for one in alone] == ["1101", "2101A", "2102A", "2103", "1101"]


def test_the_channel_is_checked_step_by_step(settling):
    person = settling.patient()
    shown = {"mdtrt_cert_type": "02", "mdtrt_cert_no": person.document, "certno": person.document}
    with settling.door():
        begin_check(["settings", "binding", "network", "ports", "certificate", "clock"], by=settling.by)
        with pytest.raises(Refused, match="正在进行"):
            begin_check(["keys"], by=settling.by)
    settling.run_jobs()
    with settling.door():
        more = {"psn_cert_type": "01", "psn_name": person.name}
        begin_check(["keys", "signing", "institution", "person"], {**shown, **more}, by=settling.by)
    settling.run_jobs()
    with settling.door():
        found = {one.step.key: one.last for one in steps_shown("test") if one.last is not None}
        assert {key: (one.state, one.sentence) for key, one in found.items() if one.state == "bad"} == {}
        states = {key: one.state for key, one in found.items()}
        good = ("settings", "binding", "network", "clock", "keys", "signing", "institution", "person")
        assert [states[key] for key in good] == ["good"] * len(good)
        assert (states["ports"], states["certificate"]) == ("warn", "skipped")
        assert not any(one.certificate for one in JoiningCheck.objects.all())
        assert len(found["signing"].msgids) == 2
        assert dict(found["person"].figures)["参保地区划"]


FAULTS = (
    ("keys", {"secret_key": "another-secret"}, "密钥（secretKey）与应用编码不是一对", "核对密钥"),
    ("keys", {"app_code": "NOBODY"}, "不认识这个应用编码", "核对应用编码"),
    ("keys", {"switches": {"auth": "none"}}, "请求头没有到达网关", "鉴权方式"),
    ("network", {"base_url": "http://127.0.0.1:1/national"}, "不在允许的名单中", "允许的接口地址"),
    ("binding", {"base_url": "http://igb.hsa.example/national"}, "没有绑定 IP", "域名绑定的 IP"),
    ("binding", {"base_url": "http://igb.hsa.example", "host_address": "10.97.240.206"}, "绑定到", ""),
)


def test_each_fault_of_a_channel_has_its_cause_and_next_step(settling, monkeypatch):
    monkeypatch.setattr(reaching, "resolved", lambda host: [])
    with settling.door():
        (held,) = Channel.objects.all()
    for step, changes, cause, next_step in FAULTS:
        with settling.door():
            channel = Channel.objects.get(pk=held.pk)
            for name, value in {**{one: getattr(held, one) for one in CHANGED}, **changes}.items():
                setattr(channel, name, value)
            channel.save()
            begin_check([step], by=settling.by)
        settling.run_jobs()
        with settling.door():
            row = JoiningCheck.objects.all()[0]
        assert row.state == ("bad" if next_step else "good"), row.sentence
        assert cause in row.sentence
        assert next_step in row.next_step

"""运行环境 as people use it: what stands there, the password asked again, and at once for everybody."""

import json
import re
import uuid

import pytest

from portal.gateway.environments.models import ChannelCheck, Switch, SwitchState
from portal.gateway.environments.services import phrase_for
from tests.cast import PASSWORD, actions_of, recorded
from tests.environments.conftest import WHY, Ground

PAGE, SWITCH = "/environments/", "/environments/switch/production/"


def typed(ground: Ground, **changes):
    return {"reason": WHY, "phrase": phrase_for(ground.institution, "production"), "password": PASSWORD, **changes}


def open_switch(ground: Ground) -> Switch | None:
    with ground.tx():
        return Switch.objects.filter(state__in=["proposed", "draining"]).first()


def test_it_shows_both_environments_and_what_is_in_the_way(dora, ground: Ground):
    text = dora.get(PAGE).content.decode()
    for words in (
        "测试环境",
        "正式环境",
        "正在使用",
        "dszq1402.sx.hsip.gov.cn",
        "现有配置没有测试过",
        "切换到正式环境",
    ):
        assert words in text
    assert "还没有测试成功" in dora.get(SWITCH).content.decode()


def test_it_tries_the_channel_exactly_as_it_is_saved(dora, ground: Ground):
    dora.post("/environments/check/clearing/production/")
    with ground.tx():
        check = ChannelCheck.objects.select_related("trial", "channel").get()
        assert (check.version, check.trial.environment) == (check.channel.version, "production")
    assert "正在测试" in dora.get(PAGE).content.decode()


def test_two_people_switch_and_everybody_sees_it_with_the_next_click(dora, dan, alice, ready: Ground):
    assert "测试环境：数据仅供联调" in alice.get("/").content.decode()
    dora.post(SWITCH, typed(ready))
    switch = open_switch(ready)
    assert switch is not None
    approve = f"/environments/switches/{switch.pk}/approve/"
    assert "不能复核自己" in dora.post(approve, {"password": PASSWORD}, follow=True).content.decode()
    dan.post(approve, {"password": PASSWORD})
    assert "在途业务已全部结束" in dan.get("/environments/progress/").content.decode()
    ready.complete()
    assert dan.get("/environments/progress/").headers["HX-Refresh"] == "true"
    text = alice.get("/").content.decode()
    assert '<span class="environment production">正式环境</span>' in text
    assert "数据仅供联调" not in text


@pytest.mark.parametrize(("field", "wrong"), [("password", "Wrong-Word-2031"), ("phrase", "切换"), ("reason", " ")])
def test_it_asks_for_nothing_when_something_typed_is_wrong(dora, ready: Ground, field, wrong):
    assert dora.post(SWITCH, typed(ready, **{field: wrong})).status_code == 200
    assert open_switch(ready) is None


def test_a_wrong_password_is_recorded_and_counted_like_a_sign_in(dora, ready: Ground):
    answers = [dora.post(SWITCH, typed(ready, password="Wrong-Word-2031")) for _ in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 200, 429]
    assert dora.post(SWITCH, typed(ready)).status_code == 429, "the right one does not open the lock"
    assert open_switch(ready) is None
    told = [one for one in recorded(ready.institution.pk) if one.action == "access.password.refused"]
    assert len(told) == 6
    assert "申请切换到正式环境" in str(told[0].__dict__)
    assert "access.password.refused" in actions_of(0)


def test_the_second_person_gives_the_own_password_too(dan, ready: Ground):
    switch = ready.ask()
    for given in ({}, {"password": "Wrong-Word-2031"}):
        dan.post(f"/environments/switches/{switch.pk}/approve/", given)
        assert ready.reread(switch).state == SwitchState.PROPOSED


def test_a_reviewer_confirms_and_asks_for_nothing(bob, alice, ready: Ground):
    assert bob.post(SWITCH, typed(ready)).status_code == 403
    assert alice.get(PAGE).status_code == 403
    switch = ready.ask()
    bob.post(f"/environments/switches/{switch.pk}/approve/", {"password": PASSWORD})
    assert ready.reread(switch).state == SwitchState.DRAINING


def test_a_clerk_is_told_why_nothing_begins(alice, ready: Ground):
    ready.drain()
    given = {"year": "2025", "insurance": "001", "agency": "003"}
    answer = alice.post("/clearing/generations/generate/", given)
    if answer.status_code == 404:
        answer = alice.post(_address("clearing:generation-request"), given)
    assert answer.status_code == 409
    assert "正在切换到正式环境" in answer.content.decode()


def _address(name: str) -> str:
    from django.urls import reverse

    return reverse(name)


class TestOutdatedPages:
    """A form opened in the test environment does nothing in production."""

    @pytest.fixture
    def form(self, dora, ready: Ground):
        """What the form for a change of settings carries, opened in the test environment."""
        page = dora.get("/channels/clearing/test/").content.decode()
        stamps = set(re.findall(r'name="opened_in" value="([^"]+)"', page))
        assert stamps == {f"{ready.institution.code}/test"}
        return {"opened_in": stamps.pop(), "connect_timeout": "33", "is_active": "on"}

    def test_its_form_is_refused_with_a_clear_sentence(self, dora, form, ready: Ground, in_production):
        from portal.gateway.channels.models import Channel

        in_production()
        answer = dora.post("/channels/clearing/test/save/", form)
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "本机构已切换到正式环境，而这个页面是在测试环境中打开的" in text
        with ready.tx():
            assert not Channel.objects.filter(connect_timeout=33).exists()
        again = {**form, "opened_in": f"{ready.institution.code}/production"}
        assert dora.post("/channels/clearing/test/save/", again).status_code in (200, 302)

    def test_a_form_of_another_institution_is_refused_too(self, dora, form):
        answer = dora.post("/channels/clearing/test/save/", {**form, "opened_in": "H99999999999/test"})
        assert answer.status_code == 409
        assert "另一家机构" in answer.content.decode()

    def test_an_open_page_that_asks_for_parts_is_loaded_anew(self, alice, in_production):
        here = {"HX-Request": "true", "X-Opened-In": "H14020000001/test"}
        assert "HX-Refresh" not in alice.get("/drawer/", headers=here)
        in_production()
        answer = alice.get("/drawer/", headers=here)
        assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
        assert "您现在在演示医院甲的正式环境，页面已重新打开" in alice.get("/").content.decode()


class TestApi:
    def test_it_says_where_the_institution_works(self, dora, ready: Ground):
        answer = dora.get("/api/v1/environments/")
        assert answer.json() == {"environment": "test", "title": "测试环境", "is_switching": False}
        assert answer["X-Environment"] == "test"
        ready.drain()
        assert dora.get("/api/v1/environments/").json()["is_switching"] is True

    def test_it_refuses_a_call_that_means_the_other_environment(self, dora, ground: Ground):
        answer = dora.get("/api/v1/channels/", headers={"X-Environment": "production"})
        assert (answer.status_code, answer.json()["code"]) == (409, "environment-mismatch")
        assert dora.get("/api/v1/channels/", headers={"X-Environment": "test"}).status_code == 200

    def test_it_refuses_new_business_while_it_waits(self, alice, ready: Ground):
        ready.drain()
        body = {"year": 2025, "insurance": "001", "agency": "003"}
        answer = post(alice, _address("api:clearing-api:generations"), body)
        assert answer.status_code == 409
        assert "正在切换到正式环境" in answer.json()["detail"]

    def test_an_answer_of_the_test_environment_is_never_replayed_in_production(
        self, dora, ready: Ground, in_production
    ):
        key, body = str(uuid.uuid4()), {"connect_timeout": 12}
        first = post(dora, "/api/v1/channels/clearing/test/changes", body, key)
        assert first.status_code in (200, 204)
        assert post(dora, "/api/v1/channels/clearing/test/changes", body, key)["Idempotency-Replayed"] == "true"
        in_production()
        again = post(dora, "/api/v1/channels/clearing/test/changes", body, key)
        assert (again.status_code, again.json()["code"]) == (422, "idempotency-key-reused")


def post(client, address, body, key=""):
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)

"""一键切换环境 needs channels that work, the right words and two people; everything else is refused by name."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clearing.messages import VerifyClearing
from portal.access.models import Institution
from portal.gateway.channels.models import AllowedAddress, Channel
from portal.gateway.environments.models import Switch, SwitchState
from portal.gateway.environments.services import (
    SwitchFault,
    obstacles,
    phrase_for,
    refuse_switch,
    withdraw_switch,
)
from portal.gateway.journal import open_operation
from tests.cast import actions_of
from tests.environments.conftest import Ground


def refused(act, *words):
    with pytest.raises(SwitchFault) as caught:
        act()
    assert all(word in caught.value.message for word in words), caught.value.message


def test_it_switches_when_two_people_want_it_and_nothing_runs(ready: Ground):
    switch = ready.ask()
    assert (switch.state, ready.now()) == (SwitchState.PROPOSED, "test")
    ready.approve(switch)
    assert ready.now() == "test", "the worker completes it, nobody else"
    done = ready.complete()
    assert done is not None
    assert (done.state, done.decided_label, ready.now()) == (SwitchState.DONE, "管理员二", "production")
    for chain in (ready.institution.pk, 0):
        told = [name for name in actions_of(chain) if name.startswith("gateway.environment.")]
        assert told == [f"gateway.environment.{word}" for word in ("requested", "approved", "switched")]


def test_it_comes_back_the_same_way(ready: Ground):
    ready.drain()
    ready.complete()
    ready.institution.refresh_from_db()
    ready.drain("test")
    ready.complete()
    assert ready.now() == "test"


def test_it_refuses_production_that_was_never_tried(ground: Ground):
    refused(ground.ask, "医保清算接口", "还没有测试成功")


def test_it_refuses_production_that_was_tried_in_vain_or_changed_since(ground: Ground):
    ground.prove(good=False)
    refused(ground.ask, "还没有测试成功")
    ground.prove(version=99)
    refused(ground.ask, "还没有测试成功")


def test_it_asks_no_proof_of_the_test_environment(ready: Ground):
    ready.drain()
    ready.complete()
    ready.institution.refresh_from_db()
    assert ready.ask("test").state == SwitchState.PROPOSED


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda: Channel.objects.filter(environment="production").update(is_active=False), "已停用"),
        (lambda: AllowedAddress.objects.update(removed_at=timezone.now()), "不在允许的名单中"),
        (lambda: Channel.objects.filter(environment="production").update(environment="x"), "尚未配置"),
    ],
)
def test_it_names_the_channel_that_is_in_the_way(ready: Ground, spoil, word):
    with ready.tx():
        spoil()
    refused(ready.ask, "医保清算接口", word)


def test_it_refuses_an_institution_without_channels(hospital_a, dora_member):
    from portal.access.door import tenant_tx

    with tenant_tx(hospital_a.pk):
        assert obstacles("production") == ["还没有配置任何接口，请先在系统配置中填写"]


def test_it_wants_the_words_that_name_institution_and_environment(ready: Ground):
    refused(lambda: ready.ask(phrase="切换到正式环境"), "请原样输入：演示医院甲 切换到正式环境")
    assert ready.ask(phrase="演示医院甲　切换到正式环境 ").state == SwitchState.PROPOSED


def test_it_wants_a_reason_and_another_environment(ready: Ground):
    refused(lambda: ready.ask(reason=" "), "理由")
    refused(lambda: ready.ask("test"), "已在测试环境")


def test_it_refuses_while_drafts_wait_for_a_second_person(ready: Ground, alice_member):
    with ready.tx():
        request = VerifyClearing(row_ids=["R1"])
        draft = open_operation(request, key="R1", by=alice_member, title="核对 R1", needs_second=True)
    refused(ready.ask, "1 项业务等待复核", draft.title)


def test_it_refuses_the_own_approval_in_the_database_too(ready: Ground):
    switch = ready.ask()
    ready.dan = ready.dora
    refused(lambda: ready.approve(switch), "另一人")
    with ready.tx(), pytest.raises(IntegrityError), transaction.atomic():
        Switch.objects.update(state="draining", decided_by=ready.dora.user)


def test_it_looks_at_everything_again_when_it_is_approved(ready: Ground):
    switch = ready.ask()
    with ready.tx():
        Channel.objects.filter(environment="production").update(version=9)
    refused(lambda: ready.approve(switch), "还没有测试成功")
    assert ready.reread(switch).state == SwitchState.PROPOSED


def test_it_does_not_wait_for_ever_for_its_second_person(ready: Ground):
    switch = ready.ask()
    with ready.tx():
        Switch.objects.update(proposed_at=timezone.now() - timedelta(hours=25))
    refused(lambda: ready.approve(switch), "24 小时")


def test_it_begins_at_once_where_one_person_is_enough(ready: Ground):
    Institution.objects.update(four_eyes=False)
    assert ready.ask().state == SwitchState.DRAINING
    ready.complete()
    assert ready.now() == "production"


def test_there_is_one_open_switch_at_most(ready: Ground):
    ready.ask()
    refused(lambda: ready.ask(by=ready.dan), "已有一项环境切换")


def test_it_can_be_refused_with_a_reason_and_withdrawn_without(ready: Ground):
    switch = ready.ask()
    with ready.tx():
        refused(lambda: refuse_switch(switch, " ", by=ready.dan), "理由")
        refuse_switch(switch, "本周不切换", by=ready.dan)
    assert (ready.reread(switch).state, ready.reread(switch).note) == (SwitchState.REFUSED, "本周不切换")
    second = ready.ask()
    with ready.tx():
        withdraw_switch(second, by=ready.dora)
        refused(lambda: withdraw_switch(second, by=ready.dora), "不能再撤回")
    refused(lambda: ready.approve(second), "不能再复核")


def test_another_hospital_sees_none_of_it(ready: Ground, hospital_b):
    from portal.access.door import tenant_tx

    ready.ask()
    with tenant_tx(hospital_b.pk):
        assert not Switch.objects.exists()


def test_the_words_name_the_institution(hospital_b):
    assert phrase_for(hospital_b, "production") == "演示医院乙 切换到正式环境"

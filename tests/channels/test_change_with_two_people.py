"""A change of keys or address waits for a second person, then applies at once; secrets are never shown."""

import pytest
from django.db import IntegrityError, transaction

from portal.access.door import tenant_tx
from portal.audit.models import Event
from portal.gateway import crypto
from portal.gateway.channels.models import ChangeState, Channel, ChannelChange
from portal.gateway.channels.services import (
    ChannelFault,
    approve_change,
    change_channel,
    channel_for,
    refuse_change,
)
from portal.gateway.client import wire_settings
from portal.gateway.errors import NotSent
from tests.channels.conftest import ENVIRONMENT, GATEWAY, PRIVATE, PUBLIC


def change(values, by, **changes):
    return change_channel(GATEWAY, ENVIRONMENT, {**values, **changes}, by=by)


@pytest.fixture
def stored(values, in_hospital_a, dora_member, dan_member):
    """A channel that dora asked for and dan confirmed."""
    waiting = change(values, dora_member)
    approve_change(waiting, by=dan_member)
    return channel_for(GATEWAY, ENVIRONMENT)


def test_it_waits_for_another_person(values, in_hospital_a, dora_member):
    assert change(values, dora_member).state == ChangeState.PROPOSED
    assert channel_for(GATEWAY, ENVIRONMENT) is None


def test_it_applies_at_once_when_confirmed(stored):
    settings = wire_settings(GATEWAY, ENVIRONMENT)
    assert (settings.app_code, settings.private_key, settings.public_key) == ("APP0001", PRIVATE, PUBLIC)
    assert stored.key_set_label == "管理员二"
    assert set(stored.fingerprints) == {"provider_public_key", "public_key", "private_key", "iv"}


def test_it_refuses_the_proposers_own_approval(values, in_hospital_a, dora_member):
    waiting = change(values, dora_member)
    with pytest.raises(ChannelFault, match="另一人"):
        approve_change(waiting, by=dora_member)
    assert channel_for(GATEWAY, ENVIRONMENT) is None


def test_the_database_refuses_it_too(values, in_hospital_a, dora_member):
    waiting = change(values, dora_member)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelChange.objects.filter(pk=waiting.pk).update(state="applied", decided_by=dora_member.user)


def test_it_applies_at_once_where_one_person_is_enough(values, alone, in_hospital_a, dora_member):
    dora_member.institution.four_eyes = False
    assert change(values, dora_member).state == ChangeState.APPLIED
    assert Channel.objects.get().app_code == "APP0001"


def test_it_keeps_keys_that_are_left_empty(stored, values, dora_member):
    empty = {"private_key": "", "public_key": "", "provider_public_key": "", "iv": ""}
    assert change(values, dora_member, **empty) is None


def test_it_changes_harmless_items_at_once(stored, values, dora_member):
    assert change(values, dora_member, region="140214", connect_timeout=20).state == ChangeState.APPLIED
    assert Channel.objects.get().connect_timeout == 20


@pytest.mark.parametrize(
    "changes", [{"app_code": "APP0002"}, {"iv": "0" * 32}, {"base_url": "http://127.0.0.1:9/other"}]
)
def test_it_waits_for_everything_that_redirects_money_messages(stored, values, dora_member, changes):
    assert change(values, dora_member, **changes).state == ChangeState.PROPOSED


def test_it_has_one_waiting_change_at_most(stored, values, dora_member, dan_member):
    change(values, dora_member, app_code="APP0002")
    with pytest.raises(ChannelFault, match="等待复核"):
        change(values, dan_member, app_code="APP0003")


def test_it_can_be_switched_off_beside_a_waiting_change(stored, values, dora_member, dan_member):
    waiting = change(values, dora_member, app_code="APP0002")
    assert change(values, dora_member, is_active=False).state == ChangeState.APPLIED
    assert approve_change(waiting, by=dan_member).app_code == "APP0002"
    assert not Channel.objects.get().is_active


def test_it_refuses_to_confirm_what_is_out_of_date(stored, values, dora_member, dan_member):
    waiting = change(values, dora_member, app_code="APP0002")
    Channel.objects.filter(pk=stored.pk).update(version=stored.version + 1)
    with pytest.raises(ChannelFault, match="又有变化"):
        approve_change(waiting, by=dan_member)


def test_it_forgets_the_values_of_a_refused_change(stored, values, dora_member, dan_member):
    private, public = crypto.generate()
    waiting = change(values, dora_member, private_key=private, public_key=public)
    refuse_change(waiting, "密钥来源不明", by=dan_member)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.values, waiting.reason) == (ChangeState.REFUSED, None, "密钥来源不明")
    assert wire_settings(GATEWAY, ENVIRONMENT).private_key == PRIVATE
    with pytest.raises(ChannelFault, match="不能再处理"):
        approve_change(waiting, by=dan_member)


def test_it_lets_the_proposer_withdraw(stored, values, dora_member):
    waiting = change(values, dora_member, app_code="APP0002")
    refuse_change(waiting, "", by=dora_member)
    waiting.refresh_from_db()
    assert waiting.state == ChangeState.WITHDRAWN


def test_it_shows_fingerprints_and_no_keys(stored, values, dora_member):
    private, public = crypto.generate()
    waiting = change(values, dora_member, private_key=private, public_key=public)
    text = str(waiting.shown) + str(stored.fingerprints) + repr(waiting.values)
    assert "指纹" in text
    assert not any(key in text for key in (private, public, PRIVATE, PUBLIC))


def test_it_cannot_be_used_when_switched_off(stored, values, dora_member):
    change(values, dora_member, is_active=False)
    with pytest.raises(NotSent, match="停用"):
        wire_settings(GATEWAY, ENVIRONMENT)


def test_it_cannot_lead_to_the_sandbox_in_production(stored, settings):
    settings.PRODUCTION = True
    with pytest.raises(NotSent, match="沙箱"):
        wire_settings(GATEWAY, ENVIRONMENT)


@pytest.mark.django_db(transaction=True)
def test_it_is_recorded_without_secrets(values, hospital_a, dora_member, dan_member):
    with tenant_tx(hospital_a.pk):
        waiting = change(values, dora_member)
    with tenant_tx(hospital_a.pk):
        approve_change(waiting, by=dan_member)
    with tenant_tx(hospital_a.pk):
        bodies = [str(event.__dict__) for event in Event.objects.all()]
    text = "".join(bodies)
    assert "gateway.channel.change_proposed" in text
    assert "gateway.channel.change_approved" in text
    assert "gateway.channel.keys_set" in text
    assert not any(key in text for key in (PRIVATE, PUBLIC, PUBLIC[2:], values["iv"]))


@pytest.mark.django_db(transaction=True)
def test_it_is_invisible_to_another_hospital(values, hospital_a, hospital_b, dora_member, dan_member):
    with tenant_tx(hospital_a.pk):
        approve_change(change(values, dora_member), by=dan_member)
    with tenant_tx(hospital_b.pk):
        assert not Channel.objects.exists()
        assert not ChannelChange.objects.exists()

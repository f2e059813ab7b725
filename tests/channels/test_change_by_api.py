"""系统配置 for hospital systems: keys go in and never come out."""

import json
import uuid

import pytest

from portal.access.door import tenant_tx
from portal.gateway.channels.models import Channel, ChannelChange
from tests.channels.conftest import PRIVATE, PUBLIC

pytestmark = pytest.mark.django_db(transaction=True)
CHANGES = "/api/v1/channels/clearing/test/changes"
TRIALS = "/api/v1/channels/clearing/test/trials"


def post(client, address, body):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


def test_it_waits_for_another_person(dora, values, hospital_a):
    answer = post(dora, CHANGES, values)
    assert (answer.status_code, answer.json()["state"]) == (202, "proposed")
    with tenant_tx(hospital_a.pk):
        assert not Channel.objects.exists()


def test_it_applies_at_once_where_one_person_is_enough(dora, values, alone):
    assert post(dora, CHANGES, values).json()["state"] == "applied"
    shown = dora.get("/api/v1/channels/").content.decode()
    assert "APP0001" in shown
    assert not any(key in shown for key in (PRIVATE, PUBLIC, values["iv"]))
    assert post(dora, CHANGES, values).status_code == 204


def test_it_points_at_every_field_that_is_wrong(dora, values):
    answer = post(dora, CHANGES, {**values, "iv": "1", "region": "510100"})
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/iv", "/region"}


def test_it_starts_a_trial_and_says_where_to_look(dora, values):
    answer = post(dora, TRIALS, values)
    assert answer.status_code == 202
    found = dora.get(answer.headers["Location"]).json()
    assert (found["ended_at"], found["is_good"]) == (None, None)


def test_it_is_closed_to_clerks_and_to_other_hospitals(alice, dora, values, hospital_a, rita):
    assert post(alice, CHANGES, values).status_code == 403
    trial = post(dora, TRIALS, values).headers["Location"]
    assert rita.get(trial).status_code in (403, 404)
    with tenant_tx(hospital_a.pk):
        assert not ChannelChange.objects.exists()


def test_it_knows_no_other_gateway(dora, values):
    assert post(dora, "/api/v1/channels/nosuch/test/changes", values).status_code == 404

"""20,000 fee items to the work-injury sandbox: frozen, journalled, sealed, proven by sums; against a bare loop.

The bare loop has the lines ready in memory and does what nobody can do without: JSON, AES, HTTP to the same door.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from bench.case import Case

COUNT, BATCH = 20_000, 1_000
PLACE = "B00000000002"
_made: dict[str, Any] = {}


def prepare() -> None:
    """An institution with a channel to a sandbox of its own, and an admission with everything waiting."""
    from bench.city import build

    build(50)
    from bench.centre import start_sandbox
    from bench.scratch import owner
    from portal.access.door import tenant_tx
    from portal.access.models import Institution

    with owner() as database:
        database.execute("UPDATE access_institution SET environment = 'test' WHERE code = %s", [PLACE])
    sandbox, _made["process"] = start_sandbox()
    place = Institution.objects.get(code=PLACE)
    told = sandbox.register("injury", f"BENCH{_run_number()}")
    number = f"ZY{_run_number()}"
    person = sandbox.act("injury", "people", party=told["app_code"], fit="inpatient", free=True, limit=1)["people"][0]
    _admit(sandbox, told, person, number)
    from portal.gateway.channels.services import install_channel

    with tenant_tx(place.pk):
        values = {name: told[name] for name in ("user_name", "password", "secret_key")}
        install_channel("injury", "test", {**values, "base_url": sandbox.base_url("injury")})
        admission = _admission(number)
        _fill(admission)
    _made.update(place=place, admission=admission, sandbox=sandbox, told=told)


def _run_number() -> int:
    import os

    return os.getpid()


def _settings(sandbox: Any, told: dict[str, Any]) -> Any:
    from portal.gateway.messages import gateway
    from portal.gateway.seals.aes_session import AesSessionSwitches
    from portal.gateway.wire import WireSettings

    return WireSettings(
        gateway=gateway("injury"),
        base_url=sandbox.base_url("injury"),
        user_name=told["user_name"],
        password=told["password"],
        secret_key=told["secret_key"],
        allowed_hosts=(sandbox.host,),
        switches=AesSessionSwitches.read({}),
    )


def _admit(sandbox: Any, told: dict[str, Any], person: dict[str, Any], number: str) -> None:
    from dataclasses import replace

    from portal.gateway.wire import exchange, wire
    from tests.injury.upload_desk import fitting, registration

    settings = _settings(sandbox, told)
    kind = wire("aes-session")
    signed_in = replace(settings, session=exchange(settings, kind.sign_in(settings)).require().sessionid)
    exchange(signed_in, registration(number, person, *fitting(person))).require()
    exchange(signed_in, kind.sign_out(signed_in)).require()


def _admission(number: str) -> Any:
    from tests.injury.fees import make_admission

    return make_admission(number)


def _fill(admission: Any) -> None:
    from portal.vault.inserting import insert_rows
    from tests.injury.upload_desk import an_item

    items = [an_item(admission, number, Decimal("10.00") + Decimal(number % 997) / 100) for number in range(COUNT)]
    from django.utils import timezone

    from injury.services.fee_holding import place
    from injury.services.mapping import resolve_many

    asked = {(item.own_code, item.kind, item.prescribed_on) for item in items}
    places = resolve_many(asked, environment="test")
    for item in items:  # as they are once they have arrived
        place(item, places[item.own_code, item.kind, item.prescribed_on])
        item.arrived_at = timezone.now()
    insert_rows(items)


def ours() -> int:
    from django.conf import settings

    from injury.models import EpochState, FeeEpoch
    from injury.services.uploading import start_upload
    from portal.access.door import tenant_tx
    from portal.access.member import Member
    from portal.gateway.journal import send_queued
    from portal.jobs import Job, JobState
    from portal.jobs.tasks import run_job

    settings.INJURY_UPLOAD_LINES = BATCH
    place = _made["place"]
    with tenant_tx(place.pk):
        start_upload(_made["admission"], by=Member(None, place, frozenset(), key="测量"))
    for _ in range(10):
        with tenant_tx(place.pk):
            queued = list(Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True))
        for pk in queued:
            run_job(place.pk, str(pk))
        if not queued and not send_queued(place.pk, "injury"):
            break
    with tenant_tx(place.pk):
        epoch = FeeEpoch.objects.get(admission=_made["admission"])
    _made["process"].terminate()
    if epoch.state != EpochState.COMPLETE:
        raise AssertionError(f"{epoch.state}: {epoch.note}")
    return COUNT


def reference() -> int:
    import requests

    from portal.gateway.seals import aes
    from portal.gateway.wire import exchange, wire

    settings = _settings(_made["sandbox"], _made["told"])
    session = exchange(settings, wire("aes-session").sign_in(settings)).require().sessionid
    key, address = aes.key(settings.secret_key), f"{settings.base_url}/public/sendHis/sendMedInfo.html"
    lines = _made["lines"]
    for first in range(0, COUNT, BATCH):
        content = {"sessionid": session, "akc190": _made["admission"].number}
        content["meds"] = {"med": lines[first : first + BATCH]}
        data = {"message": aes.close(json.dumps(content, ensure_ascii=False).encode(), key)}
        with requests.Session() as caller:
            caller.trust_env = False
            answer = caller.post(address, data=data, headers={"sessionid": session}, timeout=60)
        told = answer.json() if answer.text.lstrip().startswith("{") else json.loads(aes.open_(answer.text, key))
        if told["code"] != 0 or told["counts"] != BATCH:
            raise AssertionError(str(told)[:300])
    _made["process"].terminate()
    return COUNT


def prepare_with_lines() -> None:
    """The bare loop gets its lines for nothing; ours makes them."""
    prepare()
    from injury.services.uploading.lines import wire_line

    _made["lines"] = [wire_line(item, elsewhere=False) for item in _sorted_out()]


def _sorted_out() -> list[Any]:
    """The items as they go; nothing of it is kept, so ours still has to do it."""
    from django.db import transaction

    from portal.access.door import tenant_tx

    class Back(Exception):
        pass

    found: list[Any] = []
    try:
        with tenant_tx(_made["place"].pk), transaction.atomic():
            from injury.models import FeeItem
            from injury.services.fee_holding import sort_out

            found, _ = sort_out(list(FeeItem.objects.filter(admission=_made["admission"]).order_by("line_id")))
            raise Back
    except Back:
        pass
    return found


CASE = Case(
    name="upload",
    work="20,000 work-injury fee items uploaded: frozen, journalled, proven by the centre's sums",
    against="bare loop: JSON, AES, HTTP to the same sandbox",
    ours=ours,
    reference=reference,
    prepare=prepare_with_lines,
    ratio=1.8,
)

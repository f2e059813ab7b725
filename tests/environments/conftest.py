"""Hospital A with a channel in each environment: a sandbox that nobody serves, and the real address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.access.models import Institution
from portal.access.permissions import INSTITUTION_ADMIN
from portal.gateway.channels.models import AllowedAddress, Channel, ChannelTrial
from portal.gateway.channels.services import install_channel
from portal.gateway.environments.models import ChannelCheck, Switch
from portal.gateway.environments.services import approve_switch, phrase_for, request_switch
from portal.gateway.environments.services.completion import complete_switch
from tests.cast import make_member, signed_in
from tests.channels.conftest import PRIVATE, PROVIDER, PUBLIC
from tests.journal.conftest import desk, quick  # noqa: F401

PRODUCTION_URL = "http://dszq1402.sx.hsip.gov.cn"
KEYS = {"provider_public_key": PROVIDER, "private_key": PRIVATE, "public_key": PUBLIC, "iv": "3425032093234524"}
WHY = "联调结束，转入正式结算"


@dataclass
class Ground:
    """Hospital A, two administrators, and what they do in transactions of their own."""

    institution: Institution
    dora: Member
    dan: Member

    def tx(self) -> Any:
        return tenant_tx(self.institution.pk)

    def now(self) -> str:
        return str(Institution.objects.get(pk=self.institution.pk).environment)

    def prove(self, environment: str = "production", *, good: bool = True, version: int | None = None) -> None:
        """As if the saved settings had been tried."""
        with self.tx():
            channel = Channel.objects.get(gateway="clearing", environment=environment)
            trial = ChannelTrial.objects.create(
                gateway="clearing", environment=environment, by_label="管理员甲", ended_at=timezone.now(), is_good=good
            )
            number = channel.version if version is None else version
            ChannelCheck.objects.create(channel=channel, version=number, trial=trial, by_label="管理员甲")

    def ask(self, after: str = "production", **changes: Any) -> Switch:
        given = {"reason": WHY, "phrase": phrase_for(self.institution, after), "by": self.dora, **changes}
        with self.tx():
            return request_switch(after, **given)

    def approve(self, switch: Switch) -> Switch:
        with self.tx():
            return approve_switch(switch, by=self.dan)

    def drain(self, after: str = "production") -> Switch:
        """Asked for and approved: nothing new begins from here."""
        return self.approve(self.ask(after))

    def complete(self) -> Any:
        return complete_switch(self.institution.pk)

    def reread(self, switch: Switch) -> Switch:
        with self.tx():
            return Switch.objects.get(pk=switch.pk)


@pytest.fixture
def dan_member(hospital_a: Institution) -> Member:
    return make_member(hospital_a, "dan", "管理员二", INSTITUTION_ADMIN)


@pytest.fixture
def dan(dan_member: Member) -> Any:
    return signed_in(dan_member)


@pytest.fixture
def ground(db: None, settings: Any, hospital_a: Institution, dora_member: Member, dan_member: Member) -> Ground:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    AllowedAddress.objects.create(
        host="dszq1402.sx.hsip.gov.cn",
        note="正式环境",
        proposed_by=dora_member.person,
        approved_by=dan_member.user,
        approved_at=timezone.now(),
    )
    with tenant_tx(hospital_a.pk):
        plain = {"app_code": "APP0001", "region": "140213", **KEYS}
        install_channel("clearing", "test", {**plain, "base_url": "http://127.0.0.1:9/clearing"})
        install_channel("clearing", "production", {**plain, "app_code": "APP0002", "base_url": PRODUCTION_URL})
    return Ground(hospital_a, dora_member, dan_member)


@pytest.fixture
def ready(ground: Ground) -> Ground:
    """The production channel was tried with success."""
    ground.prove()
    return ground


@pytest.fixture
def in_production(ready: Ground) -> Callable[[], None]:
    """Move hospital A to production at once, by the book."""

    def go() -> None:
        ready.drain()
        ready.complete()
        assert ready.now() == "production"

    return go

"""The cast: people of two hospitals and of the platform, each as a `Member` and as a signed-in client.

Hospital A: alice (clerk), bob (reviewer), carol (auditor), dora (institution administrator).
Hospital B: charlie (clerk), rita (reviewer). The platform: paul.
"""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from portal.access.door import platform_tx, tenant_tx
from portal.access.member import Member
from portal.access.models import Institution, Kind, Membership, User
from portal.access.permissions import AUDITOR, CLERK, INSTITUTION_ADMIN, PLATFORM_ADMIN, REVIEWER, Role
from portal.audit.models import Event

PASSWORD = "Spring-Rain-2031"


def make_institution(code: str, name: str, **fields: object) -> Institution:
    defaults = {"kind": Kind.HOSPITAL, "region": "140200", "level": "三级甲等"}
    return Institution.objects.create(code=code, name=name, **{**defaults, **fields})


def make_person(username: str, full_name: str, **fields: object) -> User:
    """A person past the first password change; the password is PASSWORD."""
    return User.objects.create_user(
        username, PASSWORD, full_name=full_name, **{"must_change_password": False, **fields}
    )


def make_member(institution: Institution, username: str, full_name: str, *roles: Role) -> Member:
    user = make_person(username, full_name, managed_by=institution)
    with tenant_tx(institution.pk):
        Membership.objects.create(institution=institution, user=user, roles=[role.value for role in roles])
    return Member(user, institution, frozenset(role.value for role in roles), "127.0.0.1", "test")


def signed_in(member: Member, client_class: type[Client] = Client, **options: object) -> Client:
    """A browser in which this person has signed in."""
    assert member.user is not None
    client = client_class(**options)  # type: ignore[arg-type]
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    member.user.session_key = client.session.session_key or ""
    member.user.save(update_fields=["session_key"])
    return client


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    """As a person does it, on the sign-in page."""
    return client.post("/sign-in/", {"username": username, "password": password, **more})  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    """Whether this browser's session is alive (asking counts as presence)."""
    return client.post("/account/keepalive/").status_code == 200


def recorded(chain: int) -> list[Event]:
    """The log of an institution (its id) or of the platform (0), oldest first."""
    with tenant_tx(chain) if chain else platform_tx():
        return list(Event.objects.filter(chain=chain).order_by("seq"))


def actions_of(chain: int) -> list[str]:
    return [event.action for event in recorded(chain)]


def membership_of(member: Member) -> Membership:
    with platform_tx():
        return Membership.objects.get(user=member.user, institution=member.institution)


@pytest.fixture(autouse=True)
def _quick_password_hash(settings) -> None:
    """Argon2 is slow on purpose; tests of the hash itself set it back."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def hospital_a(db) -> Institution:
    return make_institution("H14020000001", "演示医院甲", inpatient_chronic=True, cross_region=True, maternity=True)


@pytest.fixture
def hospital_b(db) -> Institution:
    return make_institution("H14020000002", "演示医院乙")


@pytest.fixture
def in_hospital_a(hospital_a) -> Iterator[Institution]:
    """Hospital A's door is open for the whole test: for tests of services.

    Ask for hospital B's people before it, and for no client: a request opens its own door.
    """
    with tenant_tx(hospital_a.pk):
        yield hospital_a


@pytest.fixture
def alice_member(hospital_a) -> Member:
    return make_member(hospital_a, "alice", "经办甲", CLERK)


@pytest.fixture
def bob_member(hospital_a) -> Member:
    return make_member(hospital_a, "bob", "复核甲", REVIEWER)


@pytest.fixture
def carol_member(hospital_a) -> Member:
    return make_member(hospital_a, "carol", "审计甲", AUDITOR)


@pytest.fixture
def dora_member(hospital_a) -> Member:
    return make_member(hospital_a, "dora", "管理员甲", INSTITUTION_ADMIN)


@pytest.fixture
def charlie_member(hospital_b) -> Member:
    return make_member(hospital_b, "charlie", "经办乙", CLERK)


@pytest.fixture
def rita_member(hospital_b) -> Member:
    return make_member(hospital_b, "rita", "复核乙", REVIEWER)


@pytest.fixture
def paul_member(db) -> Member:
    user = make_person("paul", "平台管理员", is_platform_admin=True)
    return Member(user, None, frozenset({PLATFORM_ADMIN.value}), "127.0.0.1", "test")


@pytest.fixture
def alice(alice_member) -> Client:
    return signed_in(alice_member)


@pytest.fixture
def bob(bob_member) -> Client:
    return signed_in(bob_member)


@pytest.fixture
def carol(carol_member) -> Client:
    return signed_in(carol_member)


@pytest.fixture
def dora(dora_member) -> Client:
    return signed_in(dora_member)


@pytest.fixture
def charlie(charlie_member) -> Client:
    return signed_in(charlie_member)


@pytest.fixture
def rita(rita_member) -> Client:
    return signed_in(rita_member)


@pytest.fixture
def paul(paul_member) -> Client:
    return signed_in(paul_member)

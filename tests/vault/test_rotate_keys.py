import json
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.access.door import tenant_tx
from portal.audit.models import Event
from portal.vault import blind_indexes, rotation
from portal.vault.keys import NoKey, add_version, keyring, parsed
from portal.vault.seal import version_of
from tests.vault.safe import Safe

ROWS = 25


def fill(institution, count=ROWS):
    with tenant_tx(institution.pk):
        Safe.objects.bulk_create(
            Safe(name=f"n{n}", secret=f"s{n}", data=[n], identity=f"i{n}", other="o" if n % 2 else None)
            for n in range(count)
        )


def versions(institution, *columns):
    with tenant_tx(institution.pk), connection.cursor() as cursor:
        found = set()
        for column in columns or ("secret", "other", "data", "identity", "identity_index"):
            cursor.execute(f"SELECT {column} FROM vault_test_safe WHERE {column} IS NOT NULL")
            found |= {version_of(bytes(value)) for (value,) in cursor.fetchall()}
        return found


def rotate(*words):
    call_command("rotate_keys", *words, verbosity=0)


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 10)
    # Tables that only the owner may change are sealed anew with PORTAL_AS_OWNER=1.
    monkeypatch.setattr(rotation, "safes", lambda: [rotation.Safe(Safe, SEALED, {"identity_index": "identity"})])


SEALED = ("secret", "other", "data", "identity")


@pytest.fixture
def filled(safe_table, master_keys, small_batches, hospital_a, hospital_b):
    fill(hospital_a)
    fill(hospital_b)


def test_it_seals_every_row_anew(filled, hospital_a, hospital_b, master_keys):
    rotate("--new")
    for hospital in (hospital_a, hospital_b):
        assert versions(hospital) == {2}
        with tenant_tx(hospital.pk):
            rows = Safe.objects.order_by("id")
            assert [row.secret.reveal() for row in rows] == [f"s{n}" for n in range(ROWS)]
            assert [row.data.reveal() for row in rows] == [[n] for n in range(ROWS)]
            assert Safe.objects.get(identity_index__in=blind_indexes("i7")).name == "n7"
            assert "第 2 版" in Event.objects.filter(chain=hospital.pk).latest("seq").sentence
    assert stat.S_IMODE(master_keys.stat().st_mode) == 0o400
    assert set(json.loads(master_keys.read_text())) == {"1", "2"}


def test_it_continues_where_it_was_killed(filled, hospital_a, hospital_b, monkeypatch):
    real, calls = rotation._batch, []

    def killed(*args):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(rotation, "_batch", killed)
    with pytest.raises(KeyboardInterrupt):
        rotate("--new")
    assert versions(hospital_a) == {1, 2}
    with tenant_tx(hospital_a.pk):  # the portal works on in between
        assert {row.secret.reveal() for row in Safe.objects.all()} == {f"s{n}" for n in range(ROWS)}
        for n in range(ROWS):
            assert Safe.objects.filter(identity_index__in=blind_indexes(f"i{n}")).count() == 1
    monkeypatch.setattr(rotation, "_batch", real)
    rotate()
    assert versions(hospital_a) == versions(hospital_b) == {2}
    assert sorted(json.loads(keyring_file().read_text())) == ["1", "2"]


def keyring_file():
    from django.conf import settings

    return settings.MASTER_KEY_FILE


def test_it_changes_nothing_when_all_is_current(filled, hospital_a):
    with tenant_tx(hospital_a.pk), connection.cursor() as cursor:
        cursor.execute("SELECT id, secret FROM vault_test_safe")
        before = cursor.fetchall()
    rotate()
    with tenant_tx(hospital_a.pk), connection.cursor() as cursor:
        cursor.execute("SELECT id, secret FROM vault_test_safe")
        assert sorted(cursor.fetchall()) == sorted(before)


def test_it_goes_round_again_for_rows_written_meanwhile(filled, hospital_a, monkeypatch):
    real = rotation._reseal
    late: list[bool] = []

    def reseal(institution, version, tell):
        done = real(institution, version, tell)
        if institution == hospital_a.pk and not late:
            old = keyring().masters.copy()
            monkeypatch.setattr("portal.vault.seal.keyring", lambda: type(keyring())({1: old[1]}))
            fill(hospital_a, 3)
            late.append(True)
            monkeypatch.undo()
            monkeypatch.setattr(rotation, "BATCH", 10)
            monkeypatch.setattr(
                rotation, "safes", lambda: [rotation.Safe(Safe, SEALED, {"identity_index": "identity"})]
            )
        return done

    add_version()
    monkeypatch.setattr(rotation, "_reseal", reseal)
    rotation.reseal_everything(lambda text: None)
    assert late
    assert versions(hospital_a) == {2}


def test_it_names_the_place_of_a_broken_value_and_goes_no_further(filled, hospital_a):
    with tenant_tx(hospital_a.pk), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_test_safe SET secret = secret || '\\x00' WHERE id = (SELECT id FROM vault_test_safe LIMIT 1)"
        )
    with pytest.raises(CommandError, match=r"vault_test_safe\.secret"):
        rotate("--new")


def test_it_finds_every_table_with_sealed_columns(safe_table):
    found = {safe.table: safe for safe in rotation.safes()}
    assert set(found["vault_test_safe"].sealed) == set(SEALED)
    assert found["vault_test_safe"].indexes == {"identity_index": "identity"}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"1": "short"}', '{"0": "00112233445566778899aabbccddeeff"}', '{"x": 1}', '{"1": null}']
)
def test_it_refuses_a_malformed_key_file_without_repeating_it(text):
    with pytest.raises(NoKey) as caught:
        parsed(text)
    assert "short" not in str(caught.value)


def test_it_says_when_a_version_is_missing_on_this_machine(master_keys):
    with pytest.raises(NoKey, match="第 7 版"):
        keyring().key("seal", 1, 7)

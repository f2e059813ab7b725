import copy
import pickle

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction
from django.forms import modelform_factory
from django.template import Context, Template

from portal.access.door import tenant_tx
from portal.vault import BrokenSeal, Sealed
from tests.vault.safe import Safe

SECRET = "4f3c2b1a-真正的密钥-䶮"

pytestmark = pytest.mark.usefixtures("safe_table")


def raw(row: Safe, column: str = "secret") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM vault_test_safe WHERE id = %s", [row.pk])
        return bytes(cursor.fetchone()[0])


def write_raw(row: Safe, value: bytes, column: str = "secret") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE vault_test_safe SET {column} = %s WHERE id = %s", [value, row.pk])


def test_it_gives_back_what_was_saved(in_hospital_a):
    row = Safe.objects.create(secret=SECRET, data={"金额": "12.50", "行": [1, None]})
    found = Safe.objects.get(pk=row.pk)
    assert found.secret.reveal() == SECRET
    assert found.data.reveal() == {"金额": "12.50", "行": [1, None]}
    assert found.other is None


def test_it_keeps_no_plain_text_in_the_database(in_hospital_a):
    row = Safe.objects.create(secret=SECRET, identity="110101199003070000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM vault_test_safe s WHERE id = %s", [row.pk])
        stored = cursor.fetchone()[0]
    for secret in (SECRET, "110101199003070000"):
        assert secret not in stored
        assert secret.encode().hex() not in stored


def test_it_keeps_long_texts_small(in_hospital_a):
    lines = [{"alc400": f"CF{number:06}", "alc403": "换药"} for number in range(1000)]
    row = Safe.objects.create(data=lines)
    assert len(raw(row, "data")) < 10_000
    assert Safe.objects.get(pk=row.pk).data.reveal() == lines


@pytest.mark.parametrize("text", ["\0", "\0密钥", "x" * 1999, "x" * 2000, "\0" * 5000])
def test_it_never_takes_a_text_for_a_squeezed_one(in_hospital_a, text):
    row = Safe.objects.create(secret=text)
    assert Safe.objects.get(pk=row.pk).secret.reveal() == text
    assert copy.copy(Safe.objects.get(pk=row.pk).secret).reveal() == text


def test_it_tells_nothing_by_how_well_a_short_text_repeats(in_hospital_a):
    row = Safe.objects.create(secret="a" * 64, other="4f3c2b1a" * 8)
    assert len(raw(row, "secret")) == len(raw(row, "other"))


def test_it_seals_equal_values_differently(in_hospital_a):
    row = Safe.objects.create(secret=SECRET, other=SECRET)
    assert raw(row, "secret") != raw(row, "other")


@pytest.mark.parametrize("how", [str, repr, "{}".format, "{:>5}".format, lambda value: f"{value!s}"])
def test_it_shows_nobody_the_value(in_hospital_a, how):
    row = Safe.objects.create(secret=SECRET)
    assert how(row.secret).strip() == "***"
    assert how(Safe.objects.get(pk=row.pk).secret).strip() == "***"


def test_it_shows_a_template_nothing(in_hospital_a):
    row = Safe.objects.create(secret=SECRET)
    shown = Template("{{ row.secret }}|{{ row.secret.reveal }}|{{ row.secret.plain }}").render(Context({"row": row}))
    assert shown == "***||"


def test_it_is_false_only_when_empty(in_hospital_a):
    row = Safe.objects.create(secret="", other="x")
    found = Safe.objects.get(pk=row.pk)
    assert (bool(found.secret), bool(found.other)) == (False, True)


def test_it_opens_only_in_its_own_row(in_hospital_a):
    one, two = Safe.objects.create(secret=SECRET), Safe.objects.create(secret="other")
    write_raw(two, raw(one))
    with pytest.raises(BrokenSeal) as caught:
        Safe.objects.get(pk=two.pk).secret.reveal()
    assert "vault_test_safe.secret" in str(caught.value)
    assert str(two.pk) in str(caught.value)
    assert SECRET not in str(caught.value)


def test_it_opens_only_in_its_own_column(in_hospital_a):
    row = Safe.objects.create(secret=SECRET, other="other")
    write_raw(row, raw(row), "other")
    with pytest.raises(BrokenSeal):
        _ = Safe.objects.get(pk=row.pk).other.reveal()


def test_it_opens_only_in_its_own_institution(hospital_a, hospital_b):
    with tenant_tx(hospital_a.pk):
        row = Safe.objects.create(secret=SECRET)
        stolen = raw(row)
        Safe.objects.all().delete()
    with tenant_tx(hospital_b.pk):
        twin = Safe.objects.create(id=row.pk, secret="x")
        write_raw(twin, stolen)
        with pytest.raises(BrokenSeal):
            Safe.objects.get(pk=twin.pk).secret.reveal()


def test_it_notices_one_changed_bit(in_hospital_a):
    row = Safe.objects.create(secret=SECRET)
    sealed = bytearray(raw(row))
    for position in (0, 1, 5, 20, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[position] ^= 1
        write_raw(row, bytes(changed))
        with pytest.raises(BrokenSeal):
            Safe.objects.get(pk=row.pk).secret.reveal()


def test_it_survives_bulk_create_and_bulk_update(in_hospital_a):
    rows = Safe.objects.bulk_create(Safe(secret=f"s{n}", identity=f"i{n}") for n in range(5))
    assert [row.secret.reveal() for row in Safe.objects.order_by("id")] == [f"s{n}" for n in range(5)]
    for n, row in enumerate(rows):
        row.secret = f"new{n}"
    Safe.objects.bulk_update(rows, ["secret"])
    assert [row.secret.reveal() for row in Safe.objects.order_by("id")] == [f"new{n}" for n in range(5)]


def test_it_refuses_to_update_many_rows_at_once(in_hospital_a):
    row = Safe.objects.create(secret=SECRET)
    for value in ("plain", row.secret):
        with pytest.raises(TypeError), transaction.atomic():
            Safe.objects.update(secret=value)
    Safe.objects.update(secret=None)
    assert Safe.objects.get(pk=row.pk).secret is None


def test_it_cannot_be_searched(in_hospital_a):
    for condition in ({"secret": SECRET}, {"secret__contains": "x"}, {"secret__in": ["x"]}):
        with pytest.raises(FieldError):
            Safe.objects.filter(**condition)
    assert Safe.objects.filter(secret__isnull=True).count() == 0


def test_it_is_sealed_anew_when_copied_to_another_row(in_hospital_a):
    one = Safe.objects.create(secret=SECRET)
    two = Safe.objects.create(secret=one.secret)
    assert Safe.objects.get(pk=two.pk).secret.reveal() == SECRET
    third = Safe.objects.get(pk=one.pk)
    third.pk = Safe().pk
    third.save(force_insert=True)
    assert Safe.objects.get(pk=third.pk).secret.reveal() == SECRET


def test_it_can_be_read_late(in_hospital_a):
    row = Safe.objects.create(secret=SECRET)
    assert Safe.objects.defer("secret").get(pk=row.pk).secret.reveal() == SECRET
    assert Safe.objects.only("secret").get(pk=row.pk).secret.reveal() == SECRET
    row.refresh_from_db()
    assert row.secret.reveal() == SECRET


def test_it_opens_nowhere_without_its_row(in_hospital_a):
    Safe.objects.create(secret=SECRET)
    value = Safe.objects.values_list("secret", flat=True).get()
    assert str(value) == "***"
    with pytest.raises(BrokenSeal):
        value.reveal()


def test_it_puts_no_plain_text_into_pickles(in_hospital_a):
    fresh = Safe(secret=SECRET)
    assert fresh.secret.reveal() == SECRET
    saved = Safe.objects.create(secret=SECRET)
    for row in (fresh, saved, Safe.objects.get(pk=saved.pk)):
        pickled = pickle.dumps(row)
        assert SECRET.encode() not in pickled
        assert pickle.loads(pickled).secret.reveal() == SECRET  # noqa: S301  just made here
    assert copy.deepcopy(fresh).secret.reveal() == SECRET
    with pytest.raises(TypeError):
        pickle.dumps(Sealed(SECRET))


def test_it_forgets_the_plain_text_once_saved(in_hospital_a):
    row = Safe(secret=SECRET)
    row.save()
    assert row.secret._plain is None
    assert row.secret.reveal() == SECRET


def test_it_takes_text_only():
    for value in (b"bytes", 7, ["list"]):
        with pytest.raises(TypeError):
            Safe(institution_id=1, secret=value)


def test_it_is_write_only_in_forms(in_hospital_a):
    form_class = modelform_factory(Safe, fields=["name", "secret"])
    row = Safe.objects.create(secret=SECRET)
    form = form_class(instance=row)
    assert SECRET not in str(form)
    assert "***" not in str(form)
    form_class({"name": "n", "secret": ""}, instance=row).save()
    assert Safe.objects.get(pk=row.pk).secret.reveal() == SECRET
    form_class({"name": "n", "secret": "new"}, instance=row).save()
    assert Safe.objects.get(pk=row.pk).secret.reveal() == "new"

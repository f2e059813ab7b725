import pytest

from portal.access.door import tenant_tx
from portal.vault import blind_index, blind_indexes, fingerprint, mask_identity, mask_name, mask_phone
from tests.vault.safe import Safe

IDENTITY = "110101199003070000"


def test_it_finds_a_row_by_its_sealed_value(safe_table, in_hospital_a):
    row = Safe.objects.create(identity=IDENTITY)
    Safe.objects.create(identity="110101199003070001")
    assert Safe.objects.get(identity_index__in=blind_indexes(IDENTITY)) == row


def test_it_follows_a_changed_value(safe_table, in_hospital_a):
    row = Safe.objects.create(identity="before")
    row.identity = IDENTITY
    row.save()
    assert not Safe.objects.filter(identity_index__in=blind_indexes("before")).exists()
    assert Safe.objects.filter(identity_index__in=blind_indexes(IDENTITY)).exists()
    row.identity = None
    row.save()
    assert Safe.objects.get().identity_index is None


def test_it_differs_between_institutions(hospital_a, hospital_b):
    with tenant_tx(hospital_a.pk):
        mine = blind_index(IDENTITY)
    assert mine == blind_index(IDENTITY, hospital_a.pk)
    assert mine != blind_index(IDENTITY, hospital_b.pk) != blind_index(IDENTITY)


def test_it_fingerprints_a_key_with_the_start_of_its_sm3():
    assert fingerprint("abc") == "66c7-f0f4"  # GB/T 32905 example 1


@pytest.mark.parametrize(
    ("mask", "plain", "masked"),
    [
        (mask_identity, IDENTITY, "110***********0000"),
        (mask_identity, "A123", "****"),
        (mask_identity, "", ""),
        (mask_name, "张三", "张*"),
        (mask_name, "𬱖某某", "𬱖**"),
        (mask_name, "王", "王*"),
        (mask_name, "", ""),
        (mask_phone, "13812345678", "138****5678"),
    ],
)
def test_it_masks(mask, plain, masked):
    assert mask(plain) == masked

import pytest

from portal.vault.checks import master_keys_are_private, master_keys_can_be_read


def test_it_accepts_a_private_file(master_keys):
    assert master_keys_can_be_read(None) == []
    assert master_keys_are_private(None) == []


@pytest.mark.parametrize(("production", "level"), [(True, 40), (False, 30)])
def test_it_reports_a_file_that_others_can_read(master_keys, settings, production, level):
    settings.PRODUCTION = production
    master_keys.parent.chmod(0o755)
    master_keys.chmod(0o440)
    found = master_keys_are_private(None)
    assert [(one.id, one.level) for one in found] == [("vault.E002", level)]
    assert str(master_keys) in found[0].msg


def test_it_accepts_a_readable_file_in_a_private_folder(master_keys):
    master_keys.parent.chmod(0o700)
    master_keys.chmod(0o440)
    assert master_keys_are_private(None) == []


def test_it_reports_a_missing_file(master_keys):
    master_keys.unlink()
    assert [one.id for one in master_keys_can_be_read(None)] == ["vault.E001"]

"""Every page that a person opens is explained by a section of the help."""

from portal.web.manual import pages_explained, topic_of
from tests.contracts.test_access import addresses

#: Pages without a "?", with the reason.
NOT_EXPLAINED: dict[str, str] = {
    "web:drawer": "a part of every page",
    "web:help-codes-export": "a file",
    "audit:days": "a file",
    "jobs:progress": "a part of a job's page",
    "jobs:result": "a file",
    "gateway:desk-part": "a part of a desk's page",
    "gateway:operation-part": "a part of an operation's page",
    "gateway:sessions-part": "a part of the sessions' page",
    "gateway:shifts-part": "a part of the shifts' page",
    "environments:export": "a file",
    "settlement:edition-export": "a file",
    "injury:mapping-missing": "a file",
    "injury:mapping-import-template": "a file",
    "injury:catalogue-import-template": "a file",
    "injury:material-file": "a file",
    "injury:invoice-file": "a file",
    "injury:fee-template": "a file",
    "reconciliation:entry-template": "a file",
    "reconciliation:run-file": "a file",
    "reconciliation:sheet-download": "a file",
}


def pages() -> set[str]:
    """Pages of an institution that are opened by their address."""
    return {
        one.name
        for one in addresses()
        if one.method == "GET" and one.gate.side == "institution" and not one.is_admin and not one.is_api
    }


def test_every_page_of_an_institution_has_its_section():
    missing = {name for name in pages() if topic_of(name) is None}
    assert missing - NOT_EXPLAINED.keys() == set()


def test_the_help_explains_no_page_that_is_not_there():
    assert pages_explained() - {one.name for one in addresses()} == set()


def test_it_has_no_stale_exemption():
    assert NOT_EXPLAINED.keys() - (pages() - pages_explained()) == set()

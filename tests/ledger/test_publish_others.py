"""Work injury and clearing in the book: a discharge and an application, their doubts, and what was taken back."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clearing.models import Application, ApplicationState
from injury.models import AdmissionState, Discharge, DischargeState
from portal.access.door import tenant_tx
from portal.ledger.facts import Span, Standing, day_of
from portal.ledger.gathering import gather
from portal.ledger.models import Entry
from portal.ledger.reading import entries_between
from portal.ledger.registry import Case, remedy_of
from tests.injury.fees import make_admission
from tests.injury.test_settlement_sheet import an_item

#: The last second of a leap February in Shanghai is still afternoon in Greenwich.
AT = datetime(2028, 2, 29, 23, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
FEBRUARY = Span.of_month("test", 2028, 2)


@pytest.fixture
def door(db, alice_member):
    return lambda: tenant_tx(alice_member.institution_id)


def told(institution, span=FEBRUARY):
    written = gather(institution, "test", span)
    return written, {one.number: one for one in entries_between(span)}


def obstacle(source: str, entry: Entry) -> str:
    """What stands in the way of taking it back."""
    found = remedy_of(source, "reverse")
    assert found is not None
    return found.obstacle(Case(entry))


def test_a_discharge_is_an_entry_until_it_is_taken_back(door, alice_member):
    institution = alice_member.institution_id
    with door():
        admission = make_admission("ZY0001", state=AdmissionState.DISCHARGED)
        an_item(admission, "L1", "换药", "12.5000", "2")
        an_item(admission, "L2", "样例胶囊", "0.005", "1")
        left = Discharge.objects.create(
            environment="test", admission=admission, state=DischargeState.DONE, discharged_at=AT
        )
        written, entries = told(institution)
        entry = entries["ZY0001"]
        assert (written.fresh, entry.family, entry.total) == (1, "injury", Decimal("25.00"))
        assert (entry.day, entry.standing, entry.person) == (day_of(AT), Standing.SETTLED, admission.name_masked)
        assert told(institution, Span.of_month("test", 2028, 3))[1] == {}
        assert obstacle("injury", entry) == ""
        left.state, left.discharged_at = DischargeState.DRAFT, None
        left.save()
        written, entries = told(institution)
        assert (written.changed, entries) == (1, {})
        assert [one.standing for one in Entry.objects.order_by("revision")] == [Standing.SETTLED, Standing.VOID]


def test_an_application_is_an_entry_under_the_centres_number(door, alice_member):
    institution = alice_member.institution_id
    with door():
        application = Application.objects.create(
            environment="test",
            year=2027,
            insurance="001",
            agency="003",
            state=ApplicationState.APPLIED,
            application_no="SQ0001",
            applied_at=AT,
            count=3,
            medical_fee=Decimal("300.00"),
            fund_due=Decimal("200.00"),
            disburse=Decimal("50.00"),
        )
        entry = told(institution)[1]["SQ0001"]
        assert (entry.family, entry.total, entry.fund, entry.about) == ("clearing", 300, 200, "2027-001-003")
        assert obstacle("clearing", entry) == ""
        assert told(institution)[0].same == 1
        application.state = ApplicationState.CANCELLED
        application.save()
        assert told(institution)[1] == {}
        assert "无法由门户办理" in obstacle("clearing", entry)

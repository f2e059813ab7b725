"""Our applications laid beside what the centre shows of them (8.3); its answers are given here as they come."""

from contextlib import nullcontext
from decimal import Decimal

from django.utils import timezone

from clearing.messages import ApplicationRow
from clearing.messages.replies import Applications
from clearing.models import Application, ApplicationState
from portal.gateway.errors import Rejected
from portal.ledger.centre import Asking, centre_book_of
from portal.ledger.facts import Source, Span
from portal.ledger.gathering import gather

YEAR = timezone.localdate().year


def held(number: str, due: str, state: str = "001") -> ApplicationRow:
    return ApplicationRow(
        application_no=number, year=str(YEAR), aka080="001", qsjg00="003", qssqzt=state, row_count=2,
        medfee_sumamt=Decimal("100.00"), fund_due_amt=Decimal(due), disburse_amt=Decimal("80.00"),
        applied_at=f"{timezone.localdate()} 09:00:00",
    )  # fmt: skip


def shown(hospital, *rows: ApplicationRow):
    """Number → what the fund owes, as the centre's book is read."""

    def ask(request):
        if (request.year, request.aka080, request.qsjg00) == (str(YEAR), "001", "003"):
            return Applications(rows=list(rows))
        if request.year != str(YEAR):
            raise Rejected("4001", "没有这个清算年度")
        return Applications(rows=[])

    span = Span.of_day("test", timezone.localdate())
    gather(hospital.pk, "test", span, source=Source.CLEARING)
    book = centre_book_of("clearing")
    assert book is not None
    return {one.number: one.fund for one in book(span, Asking(hospital.pk, "test", ask, nullcontext))}


def test_applications_of_both_sides_and_of_one(in_hospital_a):
    Application.objects.create(
        environment="test", year=YEAR, insurance="001", agency="003", state=ApplicationState.APPLIED,
        application_no="SQ1", count=2, medical_fee=Decimal("100.00"), fund_due=Decimal("90.00"),
        disburse=Decimal("80.00"), applied_at=timezone.now(),
    )  # fmt: skip
    told = shown(in_hospital_a, held("SQ1", "91.00"), held("SQ2", "50.00"), held("SQ0", "9.00", state="000"))
    assert told == {"SQ1": Decimal("91.00"), "SQ2": Decimal("50.00")}  # a cancelled one is none

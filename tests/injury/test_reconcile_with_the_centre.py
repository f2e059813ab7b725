"""Our discharged admissions laid beside what the centre shows of them (4.12, 4.15, 4.16), over the real wire."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.utils import timezone

from injury.models import Admission, AdmissionState
from portal.gateway import client
from portal.ledger.centre import Asking, centre_book_of
from portal.ledger.facts import Span
from portal.ledger.gathering import gather
from portal.ledger.reading import entries_between
from tests.injury.discharge_desk import desk
from tests.injury.test_settlement_sheet import an_item

__all__ = ["desk"]


def both_books(desk):
    """Number → total, as our book and as the centre has it; None where it says that there is none."""
    span = Span.of_day("test", timezone.localdate())
    gather(desk.institution_id, "test", span)
    ask = partial(client.ask, institution_id=desk.institution_id, environment="test")
    read = centre_book_of("injury")
    assert read is not None
    theirs = list(read(span, Asking(desk.institution_id, "test", ask, desk.door)))
    with desk.door():
        ours = dict(entries_between(span, family="injury").values_list("number", "total"))
    return ours, {one.number: None if one.is_missing else one.total for one in theirs}


def test_what_was_discharged_is_at_the_centre_with_the_same_sum(desk):
    stay = desk.leave()
    ours, theirs = both_books(desk)
    assert list(ours) == [stay.number]
    assert theirs == ours
    with desk.door():
        an_item(stay, "L9", "换药", "1.00", "1")
    ours, theirs = both_books(desk)
    assert ours[stay.number] - theirs[stay.number] == Decimal(1)
    with desk.door():
        Admission.objects.filter(pk=stay.pk).update(state=AdmissionState.UNDONE)
    ours, again = both_books(desk)
    assert again == theirs  # we know nothing of it any more: 4.15 tells that they do


def test_an_admission_still_in_the_house_is_no_settlement(desk):
    stay = desk.stay()
    desk.write(stay)
    with desk.door():
        draft = desk.draft(stay)
        type(draft).objects.filter(pk=draft.pk).update(
            state="leaving", submitted_at=timezone.now() - timedelta(seconds=1)
        )
    ours, theirs = both_books(desk)
    assert (set(ours), theirs) == ({stay.number}, {stay.number: None})  # 4.12 still adds up: it has not left

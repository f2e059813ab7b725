"""Pages of the book: the list, one entry with all its readings."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.ledger.models import Entry
from portal.ledger.reading import revisions_of
from reconciliation.views.entry_lists import STANDING_TONES, EntryList, family_label, insurance_label, subject_url


@page("reconciliation.entries.view")
def entry_list(request: PortalRequest) -> HttpResponseBase:
    may = {"bring": request.member.may("reconciliation.entries.bring")}
    return EntryList(request.member, request.GET).respond(request, may=may)


@page("reconciliation.entries.view")
def entry_detail(request: PortalRequest, entry_id: UUID) -> HttpResponseBase:
    """One entry: what it says now, what it said before, its other side, and where it comes from."""
    entry = get_or_404(Entry, entry_id)
    readings = list(revisions_of(entry).defer("person_no", "person_no_index"))
    twin = {"environment": entry.environment, "source": entry.source, "family": entry.family, "number": entry.number}
    context = {
        "entry": entry,
        "tone": STANDING_TONES.get(entry.standing, ""),
        "newest": readings[0],
        "readings": readings,
        "other": Entry.objects.filter(**twin, is_refund=not entry.is_refund, is_latest=True).first(),
        "family": family_label(entry.family),
        "insurance": insurance_label(entry),
        "subject": subject_url(entry),
        "may_see_operation": request.member.may("gateway.operations.view"),
    }
    return render(request, "reconciliation/entry_detail.html", context)

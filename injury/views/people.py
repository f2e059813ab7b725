"""Finding whoever comes to the desk, and what is possible for them (4.3 to 4.6, 4.19 to 4.21, 4.28, 4.29)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from injury.forms.admissions import BeginForm
from injury.forms.people import MEANS, PersonForm
from injury.models import Enquiry
from injury.services import Refused, ask_about_person, begin_admission
from injury.services.enquiries import repeat
from injury.services.findings import person_of
from injury.services.people import IDENTITY, LOCAL
from injury.views.asking import acted, environment
from injury.views.centre_lists import AnswerList, ReportList, TreatmentList
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.people import handed, register_form

#: Enquiries about people that the page lists again.
RECENT = 8
ROWS: dict[str, type[AnswerList]] = {"treatment": TreatmentList, "report": ReportList}


@page("injury.people.find", methods=("GET", "POST"))
def people(request: PortalRequest, means: str = IDENTITY) -> HttpResponseBase:
    """查询工伤人员: three ways of asking, each with its own address."""
    if means not in MEANS:
        raise Http404("没有这种查询方式")
    where = request.GET.get("where", LOCAL)
    form = PersonForm(means, request.POST or None, where=where, initial=read_at_desk(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        enquiry = acted(form, lambda: ask_about_person(form.place, means, given, by=request.member))
        if enquiry:
            return redirect("injury:enquiry", enquiry.pk)
    mine = Enquiry.objects.filter(environment=environment(request), kind__startswith="person.")
    context = {"form": form, "means": means, "ways": MEANS, "recent": mine.order_by("-asked_at", "-id")[:RECENT]}
    return render(request, "injury/people.html", context)


def read_at_desk(request: PortalRequest) -> dict[str, str]:
    """The person that a card reading hands over (`handed`), for the form."""
    given = request.GET.get("handed", "")
    person = handed(given, by=request.member, whom="查询工伤人员") if given and request.method == "GET" else None
    if person is None:
        return {}
    return {"identity": person.document, "name": person.name, "card": person.card_no, "code": person.card_code}


register_form("injury:people", "查询工伤人员", "injury.people.find")


@page("injury.people.find")
def enquiry(request: PortalRequest, enquiry_id: UUID) -> HttpResponseBase:
    """The answer, once it is there; until then the page asks for it by itself."""
    found = get_or_404(Enquiry, enquiry_id, kind__startswith="person.")
    person = person_of(found, timezone.localdate()) if found.is_answered else None
    may = request.member.may("injury.admission.edit")
    return render(request, "injury/enquiry.html", {"enquiry": found, "person": person, "may_admit": may})


@page("injury.people.find")
def enquiry_state(request: PortalRequest, enquiry_id: UUID) -> HttpResponseBase:
    """Part page of any enquiry: polled while it is asked, then the whole page is loaded anew."""
    found = get_or_404(Enquiry, enquiry_id)
    answer = render(request, "injury/parts/enquiry_state.html", {"enquiry": found})
    if not found.is_asking:
        answer["HX-Refresh"] = "true"
    return answer


@page("injury.people.find", methods=("POST",))
def enquiry_again(request: PortalRequest, enquiry_id: UUID) -> HttpResponseBase:
    """Ask the same once more."""
    old = get_or_404(Enquiry, enquiry_id, kind__startswith="person.")
    return redirect("injury:enquiry", repeat(old, by=request.member).pk)


@page("injury.people.find")
def centre_row(request: PortalRequest, kind: str, row_id: UUID) -> HttpResponseBase:
    """Everything that the centre said about one application or report, and the way on from it."""
    listed = _list_of(kind)
    row = get_or_404(listed.model, row_id)
    facts = [(column.label, column.cell(row).text) for column in listed.columns]
    context = {"row": row, "kind": kind, "facts": facts, "title": listed.title}
    return render(request, "injury/centre_row.html", context)


def _list_of(kind: str) -> type[AnswerList]:
    if kind not in ROWS:
        raise Http404("没有这种记录")
    return ROWS[kind]


@page("injury.people.find", methods=("POST",))
def enquiry_of_row(request: PortalRequest, kind: str, row_id: UUID) -> HttpResponseBase:
    """Ask about the person of a row of a list, without anybody typing the number."""
    row = get_or_404(_list_of(kind).model, row_id)
    given = {"identity": row.identity.reveal(), "name": row.name.reveal()}
    try:
        asked = ask_about_person(LOCAL, IDENTITY, given, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("injury:people")
    return redirect("injury:enquiry", asked.pk)


@page("injury.admission.edit", methods=("POST",))
def admission_begin(request: PortalRequest, enquiry_id: UUID) -> HttpResponseBase:
    """A draft with the fields of the chosen treatment, filing or new injury."""
    found = get_or_404(Enquiry, enquiry_id, kind__startswith="person.")
    form = BeginForm(request.POST)
    if form.is_valid():
        flow, choice = form.cleaned_data["flow"], form.cleaned_data["choice"]
        admission = acted(form, lambda: begin_admission(found, flow, choice, by=request.member))
        if admission:
            return redirect("injury:admission-edit", admission.pk)
    for sentences in form.errors.values():
        messages.error(request, "；".join(str(one) for one in sentences))
    return redirect("injury:enquiry", found.pk)

"""目录对照: own items and what they are at the centre, new versions, how much is mapped."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from injury.forms.mappings import MappingForm
from injury.models import Mapping
from injury.models.catalogue import with_standing
from injury.models.fee import OUTSIDE
from injury.papers.catalogue import mapping_template, missing_file
from injury.services import Refused
from injury.services.catalogue_search import find_items
from injury.services.mapping_changes import put_mapping, remove_mapping, renew, renewable
from injury.services.mapping_coverage import PERIODS, coverage
from injury.views.asking import acted, environment
from injury.views.mapping_lists import MappingList, RenewalList
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.papers.xlsx import CONTENT_TYPE
from portal.web.actions import EXPORTED
from portal.web.tables import SelectionChanged
from portal.web.tables.export import attachment

#: Rows of what is missing on the page; the file has all of them.
SHOWN = 100
#: Where somebody goes on who came from another page than the list.
BACK = {"coverage": "injury:mapping-coverage"}


@page("injury.mappings.view")
def mapping_list(request: PortalRequest) -> HttpResponseBase:
    """目录对照: every own item that somebody mapped, and whether it can be used."""
    listed = MappingList(request.member, request.GET)
    mine = Mapping.objects.filter(environment=environment(request))
    stale = renewable(mine, timezone.localdate()).count()
    return listed.respond(request, stale=stale, may_edit=request.member.may("injury.mappings.edit"))


@page("injury.mappings.edit", methods=("GET", "POST"))
def mapping_new(request: PortalRequest) -> HttpResponseBase:
    """Map an own item, named by the link of a list or typed."""
    wanted = ("own_code", "own_name", "kind", "own_price", "specification")
    initial = {name: request.GET[name] for name in wanted if name in request.GET}
    return _edited(request, None, initial | {"q": initial.get("own_name", "")})


@page("injury.mappings.edit", methods=("GET", "POST"))
def mapping_edit(request: PortalRequest, mapping_id: UUID) -> HttpResponseBase:
    """Map an own item to something else; its code and kind stay."""
    mapping = get_or_404(Mapping, mapping_id)
    names = ("own_code", "own_name", "kind", "own_price", "specification", "category", "valid_from", "valid_to")
    initial = {name: getattr(mapping, name) for name in (*names, "centre_code")}
    return _edited(request, mapping, initial)


def _edited(request: PortalRequest, mapping: Mapping | None, initial: dict[str, Any]) -> HttpResponseBase:
    said = request.POST if request.method == "POST" else None
    is_search = said is not None and "search" in said
    form = MappingForm(None if is_search else said, initial=said.dict() if said and is_search else initial)
    if mapping:
        form.keep(mapping.own_code, mapping.kind)
    if form.is_valid():
        saved = acted(form, lambda: put_mapping(form.wish, by=request.member))
        if saved:
            messages.success(request, f"已对照：{saved.own_name}（{saved.own_code}）→ {saved.centre_code}")
            return redirect(BACK.get(str(said and said.get("next")), "injury:mapping-list"))
    words, kind, chosen = (str(form[name].value() or "") for name in ("q", "kind", "centre_code"))
    came_from = request.GET.get("next", "") or (said.get("next", "") if said else "")
    context = {"form": form, "mapping": mapping, "next": came_from, **_found(request, words, kind, chosen)}
    return render(request, "injury/mapping_edit.html", context)


def _found(request: PortalRequest, words: str, kind: str, chosen: str) -> dict[str, Any]:
    """What the catalogue offers for these words; lying outside of it can always be chosen."""
    today = timezone.localdate()
    items, is_more = find_items(words, environment=environment(request), today=today, kind=kind, chosen=chosen)
    outside = OUTSIDE.get(kind, OUTSIDE["0"])
    picked = outside if chosen in OUTSIDE.values() else chosen
    return {"items": items, "is_more": is_more, "words": words, "chosen": picked, "outside": outside}


@page("injury.mappings.view")
def catalogue_search(request: PortalRequest) -> HttpResponseBase:
    """The part of the page with what the catalogue offers, while somebody types."""
    asked = {name: request.GET.get(name, "")[:100] for name in ("q", "kind", "centre_code")}
    return render(request, "injury/parts/catalogue_found.html", _found(request, *asked.values()))


@page("injury.mappings.edit", methods=("POST",))
def mapping_remove(request: PortalRequest, mapping_id: UUID) -> HttpResponseBase:
    """Take a mapping away; the own item goes outside of the catalogue from now on."""
    mapping = get_or_404(Mapping, mapping_id)
    remove_mapping(mapping, by=request.member)
    messages.success(request, f"已取消对照：{mapping.own_name}（{mapping.own_code}），以后按目录外自费上传")
    return redirect("injury:mapping-list")


@page("injury.mappings.view")
def renewal_list(request: PortalRequest) -> HttpResponseBase:
    """待更新的对照: what a new version of the centre's catalogue changed in our mappings."""
    held = with_standing(Mapping.objects.filter(environment=environment(request)), timezone.localdate())
    by_hand = held.filter(standing_today__in=["gone", "expired"]).count()
    return RenewalList(request.member, request.GET).respond(request, by_hand=by_hand)


@page("injury.mappings.edit", methods=("POST",))
def mapping_renew(request: PortalRequest) -> HttpResponseBase:
    """Take the new version over for the ticked mappings."""
    back = reverse("injury:mapping-renewals") + f"?{request.POST.get('query', '')}"
    try:
        chosen = RenewalList.selection(request).checked()
        count = renew(Mapping.objects.filter(pk__in=chosen.values("pk")), by=request.member)
    except (SelectionChanged, Refused) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{count} 条对照已更新到中心现行版本")
    return redirect(back)


@page("injury.mappings.view")
def mapping_coverage(request: PortalRequest) -> HttpResponseBase:
    """对照情况: by number and by money, and what is missing, most money first."""
    days = _days(request)
    found = coverage(environment(request), days)
    context = {
        "coverage": found,
        "shares": [*found.kinds, found.total],
        "missing": found.missing[:SHOWN],
        "days": days,
        "periods": PERIODS.items(),
        "may_edit": request.member.may("injury.mappings.edit"),
    }
    return render(request, "injury/mapping_coverage.html", context)


def _days(request: PortalRequest) -> int:
    asked = request.GET.get("days", "90")
    return int(asked) if asked.isdecimal() and int(asked) in PERIODS else 90


@page("injury.mappings.view")
def mapping_missing(request: PortalRequest) -> HttpResponseBase:
    """Everything that has to be mapped as an Excel file, to be filled in and imported."""
    assert request.member.institution
    days = _days(request)
    missing = coverage(environment(request), days).missing
    about = [("机构", str(request.member.institution)), ("范围", f"{PERIODS[days]}的费用，未对照和需要重新对照的项目")]
    record(EXPORTED, by=request.member, title="待对照项目", rows=len(missing), filter=PERIODS[days])
    name = f"待对照项目_{timezone.localtime():%Y%m%d_%H%M%S}.xlsx"
    return attachment(missing_file(missing, about=about), name, CONTENT_TYPE)


@page("injury.mappings.view")
def mapping_import_template(request: PortalRequest) -> HttpResponseBase:
    """An empty file with the heads that the import looks for."""
    return attachment(mapping_template(), "目录对照导入模板.xlsx", CONTENT_TYPE)

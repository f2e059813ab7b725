"""Keep the present look of a list under a name, and forget it again."""

from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.web.actions import VIEW_SHARED
from portal.web.models import SavedView
from portal.web.tables.listing import OWN, list_page

MOST_VIEWS = 50


class ViewForm(forms.Form):
    page = forms.CharField(max_length=60)
    name = forms.CharField(label="视图名称", max_length=30)
    shared = forms.BooleanField(label="本机构共享", required=False)
    query = forms.CharField(max_length=2000, required=False)
    back = forms.CharField(max_length=300)

    def clean_page(self) -> str:
        name: str = self.cleaned_data["page"]
        try:
            list_page(name)
        except LookupError:
            raise forms.ValidationError("没有这个列表") from None
        return name


def back_to(request: PortalRequest, address: str) -> str:
    """A path of our own; anything else leads to the dashboard."""
    path = urlsplit(address).path
    safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts={request.get_host()})
    return path if safe else reverse("web:dashboard")


@page("portal.use", methods=("POST",))
def save(request: PortalRequest) -> HttpResponse:
    form = ViewForm(request.POST)
    if not form.is_valid() or request.member.user is None:
        messages.error(request, "视图没有保存：请填写 30 个字以内的名称")
        return redirect(back_to(request, request.POST.get("back", "")))
    wanted, back = form.cleaned_data, back_to(request, form.cleaned_data["back"])
    params = QueryDict(wanted["query"])
    kept = [(name, value) for name, values in params.lists() if name not in OWN or name == "sort" for value in values]
    own = SavedView.objects.filter(user=request.member.user, page=wanted["page"])
    if own.exclude(name=wanted["name"]).count() >= MOST_VIEWS:
        messages.error(request, f"每个列表最多保存 {MOST_VIEWS} 个视图，请先删除不用的")
        return redirect(f"{back}?{wanted['query']}")
    with transaction.atomic():
        view, _ = SavedView.objects.update_or_create(
            user=request.member.user,
            page=wanted["page"],
            name=wanted["name"],
            defaults={
                "shared": wanted["shared"],
                "query": urlencode(kept),
                "columns": [name[:60] for name in params.getlist("columns")],
            },
        )
        if view.shared:
            record(VIEW_SHARED, view, by=request.member, name=view.name, list=list_page(view.page).title)
    messages.success(request, f"视图“{view.name}”已保存{'，本机构人员可见' if view.shared else ''}")
    return redirect(back + view.address)


@page("portal.use", methods=("POST",))
def delete(request: PortalRequest, view_id: UUID) -> HttpResponse:
    view = get_or_404(SavedView, view_id, user=request.member.user)
    view.delete()
    messages.success(request, f"视图“{view.name}”已删除")
    return redirect(back_to(request, request.POST.get("back", "")))

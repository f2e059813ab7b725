"""One collected record: what it says, what is wrong, what happened to it; the form that makes and mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from pydantic import BaseModel

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.gateway.console.form import built, changed, drawn, field_at, id_of, misfits, steps_of
from portal.gateway.console.hidden import hidden, restored
from portal.gateway.console.services import new_entry, only_required
from portal.gateway.folding import folded_tree
from portal.gateway.journal import Operation
from portal.gateway.messages import Fault
from portal.gateway.national import current_edition
from settlement.actions import RECORD_READ
from settlement.forms.settling import ReasonForm
from settlement.forms.uploads import DropReasonForm
from settlement.models import UploadRecord
from settlement.models.upload import Source
from settlement.rules.upload_content import INSURED_AT
from settlement.rules.uploads import KINDS, Kind, remover_of
from settlement.services.refusals import Refused
from settlement.services.uploads.arrival import take_records
from settlement.services.uploads.content import shape_of
from settlement.services.uploads.mending import drop, mend
from settlement.services.uploads.taking_back import may_take_back, take_back
from settlement.views.asking import environment, said
from settlement.views.uploads import kind_or_404, rights

REGION = "insured_at"
STEPS = 30


@dataclass(frozen=True)
class Sheet:
    """A record as it is typed now."""

    kind: Kind
    shape: type[BaseModel]
    tree: dict[str, Any]
    row: UploadRecord | None = None
    insured_at: str = ""
    faults: list[Fault] = field(default_factory=list)
    refusal: str = ""
    focus: str = ""


@page("settlement.uploads.view")
def upload_detail(request: PortalRequest, record_id: UUID) -> HttpResponseBase:
    """The record by its labels, its faults, its versions and messages."""
    return _shown(request, get_or_404(UploadRecord, record_id))


@page("settlement.identities.read", methods=("POST",))
def upload_full(request: PortalRequest, record_id: UUID) -> HttpResponseBase:
    """The record in full, once, with a reason that the chain keeps."""
    row, form = get_or_404(UploadRecord, record_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, reason=form)
    record(RECORD_READ, row, by=request.member, number=row.number, key=row.key, reason=form.cleaned_data["reason"])
    return _shown(request, row, full=True)


def _shown(request: PortalRequest, row: UploadRecord, *, full: bool = False, **more: Any) -> HttpResponseBase:
    kind = KINDS[row.number]
    shape = shape_of(kind, current_edition(row.environment))
    mine = UploadRecord.objects.filter(environment=row.environment, number=row.number, key=row.key)
    steps = Operation.objects.filter(pk__in=row.operations[-STEPS:]).defer("request", "reply").order_by("-created_at")
    context = {
        "record": row,
        "kind": kind,
        "content": folded_tree(shape, row.content.reveal(), masked=not full),
        "versions": mine.defer("content", "faults").order_by("-version")[:STEPS],
        "steps": steps,
        "full": full,
        "may_read": request.member.may("settlement.identities.read") and not full,
        "may_take_back": may_take_back(row) and request.member.may("settlement.uploads.send"),
        "remover": remover_of(row.number),
        "reason": ReasonForm(),
        "drop_form": DropReasonForm(prefix="drop"),
        **rights(request),
    }
    return render(request, "settlement/upload_detail.html", context | more)


@page("settlement.uploads.enter", methods=("POST",))
def upload_drop(request: PortalRequest, record_id: UUID) -> HttpResponseBase:
    """A record that never has to go is set aside, with a reason."""
    row, form = get_or_404(UploadRecord, record_id), DropReasonForm(request.POST, prefix="drop")
    if not form.is_valid():
        return _shown(request, row, drop_form=form)
    reason = form.cleaned_data["reason"]
    return said(
        request, lambda: drop(row, reason=reason, by=request.member), "已删除", "settlement:upload-detail", row.pk
    )


@page("settlement.uploads.send", methods=("POST",))
def upload_take_back(request: PortalRequest, record_id: UUID) -> HttpResponse:
    """The centre forgets it: 3507, 3403 or 3302."""
    row = get_or_404(UploadRecord, record_id)
    done = "已提交撤销，结果显示在本页"
    return said(request, lambda: take_back(row, by=request.member), done, "settlement:upload-detail", row.pk)


# --- the form


@page("settlement.uploads.enter", methods=("GET", "POST"))
def upload_new(request: PortalRequest, number: str) -> HttpResponseBase:
    """A record typed by hand; what is still wrong is kept with it."""
    kind = kind_or_404(request, number)
    shape = shape_of(kind, current_edition(environment(request)))
    if request.method == "GET":
        return _form(request, Sheet(kind, shape, _empty(shape)))
    now = _typed(request, kind, shape, None)
    if (act := request.POST.get("act", "")) != "save":
        return _form(request, _moved(now, act))
    try:
        (given,) = take_records(number, [_complete(now)], by=request.member, source=Source.PAGE)
    except Refused as refusal:
        return _form(request, _refused(now, refusal))
    assert given.row
    _said(request, given.row.fault_count)
    return redirect("settlement:upload-detail", given.row.pk)


@page("settlement.uploads.enter", methods=("GET", "POST"))
def upload_edit(request: PortalRequest, record_id: UUID) -> HttpResponseBase:
    """A record that has not gone, or was refused, with its faults beside its fields."""
    row = get_or_404(UploadRecord, record_id)
    kind = KINDS[row.number]
    shape = shape_of(kind, current_edition(row.environment))
    if request.method == "GET":
        tree, _ = hidden(shape, row.content.reveal())
        return _form(request, Sheet(kind, shape, tree, row, row.insured_at, _kept_faults(row)))
    now = _typed(request, kind, shape, row)
    if (act := request.POST.get("act", "")) != "save":
        return _form(request, _moved(now, act))
    try:
        row = mend(row, _complete(now), insured_at=now.insured_at, by=request.member)
    except Refused as refusal:
        return _form(request, _refused(now, refusal))
    _said(request, row.fault_count)
    return redirect("settlement:upload-edit" if row.fault_count else "settlement:upload-detail", row.pk)


def _said(request: PortalRequest, wrong: int) -> None:
    if wrong:
        messages.warning(request, f"已保存，还有 {wrong} 处问题，改正后才能上传")
    else:
        messages.success(request, "已保存，等待上传")


def _empty(shape: type[BaseModel]) -> dict[str, Any]:
    """The groups and lists that must be there, without values."""
    return _blank(only_required(shape, new_entry(shape)))


def _blank(tree: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found[name] = _blank(value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            found[name] = [_blank(value[0])]
    return found


def _typed(request: PortalRequest, kind: Kind, shape: type[BaseModel], row: UploadRecord | None) -> Sheet:
    return Sheet(kind, shape, built(shape, request.POST), row, request.POST.get(REGION, "").strip()[:6])


def _complete(now: Sheet) -> dict[str, Any]:
    """What was typed, with what stands behind the marks of the record as it was."""
    tree = now.tree
    if now.row is not None:
        _, kept = hidden(now.shape, now.row.content.reveal())
        tree = restored(tree, kept)
    return {**tree, INSURED_AT: now.insured_at} if now.insured_at else tree


def _moved(now: Sheet, act: str) -> Sheet:
    """With one group or entry more, or less; what does not exist changes nothing."""
    what, _, place = act.partition(":")
    try:
        known = field_at(now.shape, place)
        entry: Any = _blank(new_entry(known.inner)) if known.inner else ""
        entry = [entry] if what == "add" and known.control == "list" else entry
        if what in ("add", "remove"):
            changed(now.shape, now.tree, what, place, entry)
    except (LookupError, TypeError):
        return now
    return Sheet(now.kind, now.shape, now.tree, now.row, now.insured_at, focus=id_of(place) if what == "add" else "")


def _kept_faults(row: UploadRecord) -> list[Fault]:
    return [Fault(tuple(steps_of(where)), label, sentence) for where, label, sentence in row.faults]


def _refused(now: Sheet, refusal: Refused) -> Sheet:
    return Sheet(now.kind, now.shape, now.tree, now.row, now.insured_at, refusal=refusal.sentence)


def _form(request: PortalRequest, now: Sheet) -> HttpResponseBase:
    unfit = misfits(now.shape, now.tree)
    items, extras = ([], []) if unfit else drawn(now.shape, now.tree, now.faults)
    context = {
        "sheet": now,
        "kind": now.kind,
        "record": now.row,
        "items": items,
        "extras": extras,
        "misfits": unfit,
        "faults": [(one, id_of(one.where)) for one in now.faults],
        "asks_region": kind_asks_region(now.shape, INSURED_AT in {one.field.wire for one in items}),
    }
    return render(request, "settlement/upload_edit.html", context)


def kind_asks_region(shape: type[BaseModel], is_there: bool) -> bool:
    """Whether a row names a person: the region travels beside it, and the form asks for it."""
    return not is_there and "psn_no" in shape.model_fields

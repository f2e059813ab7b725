"""The record pages of the discharge editor: one address for each node and each entry (4.13, 4.26)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from injury.forms.discharge import RecordForm
from injury.models import DischargeRecord, Node
from injury.rules.records import fields_of, groups_of, record_faults
from injury.services.discharge_drafts import (
    Conflict,
    Seat,
    add_record,
    copy_from_last,
    draft_of,
    drop_record,
    last_record,
    save_record,
)
from injury.services.refusals import Refused
from injury.views.discharge_parts import admission_or_404, frame, seat_of, tell
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest


@page("injury.discharge.submit", methods=("GET", "POST"))
def node_page(request: PortalRequest, admission_id: UUID, node: str) -> HttpResponseBase:
    """The first entry of a node, or the button that begins one."""
    admission = admission_or_404(admission_id)
    if node not in Node.values:
        raise Http404("没有这种病历")
    if request.method == "POST":
        try:
            return redirect("injury:discharge-record", add_record(admission, node, by=request.member).pk)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
    found = draft_of(admission)
    first = found.records.filter(node=node).first() if found else None
    if first is not None:
        return redirect("injury:discharge-record", first.pk)
    context = frame(admission, node, node=node, title=Node(node).label, fields=fields_of(node))
    return render(request, "injury/discharge_node.html", context)


@page("injury.discharge.submit", methods=("GET", "POST"))
def record_page(request: PortalRequest, record_id: UUID) -> HttpResponseBase:
    """One entry; what was typed is kept, right or wrong."""
    entry = _entry(record_id)
    if request.method == "POST":
        return _saved(request, entry)
    content = entry.content.reveal()
    form = RecordForm(entry.node, content, given=_given(entry))
    form.tell(record_faults(entry.node, content) if entry.version > 1 else ())
    return _shown(request, entry, form, seat_of(request, entry.version))


def _entry(record_id: UUID) -> DischargeRecord:
    entry = get_or_404(DischargeRecord, record_id)
    entry.discharge.admission = admission_or_404(entry.discharge.admission_id)
    return entry


def _given(entry: DischargeRecord) -> dict[str, str]:
    admission = entry.discharge.admission
    return {"aac002": admission.identity_masked, "aac003": admission.name_masked}


def _saved(request: PortalRequest, entry: DischargeRecord) -> HttpResponseBase:
    form, seat = RecordForm(entry.node, request.POST, given=_given(entry)), seat_of(request, entry.version)
    quiet = request.headers.get("HX-Request") == "true"
    theirs: dict[str, str] = {}
    try:
        saved = save_record(entry, form.typed(), seat=seat, by=request.member, quietly=quiet)
    except Conflict as conflict:
        theirs, seat = _stored(conflict), Seat(conflict.theirs.version, seat.name)
        form.tell([("", conflict.sentence)])
    except Refused as refusal:
        form.is_valid()
        tell(form, refusal)
    else:
        if quiet:
            return render(request, "injury/parts/draft_saved.html", {"saved": saved})
        lacking = f"，还有 {saved.faults} 处须补正" if saved.faults else ""
        messages.success(request, f"{entry}已保存{lacking}")
        return redirect("injury:discharge-record", entry.pk)
    if quiet:
        return render(request, "injury/parts/draft_saved.html", {"form": form})
    return _shown(request, entry, form, seat, theirs=theirs, status=409 if theirs else 400)


def _stored(conflict: Conflict) -> dict[str, str]:
    assert isinstance(conflict.theirs, DischargeRecord)
    stored: dict[str, str] = conflict.theirs.content.reveal()
    return stored


def _shown(
    request: PortalRequest,
    entry: DischargeRecord,
    form: RecordForm,
    seat: Seat,
    *,
    theirs: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    admission = entry.discharge.admission
    siblings = list(entry.discharge.records.filter(node=entry.node).defer("content"))
    context = frame(
        admission,
        entry.node,
        entry=entry,
        entries=siblings,
        place=next((n for n, one in enumerate(siblings, 1) if one.pk == entry.pk), 1),
        form=form,
        groups=[(title, [form[field.name] for field in fields]) for title, fields in groups_of(entry.node)],
        seat=seat,
        differing=_differing(form, theirs or {}),
        last=last_record(admission, entry.node),
    )
    return render(request, "injury/discharge_record.html", context, status=status)


def _differing(form: RecordForm, theirs: dict[str, str]) -> list[tuple[str, Any, Any]]:
    """Label, what is stored, what was typed, where they differ."""
    if not theirs:
        return []
    mine = {name: value.replace("\r\n", "\n").strip() for name, value in form.typed().items()}
    names = [name for name in mine if theirs.get(name, "") != mine.get(name, "")]
    return [(str(form.fields[name].label), theirs.get(name, ""), mine.get(name, "")) for name in names]


@page("injury.discharge.submit", methods=("POST",))
def record_drop(request: PortalRequest, record_id: UUID) -> HttpResponseBase:
    entry = _entry(record_id)
    try:
        drop_record(entry, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"已删除一条{entry}")
    return redirect("injury:discharge-node", entry.discharge.admission_id, entry.node)


@page("injury.discharge.submit", methods=("POST",))
def record_copy(request: PortalRequest, record_id: UUID) -> HttpResponseBase:
    """Fill what is empty from the same person's last stay."""
    entry = _entry(record_id)
    try:
        added = copy_from_last(entry, seat=Seat(entry.version), by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        said = (
            f"已从上次就诊复制 {len(added)} 项，请核对是否仍然准确" if added else "没有可补充的内容，已填的不会被覆盖"
        )
        messages.success(request, said)
    return redirect("injury:discharge-record", entry.pk)

"""What is typed on the console's page: as a form or as JSON, kept by every button that is pressed."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import UUID, uuid4

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.access.member import Member, PortalRequest
from portal.gateway.console import texts
from portal.gateway.console.form import built, changed, drawn, field_at, id_of, misfits, steps_of
from portal.gateway.console.lists import latest
from portal.gateway.console.models import ConsoleCall
from portal.gateway.console.picking import Transaction, offered
from portal.gateway.console.services import Kind, complete, faults_of, is_wires_own, manner, new_entry
from portal.gateway.messages import Fault
from portal.gateway.sessions.acts import shown as session_shown

#: Bytes of a file that the console takes: it travels through the form again with every button.
LARGEST = 1024 * 1024


@dataclass(frozen=True)
class Sheet:
    """One transaction as it is typed now. `text` is the JSON as typed, `unreadable` why it cannot be read."""

    kind: Kind
    tree: dict[str, Any]
    mode: str = "form"
    earlier: ConsoleCall | None = None
    form: UUID = field(default_factory=uuid4)
    text: str = ""
    unreadable: str = ""
    misfits: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    checked: bool = False
    focus: str = ""
    member: Member | None = None

    @property
    def json(self) -> str:
        return self.text if self.unreadable or self.text else texts.written(self.tree)


def typed(kind: Kind, request: PortalRequest) -> Sheet:
    """What this request brings; a JSON text that cannot be read stays what it is."""
    post, earlier = request.POST, None
    text = post.get("earlier", "")
    if pk := _uuid(text):
        environment = request.member.institution.environment if request.member.institution else ""
        same = ConsoleCall.objects.filter(environment=environment, gateway=kind.gateway.name, kind=kind.code)
        earlier = same.filter(pk=pk).first()
    form = _uuid(post.get("form", "")) or uuid4()
    now = Sheet(kind, {}, mode="json" if post.get("mode") == "json" else "form", earlier=earlier, form=form)
    now = replace(now, member=request.member)
    if now.mode == "form":
        return _with_files(replace(now, tree=built(kind, post)), post, request)
    source = post.get("json", "").replace("\r\n", "\n")
    try:
        return replace(now, tree=texts.read(source), text=source)
    except texts.Unreadable as fault:
        return replace(now, text=source, unreadable=str(fault))


def _with_files(now: Sheet, post: QueryDict, request: PortalRequest) -> Sheet:
    """Files that were chosen, as Base64 at their place; too large ones are refused."""
    for name, file in request.FILES.items():
        content = cast(Any, file)
        place = name.removeprefix("file:")
        try:
            known = field_at(now.kind, place)
        except LookupError:
            continue
        if known.control != "file":
            continue
        if (content.size or 0) > LARGEST:
            sentence = f"“{known.label}”：接口测试台的文件最大 {LARGEST // 1024 // 1024} MB"
            now = replace(now, misfits=[*now.misfits, sentence])
            continue
        coded = base64.urlsafe_b64encode(content.read()).decode()
        now = replace(now, tree=changed(now.kind, now.tree, "put", place, coded))
    return now


def after(now: Sheet, act: str, place: str) -> Sheet:
    """The sheet after one button: check, format, json, form, add:<place>, remove:<place>."""
    if now.unreadable:
        return now
    if act == "check":
        return replace(now, faults=faults_of(now.kind, whole(now, now.member)), checked=True)
    if act == "format":
        return replace(now, text=texts.written(now.tree))
    if act == "json":
        return replace(now, mode="json", text="")
    if act == "form":
        unfit = misfits(now.kind, now.tree)
        return replace(now, misfits=unfit) if unfit else replace(now, mode="form", text="")
    if act in ("add", "remove") and now.mode == "form":
        return _moved(now, act, place)
    return now


def _moved(now: Sheet, act: str, place: str) -> Sheet:
    """With one group or entry more, or less; what does not exist changes nothing."""
    try:
        known = field_at(now.kind, place)
        entry: Any = new_entry(known.inner) if known.inner else ""
        if act == "add" and known.control == "list":
            entry = [entry]
        tree = changed(now.kind, now.tree, act, place, entry)
    except (LookupError, TypeError):
        return now
    focus = id_of(place)
    if act == "add" and known.control == "list":
        focus = f"{focus}-{_count(tree, place) - 1}"
    return replace(now, tree=tree, focus=focus if act == "add" else "")


def _count(tree: Any, place: str) -> int:
    for step in steps_of(place):
        tree = tree[step]
    return len(tree)


def whole(now: Sheet, member: Member | None) -> dict[str, Any]:
    """The message itself, with what stands behind the marks of an earlier call."""
    return complete(now.tree, now.earlier, member) if member is not None else now.tree


def page_of(request: PortalRequest, now: Sheet) -> HttpResponseBase:
    """The page with everything that was typed, and what was found wrong with it."""
    kind, member = now.kind, request.member
    if now.mode == "form" and not now.misfits and (unfit := misfits(kind, now.tree)):
        now = replace(now, mode="json", misfits=unfit)
    items, extras = drawn(kind, now.tree, now.faults) if now.mode == "form" else ([], [])
    environment = member.institution.environment if member.institution else ""
    note = next((one.note for one in offered(member, name=kind.gateway.name)), "")
    context = {
        "sheet": now,
        "kind": Transaction.of(kind),
        "items": items,
        "extras": extras,
        "manner": manner(kind, member),
        "faults": [(one, id_of(one.where) if now.mode == "form" else "") for one in now.faults],
        "own": is_wires_own(kind),
        "session": session_shown(kind.gateway.name, environment) if is_wires_own(kind) else None,
        "may_sign": member.may("gateway.sessions.manage"),
        "may_use": member.may("gateway.console.use"),
        "note": note,
        "calls": latest(member, kind),
        "rows": max(12, min(32, now.json.count("\n") + 2)) if now.mode == "json" else 0,
    }
    return render(request, "gateway/console/edit.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

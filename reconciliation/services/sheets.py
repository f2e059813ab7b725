"""Decisions by spreadsheet: what is chosen goes out with empty columns, comes back filled in, is shown, then taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.access.member import Member
from portal.access.rows import new_id
from portal.audit import record
from portal.papers.xlsx_reading import Line
from reconciliation.actions import DECISIONS_TAKEN, SHEET_READ
from reconciliation.models import Action, DecisionSheet, Difference
from reconciliation.services.deciding import may_be_proposed, propose
from reconciliation.services.deciding_many import MOST, Taken
from reconciliation.services.refusals import Refused

#: The columns that are read; all others are for people.
KEY, ACTION, REASON = "差异标识", "处理方式", "理由"
HEAD_ROWS = 20
WORDS = {str(action.label): str(action) for action in Action} | {str(action): str(action) for action in Action}


@dataclass(frozen=True)
class Row:
    """One line of the sheet that says something."""

    line: int
    key: str
    action: str
    reason: str


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Lines with a decision, wherever their columns stand; Refused when the columns are missing."""
    head = next((n for n, one in enumerate(lines[:HEAD_ROWS]) if {KEY, ACTION, REASON} <= set(one.values)), None)
    if head is None:
        raise Refused(f"前 {HEAD_ROWS} 行中没有“{KEY}”“{ACTION}”“{REASON}”三列，请用下载的处理表填写", "file")
    places = {name: lines[head].values.index(name) for name in (KEY, ACTION, REASON)}
    found = []
    for one in lines[head + 1 :]:
        key, action, reason = (_text(one.values, places[name]) for name in (KEY, ACTION, REASON))
        if action or reason:
            found.append(Row(one.number, key, action, reason))
    if not found:
        raise Refused(f"没有填写“{ACTION}”的行", "file")
    if len(found) > MOST:
        raise Refused(f"一次最多处理 {MOST:,} 条，请分成几个文件", "file")
    return found


def _text(values: Sequence[Any], place: int) -> str:
    value = values[place] if place < len(values) else None
    text = "" if value is None else str(value).strip()
    return "" if text == "—" else text


def preview(name: str, lines: Sequence[Line], *, by: Member) -> DecisionSheet:
    """Keep the sheet with what each line would do and what is wrong with it; nothing is decided yet."""
    assert by.institution
    rows = rows_of(lines)
    known = _known(rows, by.institution.environment)
    seen: set[str] = set()
    told = [_judged(row, known, seen, by) for row in rows]
    bad = sum(1 for one in told if one["fault"])
    made = DecisionSheet.objects.create(
        environment=by.institution.environment,
        name=name[:200],
        rows=told,
        good=len(told) - bad,
        bad=bad,
        uploaded_by=by.user,
        uploaded_as=by.label[:100],
    )
    record(SHEET_READ, made, by=by, file=made.name, good=made.good, bad=bad)
    return made


def _known(rows: Iterable[Row], environment: str) -> dict[str, Difference]:
    keys = [key for row in rows if (key := _uuid(row.key)) is not None]
    found = Difference.objects.filter(pk__in=keys, environment=environment)
    return {str(one.pk): one for one in found.select_related("entry", "their_row")}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _judged(row: Row, known: dict[str, Difference], seen: set[str], by: Member) -> dict[str, Any]:
    difference, action = known.get(row.key.lower()), WORDS.get(row.action, "")
    fault = ""
    if difference is None:
        fault = "没有这条差异"
    elif row.key.lower() in seen:
        fault = "这条差异在表中出现了两次"
    elif not action:
        fault = f"处理方式应为：{'、'.join(str(one.label) for one in Action)}"
    elif not row.reason:
        fault = "请填写理由"
    else:
        try:
            may_be_proposed(difference, action, by=by)
        except Refused as refusal:
            fault = refusal.sentence
    seen.add(row.key.lower())
    shown = str(difference) if difference else row.key[:60]
    told = {"line": row.line, "difference": row.key[:60], "shown": shown, "action": action, "reason": row.reason[:300]}
    return told | {"label": str(Action(action).label) if action else row.action[:20], "fault": fault}


def take(sheet: DecisionSheet, *, by: Member) -> Taken:
    """Propose what the sheet says, once; lines with faults were shown and are left out."""
    sheet = DecisionSheet.objects.select_for_update().get(pk=sheet.pk)
    if sheet.taken_at is not None:
        raise Refused("这个处理表已经提交过了")
    taken = Taken(batch=new_id())
    known = _known((Row(0, one["difference"], "", "") for one in sheet.rows), sheet.environment)
    for one in sheet.rows:
        if one["fault"]:
            continue
        difference = known[one["difference"].lower()]
        try:
            with transaction.atomic():
                propose(difference, one["action"], reason=one["reason"], by=by, batch=taken.batch)
        except Refused as refusal:
            taken.left.append((difference, refusal.sentence))
        else:
            taken.count += 1
    sheet.taken_at, sheet.batch = timezone.now(), taken.batch
    sheet.save(update_fields=["taken_at", "batch"])
    record(DECISIONS_TAKEN, by=by, what="按处理表提出处理", count=taken.count, how=sheet.name)
    return taken

"""What is shown of a difference: both sides item by item, where to look further, and everything that led there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from portal.ledger.reading import revisions_of
from portal.ledger.remedies import operation_of
from reconciliation.models import Decision, Difference
from reconciliation.services.cases import centres_row

ITEMS = (("total", "医疗费总额"), ("fund", "基金支付"), ("account", "个人账户"), ("cash", "现金支付"))
NAMES = (
    ("setl_id", "结算ID"),
    ("mdtrt_id", "就诊ID"),
    ("msgid", "报文编号"),
    ("settled_at", "结算时间"),
)


@dataclass(frozen=True)
class Side:
    """One item as both books have it; `gap` is ours minus theirs in yuan."""

    label: str
    ours: str
    theirs: str
    gap: Decimal | None = None
    differs: bool = False
    is_amount: bool = False


def sides_of(difference: Difference) -> list[Side]:
    """Amounts first, then numbers and time; what the centre does not tell is empty."""
    ours, theirs, told = difference.entry, centres_row(difference), difference.their_row
    found = []
    for name, label in ITEMS:
        mine, other = (getattr(side, name) if side is not None else None for side in (ours, theirs))
        gap = mine - other if mine is not None and other is not None else None
        if mine is not None or other is not None:
            found.append(Side(label, _yuan(mine), _yuan(other), gap, bool(gap), is_amount=True))
    for name, label in NAMES:
        mine, other = (_text(getattr(side, name)) if side is not None else "" for side in (ours, theirs))
        found.append(Side(label, mine, other, differs=bool(mine and other and mine != other)))
    verdict = "；".join(filter(None, (told.verdict, told.memo))) if told is not None else ""
    if verdict:
        found.append(Side("中心说明", "", verdict))
    return found


def _yuan(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    return str(value or "")


@dataclass(frozen=True)
class Link:
    """Where to look further: the visit, the entry, the operation, the run."""

    label: str
    url: str
    text: str
    tone: str = ""


def links_of(difference: Difference) -> list[Link]:
    """From our side outwards; the business's own page first."""
    entry, found = difference.entry, []
    if entry is not None:
        if entry.page and (url := _url(entry.page, entry.page_key)):
            found.append(Link("业务页面", url, entry.about or entry.number))
        if url := _url("reconciliation:entry-detail", entry.pk):
            found.append(Link("结算账", url, f"{entry.number}（{entry.get_source_display()}）"))
        if (operation := operation_of(entry)) is not None:
            tone = "doubt" if operation.is_doubtful else ""
            found.append(Link("接口业务", reverse("gateway:operation", args=[operation.pk]), operation.title, tone))
    for label, run in (("发现于", difference.run), ("最近对账", difference.last_run)):
        if label == "发现于" or run.pk != difference.run.pk:
            found.append(Link(label, reverse("reconciliation:run-detail", args=[run.pk]), str(run)))
    return found


def _url(name: str, key: Any) -> str:
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:  # brought entries may name a page that there is not
        return ""


@dataclass(frozen=True)
class Event:
    """Something that happened about the difference."""

    at: datetime
    what: str
    who: str = ""
    text: str = ""
    tone: str = ""
    url: str = ""
    link: str = ""


def story_of(difference: Difference) -> list[Event]:
    """Everything in the order in which it happened, the newest first."""
    found = [Event(difference.found_at, "发现差异", "对账", difference.note, difference.tone)]
    for seen in difference.sightings.select_related("run").order_by("seen_at")[1:20]:
        url = reverse("reconciliation:run-detail", args=[seen.run_id])
        found.append(Event(seen.seen_at, "再次对账仍有差异", "对账", "", "", url, str(seen.run)))
    if difference.entry is not None:
        for row in revisions_of(difference.entry)[:20]:
            text = f"{row.total:,.2f} 元，{row.get_standing_display()}"
            found.append(Event(row.written_at, f"结算账第 {row.revision} 版", row.get_source_display(), text))
    for decision in difference.decisions.select_related("operation").defer("operation__request", "operation__reply"):
        found += _decided(decision)
    found += [Event(one.written_at, "备注", one.written_as, one.text) for one in difference.comments.all()]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _decided(decision: Decision) -> list[Event]:
    how = decision.get_action_display()
    found = [Event(decision.proposed_at, f"提出：{how}", decision.proposed_as, decision.reason)]
    if decision.approved_at:
        found.append(Event(decision.approved_at, f"复核通过：{how}", decision.approved_as))
    if decision.ended_at:
        operation = decision.operation
        url = reverse("gateway:operation", args=[operation.pk]) if operation else ""
        state = f"{how}：{decision.get_state_display()}"
        found.append(
            Event(decision.ended_at, state, "", decision.said, decision.tone, url, operation.title if operation else "")
        )
    return found

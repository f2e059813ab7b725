"""All numbers of the interface: what is known of each, and when it was last called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from portal.codes.initials import initials
from portal.gateway.journal.models import Attempt
from portal.gateway.national.classes import DECLARED_ELSEWHERE
from portal.gateway.national.editions import Edition, base
from portal.gateway.national.gateway import NATIONAL

CALLS = {"realtime": "实时", "daily": "定时/每天"}
PRIORITIES = {1: "最优实现", 2: "次级实现", 3: "最后实现", None: "—"}


@dataclass(frozen=True)
class Called:
    """How often a number was called, and when last."""

    count: int
    last: datetime


@dataclass(frozen=True)
class Entry:
    """One number. `known` says where its fields come from: table, extends, own (an edition's), missing."""

    number: str
    name: str
    category: tuple[str, str]
    call: str
    priority: int | None
    known: str
    base: str
    fields: int
    safe: bool
    reversible: bool
    is_changed: bool
    notes: tuple[str, ...]
    called: Called | None = None

    @property
    def known_label(self) -> str:
        return {
            "table": "有字段表",
            "extends": f"同 {self.base}",
            "own": "本省字段表",
            "missing": "缺字段表",
            "clearing": "异地清分",
        }[self.known]

    @property
    def call_label(self) -> str:
        return CALLS[self.call]

    @property
    def priority_label(self) -> str:
        return PRIORITIES[self.priority]

    @property
    def effect_label(self) -> str:
        return "查询" if self.safe else "办理，可冲正" if self.reversible else "办理"

    def matches(self, word: str) -> bool:
        """Whether somebody who typed this word (small letters) may mean this number."""
        return word in self.number.lower() or word in self.name.lower() or word in initials(self.name)


def entries(edition: Edition | None = None, called: Mapping[str, Called] | None = None) -> list[Entry]:
    """Every number in that edition (the base tables), in order."""
    edition = edition or base()
    return [_entry(number, edition, (called or {}).get(number)) for number in edition.numbers()]


def calls_in(environment: str) -> dict[str, Called]:
    """What was called in that environment, by number; inside the door."""
    rows = Attempt.objects.filter(gateway=NATIONAL.name, environment=environment).order_by()
    counted = rows.values_list("kind").annotate(Count("pk"), Max("sent_at"))
    return {kind: Called(count, last) for kind, count, last in counted if last is not None}


def _entry(number: str, edition: Edition, called: Called | None) -> Entry:
    table = edition.table(number)
    before = base().table(number) if number in base().numbers() else None
    known = "table"
    if not table.is_known:
        known = "missing"
    elif before is None or not before.is_known:
        known = "own"
    elif number in DECLARED_ELSEWHERE:
        known = "clearing"
    elif table.base:
        known = "extends"
    return Entry(
        number=number,
        name=table.name,
        category=table.category,
        call=table.call,
        priority=table.priority,
        known=known,
        base=table.base,
        fields=table.count,
        safe=edition.effect(number).safe,
        reversible=number in edition.reversible,
        is_changed=number in edition.own,
        notes=table.notes,
        called=called,
    )

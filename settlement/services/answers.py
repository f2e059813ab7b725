"""An answer as tables with Chinese headings, made from the reply's declaration; personal data masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from portal.codes import code_list
from portal.gateway.messages import item_of
from portal.gateway.messages.masks import group_of, without_identities
from portal.gateway.national import transaction
from portal.gateway.national.columns import Amount
from portal.gateway.national.gateway import Received
from portal.vault.masks import mask_identity, mask_name
from settlement.models import Enquiry
from settlement.rules.questions import is_secret_kind

#: Shown first, where an answer has them.
FIRST = ("psn_name", "psn_no", "certno", "mdtrt_id", "setl_id", "ipt_otp_no", "medfee_sumamt", "med_list_codg")
HIDDEN = "***"


@dataclass(frozen=True)
class AnswerColumn:
    """One item of the declaration as a column."""

    wire: str
    label: str
    kind: str
    codes: str
    secret: bool

    def shown(self, value: Any, *, full: bool) -> str:
        """The value as people read it; what identifies a person only in full when that is allowed."""
        if value in (None, "", []):
            return ""
        if self.secret and not full:
            return masked(self.wire, str(value))
        if self.codes:
            label = code_list(self.codes).label(str(value))
            return label if label == str(value) else f"{value} {label}"
        if self.kind == "money":
            return f"{Decimal(str(value)):,.2f}"
        if isinstance(value, list | dict):
            return "；".join(str(one) for one in value)
        text = str(value)
        return text if full else without_identities(text)


@dataclass(frozen=True)
class AnswerTable:
    """One node of the answer: a list of rows, or one group (`is_list` False). Only columns that say something."""

    title: str
    is_list: bool
    columns: tuple[AnswerColumn, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """A single group as label and value."""
        return [(one.label, value) for one, value in zip(self.columns, self.rows[0], strict=True)] if self.rows else []

    @property
    def lines(self) -> list[list[tuple[AnswerColumn, str]]]:
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


def masked(wire: str, value: str) -> str:
    """What may be shown of something that identifies a person."""
    kind = is_secret_kind(wire)
    return mask_name(value) if kind == "name" else mask_identity(value) if kind == "identity" else HIDDEN


def tables_of(enquiry: Enquiry, *, full: bool = False) -> list[AnswerTable]:
    """Everything that the answer says, node by node; nothing while there is none."""
    if not enquiry.answer:
        return []
    said, edition = enquiry.answer.reveal(), enquiry.params.reveal()["edition"]
    return tables(transaction(enquiry.number, edition).reply(), said, full=full)


def tables(reply: type[BaseModel], said: Mapping[str, Any], *, full: bool) -> list[AnswerTable]:
    """The nodes of an answer in the order of its declaration; fields beside the nodes come first."""
    found, beside = [], []
    for name, info in reply.model_fields.items():
        if name in Received.model_fields:
            continue
        wire, inner = item_of(reply, name).wire, group_of(info.annotation)
        value = said.get(wire)
        if inner is None:
            beside.append(_column(reply, name))
        elif value:
            rows = value if isinstance(value, list) else [value]
            found.append(_table(info.title or "结果", inner, rows, isinstance(value, list), full))
    own = _kept("结果", False, beside, [said], full)
    return [own, *found] if own.rows else found


def _table(title: str, kind: type[BaseModel], rows: Sequence[Any], is_list: bool, full: bool) -> AnswerTable:
    columns = [_column(kind, name) for name in kind.model_fields]
    order = {wire: place for place, wire in enumerate(FIRST)}
    columns.sort(key=lambda one: order.get(one.wire, len(order)))
    return _kept(title, is_list, columns, rows, full)


def _kept(title: str, is_list: bool, columns: Sequence[AnswerColumn], rows: Sequence[Any], full: bool) -> AnswerTable:
    """Without columns that are empty in every row."""
    kept = tuple(one for one in columns if any(row.get(one.wire) not in (None, "", []) for row in rows))
    shown = tuple(tuple(one.shown(row.get(one.wire), full=full) for one in kept) for row in rows) if kept else ()
    return AnswerTable(title, is_list, kept, shown)


def _column(kind: type[BaseModel], name: str) -> AnswerColumn:
    declared, info = item_of(kind, name), kind.model_fields[name]
    amount = info.annotation == (Amount | None)
    return AnswerColumn(declared.wire, declared.label, "money" if amount else "text", declared.codes, declared.secret)

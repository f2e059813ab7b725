"""Records as the tables of the interface declare them: their shape, what is wrong with them, the message they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from portal.gateway.messages import Fault, Request, faults
from portal.gateway.messages.masks import declared_name, group_of
from portal.gateway.national import compose, transaction
from portal.gateway.national.editions import Edition
from portal.gateway.wire.national_content import longest
from settlement.rules.upload_content import INSURED_AT
from settlement.rules.uploads import Kind

#: Faults that are kept beside a record; what is more is counted.
KEPT = 200


@dataclass(frozen=True)
class Wrong:
    """One fault of a record: path under the table's names, label, sentence."""

    where: str
    label: str
    sentence: str

    def kept(self) -> list[str]:
        return [self.where[:300], self.label[:100], self.sentence[:300]]


def shape_of(kind: Kind, edition: Edition, number: str = "") -> type[BaseModel]:
    """The declaration of one record: the whole message, or a row of the list that a message carries.

    LookupError where the edition does not know the number.
    """
    whole = transaction(number or kind.number, edition)
    if not kind.is_row:
        return whole
    found = declared_name(whole, kind.node)
    inner = group_of(whole.model_fields[found].annotation) if found else None
    if inner is None:
        raise LookupError(f"{kind.number} has no list {kind.node}")
    return inner


def message(
    number: str, kind: Kind, records: Sequence[Mapping[str, Any]], edition: Edition, insured_at: str
) -> Request[Any]:
    """The checked request that carries these records; ValidationError with everything that is wrong."""
    if not kind.is_row:
        return compose(number, _whole(records[0]), edition=edition, insured_at=insured_at)
    rows: Any = list(records) if number == kind.number else dict(records[0])
    return compose(number, {kind.node: rows}, edition=edition, insured_at=insured_at)


def _whole(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != INSURED_AT}


def wrong_with(kind: Kind, record: Mapping[str, Any], edition: Edition, insured_at: str) -> list[Wrong]:
    """Everything that is wrong with one record by the declaration, in its own paths; empty when it may go."""
    try:
        message(kind.number, kind, [record], edition, insured_at)
    except ValidationError as error:
        return wrongs(kind, faults(error, transaction(kind.number, edition)))
    return []


def room_of(kind: Kind) -> int:
    """Characters of records that one message may carry: its input has a longest length, and something around them."""
    return int(longest(kind.number) * 0.9)


def too_large(kind: Kind, length: int) -> list[Wrong]:
    """A record that no message can carry."""
    if length <= room_of(kind):
        return []
    return [Wrong("", "大小", f"内容有 {length:,} 个字符，超过接口一条报文的上限 {room_of(kind):,} 个，请减少内容")]


def wrongs(kind: Kind, found: Sequence[Fault]) -> list[Wrong]:
    """Faults of a message as those of its (first) record."""
    return [Wrong(_own(kind, one), one.label, one.sentence) for one in found]


def _own(kind: Kind, fault: Fault) -> str:
    prefix = f"{kind.node}[0]."
    return fault.where.removeprefix(prefix) if kind.is_row else fault.where

"""A gateway as the declarations see it: its name, its wire kind, and what counts as a definite refusal there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

_GATEWAYS: dict[str, Gateway] = {}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One code that proves a request had no effect.

    `transactions` limits it to those transactions; empty means all of the gateway. `clause` is where the
    specification says so, `next_step` what the clerk does now. A message that contains one of the words `unless` (small
    letters) proves nothing: something between the gateway and the business got lost. `text` is what the specification
    says, for a reply that brings no words of its own.
    """

    code: str
    sentence: str
    clause: str
    next_step: str
    transactions: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    text: str = ""

    def of(self, message: str) -> Refusal:
        """With the gateway's `message` in its sentence, where it has a place for it."""
        if "{message}" not in self.sentence:
            return self
        said = message.strip().rstrip("。") or self.text or "没有说明"
        return replace(self, sentence=self.sentence.replace("{message}", said))


@dataclass(frozen=True, eq=False)
class Gateway:
    """One kind of outside system. Declaring a second one of the same name raises TypeError.

    `wire` names the composition of codec, seal and transport (`portal.gateway.wire`). `explained` are documented codes
    that prove nothing, with what people should read about them. `subjects` are names on the wire of items that name the
    business object a message is about (an admission's number): the exchange log is searched by them.
    """

    name: str
    title: str
    wire: str
    refusals: Mapping[str, Refusal] = field(default_factory=dict, repr=False)
    explained: Mapping[str, Refusal] = field(default_factory=dict, repr=False)
    subjects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if _GATEWAYS.setdefault(self.name, self) is not self:
            raise TypeError(f"gateway {self.name} is declared twice")
        object.__setattr__(self, "refusals", MappingProxyType(dict(self.refusals)))

    def refusal(self, code: str, transaction: str, message: str = "") -> Refusal | None:
        """The definite refusal that `code` means for `transaction`, or None: then the outcome is unknown.

        `{message}` in its sentence is replaced by the gateway's `message`.
        """
        found = self.refusals.get(code)
        if found is None or (found.transactions and transaction not in found.transactions):
            return None
        said = message.lower()
        if any(word in said for word in found.unless):
            return None
        return found.of(message)

    def lane(self, request: Any) -> str:
        """Which of the gateway's sessions carries out this request; each takes one changing call at a time."""
        return ""


def gateway(name: str) -> Gateway:
    """The declared gateway; LookupError if there is none of that name."""
    try:
        return _GATEWAYS[name]
    except KeyError:
        raise LookupError(f"no gateway is called {name}") from None


def gateways() -> tuple[Gateway, ...]:
    """All declared gateways, by name."""
    return tuple(_GATEWAYS[name] for name in sorted(_GATEWAYS))


def load_refusals(path: Path) -> dict[str, Refusal]:
    """Read a definite-reject list (`{"kind": "refusals", "refusals": [...]}`); ValueError on a repeated code."""
    listed: Iterable[dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))["refusals"]
    found: dict[str, Refusal] = {}
    for row in listed:
        transactions, unless = row.get("transactions", ()), row.get("unless", ())
        if not isinstance(transactions, list | tuple) or not isinstance(unless, list | tuple):
            raise ValueError(f"{path.name}: transactions and unless of {row['code']} must be lists")
        refusal = Refusal(
            code=str(row["code"]),
            sentence=str(row["sentence"]),
            clause=str(row["clause"]),
            next_step=str(row["next_step"]),
            transactions=tuple(str(name) for name in transactions),
            unless=tuple(str(word).lower() for word in unless),
        )
        if found.setdefault(refusal.code, refusal) is not refusal:
            raise ValueError(f"{path.name}: {refusal.code} is listed twice")
    return found

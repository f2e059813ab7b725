"""The content of a collected record: its names as declared, its business key, its digest. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from portal.gateway.console.fields import fields_of
from settlement.rules.uploads import Kind

#: Where the insured's region may stand beside a record's own items.
INSURED_AT = "insuplc_admdvs"
#: A record whose key nobody can tell is kept under its content.
UNKNOWN = "?"


@dataclass(frozen=True)
class Identity:
    """What a record is called by; `lacks` names the items of its key that are missing."""

    key: str
    reference: str
    label: str
    mdtrt_id: str
    setl_id: str
    lacks: tuple[str, ...] = ()


def tidied(model: type[BaseModel] | None, tree: Any) -> Any:
    """Names as they are declared whatever the case of their letters, without what is empty; exact numbers as text."""
    if isinstance(tree, Mapping):
        known = {one.wire.lower(): one for one in fields_of(model)} if model else {}
        found: dict[str, Any] = {}
        for name, value in tree.items():
            declared = known.get(str(name).lower())
            inner = tidied(declared.inner if declared else None, value)
            if inner not in (None, "", {}, []):
                found[declared.wire if declared else str(name)] = inner
        return found
    if isinstance(tree, list | tuple):
        return [inner for one in tree if (inner := tidied(model, one)) not in (None, "", {})]
    return f"{tree:f}" if isinstance(tree, Decimal) else tree


def digest_of(tree: Any) -> tuple[str, int, int]:
    """SHA-256 of the content, and how many bytes and characters it has as JSON."""
    text = json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    packed = text.encode()
    return hashlib.sha256(packed).hexdigest(), len(packed), len(text)


def items_of(kind: Kind, tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """The items that the key is made of: a row itself, the kind's node, or its first row."""
    if kind.is_row or not kind.node:
        return tree
    node = tree.get(kind.node)
    if isinstance(node, list):
        node = node[0] if node else {}
    if not isinstance(node, Mapping) or not node:  # an emergency without an operation has its rescue only
        others = (one[0] if isinstance(one, list) and one else one for one in tree.values())
        node = next((one for one in others if isinstance(one, Mapping)), {})
    return node


def identity_of(kind: Kind, tree: Mapping[str, Any], digest: str) -> Identity:
    """The record's key and what lists show of it.

    The first item of the key must be there, and one of the others where there are others: otherwise two records could
    be taken for one.
    """
    items = items_of(kind, tree)
    parts = [_text(items.get(name)) for name in kind.key]
    lacks = [] if parts[0] else [kind.key[0]]
    if len(parts) > 1 and not any(parts[1:]):
        lacks += kind.key[1:]
    label = next((_text(items.get(name)) for name in kind.label if _text(items.get(name))), "")
    return Identity(
        key=f"{UNKNOWN}{digest[:40]}" if lacks else "/".join(parts)[:200],
        reference=_text(items.get(kind.reference))[:100],
        label=label[:200],
        mdtrt_id=_text(items.get("mdtrt_id"))[:30],
        setl_id=_text(items.get("setl_id"))[:30],
        lacks=tuple(lacks),
    )


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""


def names_a_person(tree: Any) -> bool:
    """Whether a psn_no is sent: then the envelope must say where that person is insured."""
    if isinstance(tree, Mapping):
        return bool(tree.get("psn_no")) or any(names_a_person(one) for one in tree.values())
    return isinstance(tree, list) and any(names_a_person(one) for one in tree)

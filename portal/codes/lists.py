"""Reading, keeping and asking code lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from portal.codes.initials import initials

_LISTS: dict[str, CodeList] = {}
#: What people call a scope that is no business.
_SCOPES: dict[str, str] = {}
#: Lists that are not everybody's: variants of one region, found by their whole name only.
_VARIANTS: dict[str, CodeList] = {}


@dataclass(frozen=True, slots=True)
class Code:
    """One entry. `region` and the dates are empty when it holds everywhere and always; both dates count."""

    code: str
    label: str
    region: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def matches(self, word: str) -> bool:
        """Whether a person who typed this word (small letters) may mean this code: code, label or pinyin initials."""
        return self.code.lower().startswith(word) or word in self.label.lower() or word in initials(self.label)

    def holds(self, on: date, region: str = "") -> bool:
        """Whether the code may be used on that day in that region."""
        return (
            (not self.region or not region or region == self.region)
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_to is None or on <= self.valid_to)
        )


@dataclass(frozen=True)
class CodeList:
    """A dictionary of codes; `source` is the clause it was taken from."""

    scope: str
    name: str
    title: str
    source: str
    codes: Mapping[str, Code] = field(repr=False)

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def __len__(self) -> int:
        return len(self.codes)

    def label(self, code: str) -> str:
        """The label; an unknown code is its own label, so that nothing disappears from a screen."""
        return self.codes[code].label if code in self.codes else code

    def choices(self) -> list[tuple[str, str]]:
        """(code, label) in the order of the specification, for forms and filters."""
        return [(one.code, one.label) for one in self.codes.values()]


def name_scope(scope: str, title: str) -> None:
    """Say what people call a scope that is no business of its own."""
    _SCOPES[scope] = title


def code_scopes() -> dict[str, str]:
    """Scopes that are no business, with what people call them."""
    return dict(_SCOPES)


def load(folder: Path) -> None:
    """Register every code list of a folder, files of one list ("codes") and of many ("code-lists"); files of another
    kind are left to their readers.

    ValueError when a file is not what it should be or a code or list comes twice. Loading the same folder again
    changes nothing.
    """
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for found in _lists(path, content):
            key = f"{found.scope}.{found.name}"
            if _LISTS.setdefault(key, found) != found:
                raise ValueError(f"{path.name}: the code list {key} exists already")


def code_list(name: str) -> CodeList:
    """The list called `<scope>.<name>`, or `<name>` while it is unique; LookupError otherwise."""
    if found := _LISTS.get(name) or _VARIANTS.get(name):
        return found
    matching = [key for key in _LISTS if key.partition(".")[2] == name]
    if len(matching) == 1:
        return _LISTS[matching[0]]
    raise LookupError(f"code list {name}: " + (f"one of {', '.join(matching)}?" if matching else "unknown"))


def keep_variant(variant: CodeList) -> str:
    """Make a region's own variant of a list known under its whole name, which is returned; the scope tells variants
    apart. ValueError when another one has that name."""
    key = f"{variant.scope}.{variant.name}"
    if key in _LISTS or _VARIANTS.setdefault(key, variant) != variant:
        raise ValueError(f"the code list {key} exists already")
    return key


def code_lists() -> tuple[CodeList, ...]:
    """All loaded lists, by scope and name."""
    return tuple(_LISTS[key] for key in sorted(_LISTS))


def _lists(path: Path, content: dict[str, Any]) -> list[CodeList]:
    if content.get("kind") == "codes":
        return [_read(path, content)]
    if content.get("kind") != "code-lists":
        return []
    shared = {"scope": content["scope"], "source": content["source"]}
    return [
        _read(path, {**shared, "name": name, "title": one["title"], "codes": _rows(one["codes"])})
        for name, one in content["lists"].items()
    ]


def _rows(codes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"code": code, "label": label} for code, label in codes.items()]


def _read(path: Path, content: dict[str, Any]) -> CodeList:
    codes: dict[str, Code] = {}
    for row in content["codes"]:
        one = Code(
            code=row["code"],
            label=row["label"],
            region=row.get("region", ""),
            valid_from=_day(row.get("valid_from")),
            valid_to=_day(row.get("valid_to")),
        )
        if not all(isinstance(row[name], str) and row[name] for name in ("code", "label")):
            raise ValueError(f"{path.name}: code and label must be text")
        if codes.setdefault(one.code, one) is not one:
            raise ValueError(f"{path.name}: {one.code} is listed twice")
    if not codes:
        raise ValueError(f"{path.name}: the list is empty")
    return CodeList(content["scope"], content["name"], content["title"], content["source"], MappingProxyType(codes))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

"""What a file that waits to be used would change: the first rows of each kind, with the value before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from injury.models import CatalogueFile, CatalogueItem, CatalogueLine, FileKind, Finding, Mapping, MappingLine
from injury.services.catalogue_import import COMPARED, concerned, gone
from injury.services.mapping import newest_versions

#: Rows of each kind that are shown.
FIRST = 20
#: What a person compares in a mapping.
OWN = ("own_name", "own_price", "specification", "centre_code", "version", "category", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Change:
    """A row and what is different in it: (label, before, after)."""

    row: Any
    differences: list[tuple[str, str, str]]


def preview_of(file: CatalogueFile) -> dict[str, Any]:
    """The first rows by what using the file would do; a fixed number of statements."""
    if file.kind == FileKind.MAPPINGS:
        return _of_mappings(file)
    lines = CatalogueLine.objects.filter(file=file).order_by("number")
    changed = list(lines.filter(finding=Finding.CHANGED)[:FIRST])
    newer = list(lines.filter(finding=Finding.VERSION)[:FIRST])
    same = CatalogueItem.objects.filter(environment=file.environment, code__in=[line.code for line in changed])
    before = {(one.code, one.version): one for one in same}
    newest = newest_versions([line.code for line in newer], file.environment)
    return {
        "changed": [
            Change(line, differences(before.get((line.code, line.version)), line, COMPARED)) for line in changed
        ],
        "newer": [Change(line, differences(newest.get(line.code), line, ("version", *COMPARED))) for line in newer],
        "gone": list(gone(file).order_by("code")[:FIRST]),
        "expired": list(
            lines.filter(valid_to__lt=timezone.localdate()).exclude(finding=Finding.OLDER)[:FIRST],
        ),
        "mappings": list(concerned(file).order_by("own_code")[:FIRST]),
    }


def _of_mappings(file: CatalogueFile) -> dict[str, Any]:
    lines = MappingLine.objects.filter(file=file).select_related("item").order_by("number")
    changed = list(lines.filter(finding=Finding.CHANGED)[:FIRST])
    codes = [line.own_code for line in changed]
    same = Mapping.objects.filter(environment=file.environment, own_code__in=codes)
    known = {(one.own_code, one.kind): one for one in same}
    return {
        "changed": [Change(line, differences(known.get((line.own_code, line.kind)), line, OWN)) for line in changed],
        "new": list(lines.filter(finding=Finding.NEW)[:FIRST]),
    }


def differences(before: Any, after: Any, names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Label, old value and new value of every item that is not the same in both rows."""
    if before is None:
        return []
    return [
        (str(after._meta.get_field(name).verbose_name), _said(before, name), _said(after, name))
        for name in names
        if getattr(before, name) != getattr(after, name)
    ]


def _said(row: Any, name: str) -> str:
    value = getattr(row, f"{name}_label", None) or getattr(row, name)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "无" if value in (None, "") else str(value)

"""Writing down that a paper left the portal."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol

from clearing.models import PrintedPaper, Scope
from clearing.services.printing_content import LINE, digest_of_all, digests
from portal.access.member import Member


class Made(Protocol):
    """What is asked of a paper; clearing.papers.Paper has it."""

    @property
    def kind(self) -> Any: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def providers(self) -> Sequence[str]: ...
    @property
    def groups(self) -> Iterable[Any]: ...
    @property
    def count(self) -> int: ...
    @property
    def payable(self) -> Decimal: ...


def note_printed(paper: Made, fmt: str, *, by: Member, is_bound: bool = False) -> PrintedPaper | None:
    """Keep which paper of whom was made, when, by whom and with what on it; inside the institution's door.

    None for rows that somebody ticked: they are no paper of a scope, whatever they look like.
    """
    if getattr(paper, "is_chosen", False):
        return None
    return PrintedPaper.objects.create(made_by=by.user, **print_of(paper, fmt, by.label, is_bound=is_bound))


def print_of(paper: Made, fmt: str, made_as: str, *, is_bound: bool) -> dict[str, Any]:
    """What is kept of a print but its maker's account; plain values."""
    fields = LINE[paper.kind.name]
    rows = [line.row for group in paper.groups for line in group.lines]
    parts = digests(tuple(getattr(row, name) for name in fields) for row in rows)
    changed = [at for row in rows for at in (row.fetched_at, getattr(row, "state_at", None)) if at]
    scope = paper.scope
    return {
        **scope.fields(),
        "agency": scope.agency,
        "paper": paper.kind.name,
        "provider_code": paper.providers[0] if len(paper.providers) == 1 else "",
        "format": fmt,
        "is_bound": is_bound,
        "count": paper.count,
        "providers": len(parts),
        "total": paper.payable,
        "content_hash": digest_of_all(parts),
        "parts": parts,
        "data_at": max(changed, default=None),
        "made_as": made_as[:100],
    }

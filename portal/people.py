"""People who were read at a desk, handed from the business that read them to the form of another one.

No number of a person travels in an address: it names the source and the row (`?handed=reading:<id>`), which stays
sealed where it is. Businesses do not know each other: the reader registers a source, the others their forms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from portal.access.member import Member


@dataclass(frozen=True)
class PersonHanded:
    """What a form may be filled with."""

    name: str = field(repr=False)
    document: str = field(repr=False)
    card_no: str = field(default="", repr=False)
    card_code: str = field(default="", repr=False)


class Source(Protocol):
    """The person of a row; None when there is none, or this member may not see it. Inside the door."""

    def __call__(self, row: str, /, *, by: Member, whom: str) -> PersonHanded | None: ...


@dataclass(frozen=True)
class Form:
    """A page that takes a person: the name of its address, what its button says, who may open it."""

    page: str
    label: str
    permission: str


_sources: dict[str, Source] = {}
_forms: list[Form] = []


def register_source(name: str, find: Source) -> None:
    """Whose rows `?handed=<name>:<id>` names; TypeError when the name is taken."""
    if _sources.setdefault(name, find) is not find:
        raise TypeError(f"people of {name} are told by somebody else already")


def register_form(page: str, label: str, permission: str) -> None:
    """A page that reads `?handed=`; its button stands where somebody was read."""
    form = Form(page, label, permission)
    if form not in _forms:
        _forms.append(form)


def handed_on(name: str, row: object, by: Member) -> list[tuple[str, str]]:
    """(address, label) of every form that this member may take the person to."""
    found = []
    for form in _forms:
        if by.may(form.permission):
            try:
                found.append((f"{reverse(form.page)}?handed={name}:{row}", form.label))
            except NoReverseMatch:
                continue
    return found


def handed(given: str, *, by: Member, whom: str) -> PersonHanded | None:
    """The person that `?handed=` names; None for anything else. `whom`: for which form, as the log says it."""
    name, _, row = given.partition(":")
    try:
        UUID(row)
    except ValueError:
        return None
    find = _sources.get(name)
    return find(row, by=by, whom=whom) if find else None

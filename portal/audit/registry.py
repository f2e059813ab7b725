"""Declared actions: one line each in every room's own actions.py; a duplicate or a malformed one fails at import."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import Formatter

#: Placeholders that record() fills itself: the object's label, and the changed fields.
GIVEN = frozenset({"object", "changes"})
#: Names of record()'s own arguments, which no detail can have.
TAKEN = frozenset({"obj", "by"})

#: How an action ended, by the last word of its name; every other word says that it was done.
DONE, REFUSED, DOUBT = "已办理", "未通过", "待确认"
RESULTS = {
    **dict.fromkeys(("refused", "rejected", "locked", "undone", "broken"), REFUSED),
    **dict.fromkeys(("in_doubt", "given_to_people", "recovered", "unapplied"), DOUBT),
}

_declared: dict[str, "Action"] = {}


@dataclass(frozen=True)
class Action:
    """Something that happened, by name (`clearing.rows.verified`, past tense), and the sentence an auditor reads.

    `{placeholders}` of the sentence are details that record() demands; `{object}` is the object's label and `{changes}`
    the changed fields. Raises ValueError for a second action of that name or a placeholder that is not a plain name.
    """

    name: str
    template: str
    #: What lists and filters call it, where the sentence's own beginning would not do.
    short: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", self.name):
            raise ValueError(f"action {self.name!r} should look like clearing.rows.verified")
        if not self.template.strip():
            raise ValueError(f"action {self.name!r} needs a sentence")
        for _, placeholder, spec, conversion in Formatter().parse(self.template):
            if placeholder is None:
                continue
            if not placeholder.isidentifier() or spec or conversion or placeholder in TAKEN:
                raise ValueError(f"action {self.name!r}: {{{placeholder}}} is not a plain detail name")
        if _declared.setdefault(self.name, self) is not self:
            raise ValueError(f"action {self.name!r} is declared twice")

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(name for _, name, _, _ in Formatter().parse(self.template) if name)

    @property
    def label(self) -> str:
        """The kind of action for lists and filters: `short`, or the sentence's first clause without its particulars."""
        clause = re.split("[，：]", re.sub(r"（[^）]*\{\w+\}[^）]*）", "", self.template))[0]
        return self.short or re.sub(r"\s*[“]?\{\w+\}[”]?\s*", "…", clause).strip("… ") or self.name

    @property
    def result(self) -> str:
        """已办理, 未通过 or 待确认."""
        return RESULTS.get(self.name.rpartition(".")[2], DONE)

    def check(self, details: Collection[str], *, has_object: bool, has_changes: bool) -> None:
        """Raise TypeError naming the placeholders of the sentence that nothing was given for."""
        given = {*details, *(["object"] if has_object else []), *(["changes"] if has_changes else [])}
        missing = sorted(self.placeholders - given)
        if missing:
            raise TypeError(f"action {self.name} needs {', '.join(missing)}")

    def sentence(self, values: Mapping[str, str]) -> str:
        """The sentence with these values; what is missing (an older record) shows as a dash."""
        return "".join(
            text + ("" if name is None else values.get(name, "—"))
            for text, name, _, _ in Formatter().parse(self.template)
        )

    def __str__(self) -> str:
        return self.name


def action(name: str) -> Action:
    """The declared action; raises LookupError for a name nobody declared."""
    try:
        return _declared[name]
    except KeyError:
        raise LookupError(f"no action {name!r} is declared") from None


def declared_actions() -> tuple[Action, ...]:
    return tuple(_declared[name] for name in sorted(_declared))

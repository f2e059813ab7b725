"""What one step found: a verdict, a sentence, what to do, and the figures that show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`warn`: it works, somebody should look; `skipped`: there is nothing to check, or nothing to check it with."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """`next_step` is empty when there is nothing to do; `figures` are (label, value) pairs, never secrets or people.

    `field` is the channel's setting to look at; `msgids` are the messages that were sent for it.
    """

    verdict: Verdict
    sentence: str
    next_step: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    field: str = ""
    msgids: tuple[str, ...] = ()


def good(sentence: str, *figures: tuple[str, str], msgids: tuple[str, ...] = ()) -> Finding:
    return Finding(Verdict.GOOD, sentence, figures=figures, msgids=msgids)


def warn(sentence: str, next_step: str, *figures: tuple[str, str], field: str = "") -> Finding:
    return Finding(Verdict.WARN, sentence, next_step, figures, field)


def bad(
    sentence: str, next_step: str, *figures: tuple[str, str], field: str = "", msgids: tuple[str, ...] = ()
) -> Finding:
    return Finding(Verdict.BAD, sentence, next_step, figures, field, msgids)


def skipped(sentence: str, next_step: str = "") -> Finding:
    return Finding(Verdict.SKIPPED, sentence, next_step)

"""What a case is: the work, the reference it is measured against, and the aim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class Seconds(float):
    """What a work measured itself, where its whole time is not the figure: a percentile."""


@dataclass(frozen=True)
class Case:
    """One line of the table in design 6.

    `ours` and `reference` do the work once and may return a number of things done: `rate` is then printed; or the
    Seconds they measured themselves. `prepare`
    runs before the clock starts, in the same fresh process. `repeats` makes short work measurable; seconds are per
    repeat. Aims: `ratio` (ours / reference, at most), `peak_mb` (of our process, at most), `rate` (things per second,
    at least).
    """

    name: str
    work: str
    against: str
    ours: Callable[[], int | Seconds | None]
    reference: Callable[[], int | Seconds | None] | None = None
    prepare: Callable[[], object] | None = None
    repeats: int = 1
    ratio: float | None = None
    peak_mb: float | None = None
    rate: float | None = None


@dataclass(frozen=True)
class Run:
    """One measured run in a process of its own."""

    seconds: float
    peak_mb: float
    count: int | None


@dataclass(frozen=True)
class Result:
    """Medians of the runs of one case."""

    case: Case
    ours: float
    reference: float | None
    peak_mb: float
    rate: float | None

    @property
    def ratio(self) -> float | None:
        """ours / reference."""
        return self.ours / self.reference if self.reference else None

    def missed(self) -> list[str]:
        """The aims that were missed, in words."""
        found = []
        if self.case.ratio is not None and (self.ratio is None or self.ratio > self.case.ratio):
            found.append(f"ratio above {self.case.ratio:.4f}")
        if self.case.peak_mb is not None and self.peak_mb > self.case.peak_mb:
            found.append(f"peak above {self.case.peak_mb:.0f} MB")
        if self.case.rate is not None and (self.rate is None or self.rate < self.case.rate):
            found.append(f"rate below {self.case.rate:.0f}/s")
        return found

    def line(self) -> str:
        """`<case> ours=<s> reference=<s> ratio=<r> peak_mb=<n>`."""
        parts = [self.case.name, f"ours={self.ours:.4f}"]
        if self.reference is not None and self.ratio is not None:
            parts += [f"reference={self.reference:.4f}", f"ratio={self.ratio:.4f}"]
        if self.rate is not None:
            parts.append(f"rate={self.rate:.0f}")
        return " ".join([*parts, f"peak_mb={self.peak_mb:.0f}"])

"""The papers of one institution as people read them, and those of the institution itself for its dashboard (3.3)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from clearing import rules
from clearing.models import ClearingRow, DuePapers, PaperState, RowState, Scope
from clearing.models.printed import PAPERS
from clearing.services.printing import reckoned
from portal.access.member import Member
from portal.codes import code_list

TONES = {"printed": "good", "waiting": "brand", "outdated": "warn", "lacking": "warn", "superfluous": "bad"}


@dataclass(frozen=True)
class ShownPaper:
    """One paper of one institution."""

    name: str
    title: str
    state: str
    label: str
    tone: str
    why: str
    count: int
    amount: Decimal | None
    by: str = ""
    at: datetime | None = None
    format: str = ""

    @property
    def is_due(self) -> bool:
        return self.state not in ("", PaperState.SPARE, PaperState.SUPERFLUOUS)


def shown_papers(row: DuePapers) -> list[ShownPaper]:
    """All four, in binding order."""
    return [_shown(row, paper) for paper in rules.PAPERS]


def _shown(row: DuePapers, paper: str) -> ShownPaper:
    state, told = row.state_of(paper), row.told(paper)
    at = datetime.fromisoformat(told["at"]) if "at" in told else None
    return ShownPaper(
        paper,
        PAPERS[paper],
        str(state),
        str(state.label),
        TONES.get(state, ""),
        told.get("why", ""),
        told.get("count", 0),
        Decimal(told["amount"]) if "amount" in told else None,
        told.get("by", ""),
        at,
        str(told.get("format", "")).upper(),
    )


@dataclass(frozen=True)
class OwnDue:
    """What the own institution has to print of one insurance."""

    scope: Scope
    row: DuePapers
    papers: list[ShownPaper]
    url: str


def own_due(by: Member) -> list[OwnDue]:
    """The own institution in the newest year that has its rows, one entry an insurance; empty when it has none."""
    assert by.institution
    mine: Any = ClearingRow.objects.filter(
        environment=by.institution.environment, provider_code=by.institution.code
    ).exclude(state=RowState.REVOKED)
    year = mine.order_by("-year").values_list("year", flat=True).first()
    if year is None:
        return []
    has = set(mine.filter(year=year).values_list("insurance", flat=True))
    found = []
    for insurance, _ in code_list("clearing.aka080").choices():
        if insurance not in has:
            continue
        scope = Scope(str(by.institution.environment), year, insurance)
        row = reckoned(scope, by=by).filter(is_own=True).first()
        if row:
            query = urlencode({"year": year, "insurance": insurance, "note": "own"})
            papers = [one for one in shown_papers(row) if one.state and one.state != PaperState.SPARE]
            found.append(OwnDue(scope, row, papers, f"{reverse('clearing:due-papers')}?{query}"))
    return found

"""Comparing a run's two books: narrowed as streams, explained by the rules, kept as differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from portal.gateway.errors import GatewayError
from portal.gateway.national import current_edition
from portal.ledger.centre import Asking, CentreFacts, centre_book_of
from portal.ledger.facts import Span
from portal.ledger.reading import entries_between
from reconciliation.models import Difference, DifferenceKind, DifferenceState, Outcome, RawFile, Run
from reconciliation.rules import DOUBTFUL, PENDING, SETTLED, Found, Line, compare
from reconciliation.services.detail_files import columns_of
from reconciliation.services.narrowing import Narrowed, Row, narrow
from reconciliation.services.our_lines import beside, entries_of, line_of_entry, named, outside, siblings
from reconciliation.services.result_files import read_result, results
from reconciliation.services.storing import Covered, close_gone, store
from reconciliation.services.their_sums import TheirSums, sums_of_files, sums_of_lines
from reconciliation.services.totals import Means


class NoBook(Exception):
    """The centre's side of a gateway could not be read; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Compared:
    """What a comparison came to: lines on each side, those that agree, and the differences by kind."""

    ours: int = 0
    theirs: int = 0
    agreed: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    gaps: dict[str, Decimal] = field(default_factory=dict)
    gone: int = 0
    note: str = ""
    sums: TheirSums | None = None

    @property
    def exceptions(self) -> int:
        return sum(count for kind, count in self.kinds.items() if kind != DifferenceKind.PENDING)

    def as_json(self) -> dict[str, Any]:
        """As `Run.counts` keeps it."""
        kinds = {kind: {"count": count, "total": f"{self.gaps[kind]:.2f}"} for kind, count in self.kinds.items()}
        told = {"ours": self.ours, "theirs": self.theirs, "agreed": self.agreed, "gone": self.gone}
        return {"kinds": kinds, **told, "note": self.note}


def compare_run(run_id: UUID) -> Compared:
    """Lay the result files of the run's round beside our entries; inside the door, no gateway is called.

    Raises narrowing.TooMany when the books are not of the same days or scope.
    """
    run = Run.objects.get(pk=run_id)
    edition = current_edition(run.environment)
    columns = columns_of(edition, "output")
    files = [_narrowed(run, file, columns, frozenset(edition.balanced)) for file in results(run.pk, run.round)]
    return replace(compare_files(run, files), sums=sums_of_files(run, files))


@dataclass
class File:
    """One result file, narrowed: what it is about and what is left of it."""

    about: Covered
    left: Narrowed

    @property
    def scope(self) -> tuple[str, str]:
        return self.about.clr_type, self.about.clr_optins


def _narrowed(run: Run, file: RawFile, columns: Sequence[str], agreeing: frozenset[str]) -> File:
    content, span = file.bytes, Span(run.environment, file.begin, file.end)
    entries = entries_between(span, family=run.family, clr_type=file.clr_type, clr_optins=file.clr_optins)
    left = narrow(entries, lambda: read_result(content, columns), agreeing=agreeing)
    return File(Covered(file.clr_type, file.clr_optins, file.begin, file.end), left)


def compare_files(run: Run, files: Sequence[File]) -> Compared:
    """Explain and keep what is left of a round's files."""
    span = Span(run.environment, run.begin, run.end)
    theirs, rows = _their_lines(files)
    scopes = {one.scope for one in files}
    found = list(_explained(span, run.family, [pk for one in files for pk in one.left.suspects], theirs, rows, scopes))
    seen = store(run, found, rows)
    counted = Compared(
        ours=sum(one.left.ours for one in files),
        theirs=sum(one.left.theirs for one in files),
        agreed=sum(one.left.agreed for one in files),
        gone=close_gone(run, seen, [one.about for one in files]),
        note="" if all(one.left.is_complete for one in files) else "中心的结果文件只列出不一致的记录",
    )
    return _counted(counted, found)


def _their_lines(files: Sequence[File]) -> tuple[list[Line], dict[int, Row]]:
    """The centre's lines of all files, numbered on, each with the scope of its file; and the rows as they came."""
    lines: list[Line] = []
    rows: dict[int, Row] = {}
    before = 0
    for one in files:
        for line, row in one.left.lines:
            place = before + int(line.ref)
            lines.append(line._replace(ref=place, clr_type=one.about.clr_type, clr_optins=one.about.clr_optins))
            rows[place] = row
        before += one.left.theirs
    return lines, rows


def _explained(
    span: Span,
    family: str,
    suspects: Sequence[UUID],
    theirs: Sequence[Line],
    rows: dict[int, Row],
    scopes: set[tuple[str, str]] | None,
) -> Iterable[Found]:
    """The rules over what is left, with what lies beside it: other days, other scopes, what it is a second one of."""
    entries = entries_of(suspects)
    nameless = [(one, rows.get(one.ref, ())) for one in theirs if one.is_echo and not one.names]
    if nameless:
        about = named(nameless, {one.ref: _person(row) for one, row in nameless}, entries)
        theirs = [one._replace(number=about[one.ref].number) if one.ref in about else one for one in theirs]
    ours = [line_of_entry(one) for one in entries]
    theirs = list(theirs)
    for entry in beside(theirs, span, family, suspects):
        line = line_of_entry(entry, outside(entry, span, scopes))
        ours.append(line)
        if not line.outside and line.standing == SETTLED:  # it agrees with a line that was put aside
            theirs.append(line._replace(ref=None, number="", standing=SETTLED))
    known = siblings([one for one in theirs if one.ref is not None], span, family)
    theirs = [_with_sibling(one, known) for one in theirs]
    return compare(ours, theirs, begins_at=span.begins_at, ends_at=span.ends_at)


def _person(row: Row) -> str:
    return row[0].strip() if row else ""


def _with_sibling(line: Line, known: dict[tuple[str, bool, str], str]) -> Line:
    if line.total is None or not line.mdtrt_id:
        return line
    number = known.get((line.mdtrt_id, line.is_refund, f"{line.total:.2f}"), "")
    return line._replace(sibling=number) if number else line


def _counted(compared: Compared, found: Iterable[Found]) -> Compared:
    kinds: Counter[str] = Counter()
    gaps: Counter[str] = Counter()
    for one in found:
        kinds[str(one.kind)] += 1
        gaps[str(one.kind)] += one.gap.total  # type: ignore[assignment]
    return replace(compared, kinds=dict(kinds), gaps={kind: Decimal(gaps[kind]) for kind in kinds})


def compare_family(run_id: UUID, means: Means) -> Compared:
    """Another gateway: read the centre's side settlement by settlement (outside any transaction), then compare.

    Raises NoBook when it cannot be read to its end: half a book would make differences that are none.
    """
    with means.door():
        run = Run.objects.get(pk=run_id)
    read = centre_book_of(run.family)
    if read is None:
        raise NoBook("这个接口的中心记录不能读取")
    span = Span(run.environment, run.begin, run.end)
    asking = Asking(means.institution_id, run.environment, means.ask, means.door)
    try:
        facts = list(read(span, asking))
    except GatewayError as error:
        raise NoBook(f"没有读完中心的记录：{error}") from error
    with means.door():
        return compare_facts(run_id, facts)


def compare_facts(run_id: UUID, facts: Iterable[CentreFacts]) -> Compared:
    """Compare all entries of the run's gateway and days with what the centre showed; inside the door."""
    run = Run.objects.get(pk=run_id)
    span = Span(run.environment, run.begin, run.end)
    theirs = [line_of_facts(one, place) for place, one in enumerate(facts, start=1)]
    ids = list(entries_between(span, family=run.family).values_list("pk", flat=True))
    found = list(_explained(span, run.family, ids, theirs, {}, None))
    seen = store(run, found, {})
    held = sum(not one.is_echo for one in theirs)
    counted = Compared(ours=len(ids), theirs=held, gone=close_gone(run, seen, None), sums=sums_of_lines(theirs))
    matched = sum(len(one.ours) for one in found if any(not line.outside for line in one.ours))
    return _counted(replace(counted, agreed=max(len(ids) - matched, 0)), found)


def line_of_facts(facts: CentreFacts, place: int) -> Line:
    """What the centre showed of one settlement as a line; `is_missing` is an echo of ours."""
    return Line(
        ref=place,
        number=facts.number,
        setl_id=facts.setl_id,
        msgid=facts.msgid,
        mdtrt_id=facts.mdtrt_id,
        person=facts.person,
        insutype=facts.insutype,
        clr_type=facts.clr_type,
        clr_optins=facts.clr_optins,
        settled_at=facts.settled_at,
        day=timezone.localdate(facts.settled_at) if facts.settled_at else None,
        is_refund=facts.is_refund,
        total=facts.total,
        fund=facts.fund,
        account=facts.account,
        cash=facts.cash,
        standing=PENDING if facts.pending else SETTLED,
        memo=facts.told,
        is_echo=facts.is_missing,
    )


def settle_balanced(run_id: UUID, key: tuple[str, str, str]) -> int:
    """The total account of a scope balances: its open differences of the run's days have gone; how many.

    Doubts stay: a balance of sums proves nothing about one settlement.
    """
    run = Run.objects.get(pk=run_id)
    mine = Difference.objects.filter(
        environment=run.environment, family=run.family, state__in=DifferenceState.live()
    ).filter(Q(day__gte=run.begin, day__lt=run.end), Q(clr_type=key[1], clr_optins=key[2]))
    balanced = mine.filter(Q(insutype=key[0]) | Q(insutype="")).exclude(kind=DOUBTFUL)
    return balanced.update(state=DifferenceState.DONE, outcome=Outcome.BALANCED, done_at=timezone.now())

"""Writing the book: what a source tells becomes entries; what it tells again in other words becomes a revision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from uuid import UUID

from django.db import connection
from django.db.models import Q

from portal.access.door import required_institution, tenant_tx
from portal.gateway.crypto import sm3
from portal.ledger.facts import EntryFacts, Source, Span, Standing
from portal.ledger.models import Entry
from portal.ledger.registry import Book, books
from portal.vault.inserting import insert_rows

#: Family, number, refund or not: what names an entry of one source.
Key = tuple[str, str, bool]
OPEN = (Standing.PENDING, Standing.DOUBTFUL)
#: Entries that are looked up and written together.
PIECE = 1_000
#: What two readings are compared by; a changed key of the vault changes none of it.
COMPARED = (
    *("standing", "setl_id", "mdtrt_id", "msgid", "person_no_masked", "person", "insutype", "clr_type", "clr_optins"),
    *("total", "fund", "account", "cash", "about", "page", "page_key", "operation"),
)


@dataclass(frozen=True)
class Written:
    """How many entries were new, got another revision, or were there already."""

    fresh: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.fresh + other.fresh, self.changed + other.changed, self.same + other.same)


def gather(institution_id: int, environment: str, span: Span, *, source: str = "") -> Written:
    """Have every business (or one) tell of the span, and write down what is new or different. Idempotent.

    Outside any transaction, or inside the institution's door; one transaction a source. Entries of any day that are
    under way or in doubt are asked about again.
    """
    if span.environment != environment:
        raise ValueError("the span is of another environment")
    written = Written()
    for name, tell in books():
        if source in ("", name):
            with tenant_tx(institution_id):
                written += _gather(span, name, tell)
    return written


def _gather(span: Span, source: str, tell: Book) -> Written:
    take_turn(source)
    heard: set[Key] = set()
    written = write(_hearing(tell(span), heard), environment=span.environment, source=source)
    left = _unheard(span, source, heard)
    if left:
        again = _hearing(tell(span, {number for _, number, _ in left}), heard)
        written += write(again, environment=span.environment, source=source)
        gone = [left[key] for key in left.keys() - heard]
        written += write((void(one) for one in _entries(gone)), environment=span.environment, source=source)
    return written


def take_turn(source: str) -> None:
    """Two that write entries of one source take turns, until the end of the transaction."""
    with connection.cursor() as cursor:
        key = f"ledger:{source}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [key, required_institution()])


def _hearing(facts: Iterable[EntryFacts], heard: set[Key]) -> Iterator[EntryFacts]:
    for one in facts:
        heard.add((one.family, one.number, one.is_refund))
        yield one


def _unheard(span: Span, source: str, heard: set[Key]) -> dict[Key, UUID]:
    """Entries of the span that were not told of now, and all that are under way or in doubt."""
    rows = Entry.objects.filter(environment=span.environment, source=source, is_latest=True)
    days = Q(day__gte=span.begin, day__lt=span.end) & ~Q(standing=Standing.VOID)
    wanted = rows.filter(days | Q(standing__in=OPEN)).order_by().values_list("family", "number", "is_refund", "pk")
    found = {(family, number, refund): pk for family, number, refund, pk in wanted.iterator(chunk_size=10_000)}
    return {key: pk for key, pk in found.items() if key not in heard}


def _entries(keys: Sequence[UUID]) -> Iterator[Entry]:
    for start in range(0, len(keys), PIECE):
        yield from Entry.objects.filter(pk__in=keys[start : start + PIECE])


def void(entry: Entry) -> EntryFacts:
    """The facts of an entry that proved not to have happened, or was withdrawn by who told of it."""
    return replace(facts_of(entry), standing=Standing.VOID)


def facts_of(entry: Entry) -> EntryFacts:
    """What was told when this row was written."""
    names = (one.name for one in fields(EntryFacts) if one.name != "person_no")
    return EntryFacts(
        **{name: getattr(entry, name) for name in names}, person_no=entry.person_no.reveal() if entry.person_no else ""
    )


def write(facts: Iterable[EntryFacts], *, environment: str, source: str, arrival: UUID | None = None) -> Written:
    """Write entries of one source; inside the door. Facts of one call that name the same entry: the last one counts."""
    written = Written()
    for piece in _pieces(facts):
        written += _write(piece, environment, str(Source(source)), arrival)
    return written


def digest_of(facts: EntryFacts) -> str:
    """SM3 of everything that may change, in lower hex; a person's number only in its masked form."""
    words = [f"{facts.settled_at.timestamp():.0f}", *(_word(getattr(facts, name)) for name in COMPARED)]
    return sm3("\x1f".join(words).encode()).hex()


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _pieces(facts: Iterable[EntryFacts]) -> Iterator[list[EntryFacts]]:
    each = iter(facts)
    while piece := list(islice(each, PIECE)):
        yield piece


def _write(piece: Sequence[EntryFacts], environment: str, source: str, arrival: UUID | None) -> Written:
    told = {(one.family, one.number, one.is_refund): one for one in piece}
    known = _known(told, environment, source)
    fresh, replaced, rows = 0, [], []
    for key, facts in told.items():
        before, digest = known.get(key), digest_of(facts)
        if before is None and facts.standing == Standing.VOID:
            continue  # nothing was ever said about it
        if before is not None and before[2] == digest:
            continue
        fresh += before is None
        if before is not None:
            replaced.append(before[0])
        rows.append(entry_of(facts, environment, source, digest, arrival, revision=(before[1] if before else 0) + 1))
    if replaced:
        Entry.objects.filter(pk__in=replaced).update(is_latest=False)
    insert_rows(rows)
    return Written(fresh, len(replaced), len(told) - len(rows))


def _known(told: Iterable[Key], environment: str, source: str) -> dict[Key, tuple[UUID, int, str]]:
    """Id, revision and digest of the latest reading of each; locked, so that two writers take turns."""
    numbers: dict[str, list[str]] = {}
    for family, number, _ in told:
        numbers.setdefault(family, []).append(number)
    wanted = Q()
    for family, some in numbers.items():
        wanted |= Q(family=family, number__in=some)
    rows = Entry.objects.filter(wanted, environment=environment, source=source, is_latest=True)
    found = (
        rows.select_for_update().order_by("pk").values_list("family", "number", "is_refund", "pk", "revision", "digest")
    )
    return {(family, number, refund): (pk, revision, digest) for family, number, refund, pk, revision, digest in found}


def entry_of(
    facts: EntryFacts, environment: str, source: str, digest: str, arrival: UUID | None, *, revision: int
) -> Entry:
    """The row of these facts, not saved."""
    return Entry(
        institution_id=required_institution(),
        environment=environment,
        source=source,
        family=facts.family,
        number=facts.number,
        is_refund=facts.is_refund,
        revision=revision,
        standing=facts.standing,
        setl_id=facts.setl_id,
        mdtrt_id=facts.mdtrt_id,
        msgid=facts.msgid,
        person_no=facts.person_no or None,
        person_no_masked=facts.person_no_masked[:40],
        person=facts.person[:60],
        insutype=facts.insutype,
        clr_type=facts.clr_type,
        clr_optins=facts.clr_optins,
        settled_at=facts.settled_at,
        day=facts.day,
        total=facts.total,
        fund=facts.fund,
        account=facts.account,
        cash=facts.cash,
        about=facts.about[:60],
        page=facts.page,
        page_key=facts.page_key,
        operation=facts.operation,
        digest=digest,
        arrival=arrival,
    )

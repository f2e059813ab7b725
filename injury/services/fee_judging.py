"""What would become of a delivery of fee items, without writing anything: the preview and the arrival ask the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from injury.models import Admission, AdmissionState, Advice, FeeItem, FeeState
from injury.models.fee import NO_ADVICE
from injury.rules.fee_lines import NAMES, Fault, Line, Scene, check_lines, differences, digest
from injury.rules.refunds import Charge, Ledger, book
from injury.services.fee_holding import Charged, place
from injury.services.mapping import resolve_many
from injury.services.refusals import Refused
from injury.services.steps import today
from portal.access.rows import new_id

#: Columns of FeeItem that are what the hospital said.
SAID = tuple(name for name in NAMES if name != "refunds")
SAYING = attrgetter(*SAID)
#: What each column of a new row holds before anything is known (the id comes first), and where what was said goes.
COLUMNS = [field.attname for field in FeeItem._meta.concrete_fields]
EMPTY = ["" if field.empty_strings_allowed and not field.null else None for field in FeeItem._meta.concrete_fields]
PLACES = [COLUMNS.index(name) for name in SAID]
OPEN = (AdmissionState.DRAFT, AdmissionState.REGISTERING, AdmissionState.ADMITTED, AdmissionState.RETURNING)


@dataclass
class Delivery:
    """`items` are new rows, ready to be stored; `repeated` are numbers of lines that are here already, with the same
    content; `faults` are in the order of the lines."""

    count: int
    items: list[FeeItem] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def held(self) -> list[FeeItem]:
        return [item for item in self.items if item.state == FeeState.HELD]

    @property
    def amount(self) -> Decimal:
        """Of what is new, yuan; refunds are taken off."""
        return sum((item.amount for item in self.items), Decimal())

    @property
    def faulty(self) -> int:
        """Lines at fault."""
        return len({fault.index for fault in self.faults})


def scene_of(admission: Admission) -> Scene:
    """What the lines of this admission are judged by."""
    return Scene(admission.admitted_on, admission.discharged_on, today(), admission.is_elsewhere)


def refuse_when_closed(admission: Admission) -> None:
    """Raises Refused when nothing more can be charged to this admission."""
    if admission.state not in OPEN:
        raise Refused(f"就诊 {admission.number} {admission.shown_state}，不能再增加或改动费用", "admission")


def judge(admission: Admission, given: Sequence[Any], *, advices: Iterable[str] = ()) -> Delivery:
    """Every line checked and every fault named. `advices` are numbers that come with the same delivery.

    Inside the door; a fixed number of statements, however many lines. To be sure that it still holds when the rows are
    written, the caller holds the admission's lock.
    """
    found = Delivery(len(given))
    checked, found.faults = check_lines(given, scene_of(admission))
    fresh = _unknown(admission, checked, found)
    _refuse_unknown_advices(admission, fresh, set(advices), found)
    charged = _book_refunds(admission, fresh, found)
    found.faults.sort(key=lambda fault: fault.index)
    found.items = _items(admission, fresh, charged)
    return found


def _unknown(admission: Admission, checked: list[Line | None], found: Delivery) -> dict[int, tuple[Line, str]]:
    """Lines that are not here yet, by their place; the others are repeated, or conflicts."""
    numbers = [line.line_id for line in checked if line]
    mine = FeeItem.objects.filter(admission=admission)
    known = _digests(admission, numbers)
    conflicts: dict[int, Line] = {}
    seen: dict[str, tuple[int, str]] = {}
    fresh: dict[int, tuple[Line, str]] = {}
    for index, line in enumerate(checked):
        if line is None:
            continue
        mark = digest(line)
        if line.line_id in known:
            if known[line.line_id] == mark:
                found.repeated.append(line.line_id)
            else:
                conflicts[index] = line
        elif line.line_id in seen:
            first, its = seen[line.line_id]
            if its == mark:
                found.repeated.append(line.line_id)
            else:
                said = differences(checked[first], line)
                sentence = f"与同批第 {first + 1} 行的流水号相同，内容不同：{said}"
                found.faults.append(Fault(index, line.line_id, "line_id", sentence, is_conflict=True))
        else:
            seen[line.line_id] = index, mark
            fresh[index] = line, mark
    if conflicts:
        here = {item.line_id: item for item in mine.filter(line_id__in=[one.line_id for one in conflicts.values()])}
        found.faults += [_conflict(index, line, here[line.line_id]) for index, line in conflicts.items()]
    return fresh


def _digests(admission: Admission, numbers: list[str]) -> dict[str, str]:
    """By number, of the lines that are here already: for each number the first line from it on. Only one index has
    the lines in this order. Asked for equal numbers, the database reads the whole admission for each of them as long
    as it has not counted the table, and that grows with every delivery.
    """
    table, said = FeeItem._meta.db_table, "unnest(%s::text[]) AS said(line_id)"
    first = f"SELECT line_id, digest FROM {table} WHERE admission_id = %s AND line_id >= said.line_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT said.line_id, here.digest FROM {said}, LATERAL ({first} ORDER BY line_id LIMIT 1) here"
            " WHERE here.line_id = said.line_id",
            [numbers, admission.pk],
        )
        return dict(cursor.fetchall())


def _conflict(index: int, line: Line, here: FeeItem) -> Fault:
    came = f"{timezone.localtime(here.arrived_at):%Y-%m-%d %H:%M}"
    said = differences(here, line, SAID) or "冲减的费用流水号"
    corrected = "（本门户已更正过这条费用）" if here.corrected_at else ""
    sentence = f"这个流水号 {came} 已到达（{here.get_state_display()}）{corrected}，内容不同：{said}"
    return Fault(index, line.line_id, "line_id", sentence, is_conflict=True)


def _refuse_unknown_advices(
    admission: Admission, fresh: dict[int, tuple[Line, str]], coming: set[str], found: Delivery
) -> None:
    wanted = {line.advice_no for line, _ in fresh.values()} - coming - {NO_ADVICE}
    if not wanted:
        return
    here = set(Advice.objects.filter(admission=admission, number__in=wanted).values_list("number", flat=True))
    for index in [index for index, (line, _) in fresh.items() if line.advice_no in wanted - here]:
        line, _ = fresh.pop(index)
        sentence = f"没有医嘱 {line.advice_no}，请先传送医嘱或一同提交；无法关联医嘱的填 999（81033）"
        found.faults.append(Fault(index, line.line_id, "advice_no", sentence))


def _book_refunds(admission: Admission, fresh: dict[int, tuple[Line, str]], found: Delivery) -> dict[int, Charged]:
    """The charge of each refund that names or matches one line."""
    refunds = [line for line, _ in fresh.values() if line.is_refund]
    if not refunds:
        return {}
    ledger, here = ledger_of(admission, {line.own_code for line in refunds}, {line.refunds for line in refunds})
    named, faults = book([(index, line) for index, (line, _) in fresh.items()], ledger)
    found.faults += faults
    for fault in faults:
        fresh.pop(fault.index)
    return {index: here.get(number) or Charged(None, number) for index, number in named.items() if number}


def ledger_of(
    admission: Admission, codes: set[str], numbers: set[str], *, without: Collection[Any] = ()
) -> tuple[Ledger, dict[str, Charged]]:
    """What can still be given back of these items and lines, and the charged lines themselves by number."""
    rows = FeeItem.objects.filter(admission=admission).filter(Q(own_code__in=codes) | Q(line_id__in=numbers))
    rows = rows.exclude(state=FeeState.DROPPED).order_by("arrived_at", "id")
    if without:
        rows = rows.exclude(pk__in=without)
    ledger, here = Ledger(), {}
    columns = ("pk", "line_id", "own_code", "price", "quantity", "amount", "trace_codes", "state", "refunds__line_id")
    found = list(rows.values_list(*columns))
    for pk, line_id, own_code, price, quantity, amount, trace_codes, state, _ in found:
        if amount > 0:
            ledger.charge(Charge(line_id, own_code, price, quantity, amount, trace_codes))
            here[line_id] = Charged(pk, line_id, state)
    for _, _, own_code, price, quantity, amount, _, _, named in found:
        if amount < 0:
            ledger.refund((own_code, price), quantity, amount, named or "")
    return ledger, here


def _new(admission: Admission, line: Line, mark: str) -> FeeItem:
    """The line as a row. By position: naming fifty columns a row costs more than all rules together."""
    values: list[Any] = [*EMPTY]
    for at, value in zip(PLACES, SAYING(line), strict=True):
        values[at] = value
    values[0] = new_id()
    item = FeeItem(*values)  # type: ignore[misc]
    item.environment, item.admission_id, item.digest = admission.environment, admission.pk, mark
    return item


def _items(admission: Admission, fresh: dict[int, tuple[Line, str]], charged: dict[int, Charged]) -> list[FeeItem]:
    """New rows, each with its place at the centre and whether it has to wait; charges come before their refunds."""
    lines = [line for line, _ in fresh.values()]
    places = resolve_many(
        {(line.own_code, line.kind, line.prescribed_on) for line in lines}, environment=admission.environment
    )
    made: dict[int, FeeItem] = {}
    for index, (line, mark) in fresh.items():
        item = _new(admission, line, mark)
        place(item, places[line.own_code, line.kind, line.prescribed_on])
        made[index] = item
    here = {item.line_id: item for item in made.values()}
    for index, charge in charged.items():
        item, together = made[index], here.get(charge.line_id)
        item.refunds_id = charge.pk or (together.pk if together else None)
        state = together.state if together and charge.pk is None else charge.state
        place(item, places[item.own_code, item.kind, item.prescribed_on], charge=state)
    return sorted(made.values(), key=lambda item: item.is_refund)

"""Fee lines as they arrive, from a page, the API or a file: judged together, stored together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Max
from django.utils import timezone

from settlement.models import Bill, FeeLine, LineState, Visit
from settlement.rules.amounts import CENT, Charge, Fault, charge_faults
from settlement.services.items import learn
from settlement.services.refusals import Refused
from settlement.services.settling.previews import expire_previews


@dataclass(frozen=True)
class LineGiven:
    """One line as somebody gives it, by the names of `FeeLine`. Without amount: quantity × price to the cent."""

    own_code: str
    quantity: Decimal
    price: Decimal
    item_code: str = ""
    own_name: str = ""
    number: str = ""
    amount: Decimal | None = None
    occurred_at: datetime | None = None
    category: str = ""
    spec: str = ""
    unit: str = ""
    initial_number: str = ""
    prescription: str = ""
    outside_prescription: bool = False
    single_dose: str = ""
    frequency: str = ""
    period_days: Decimal | None = None
    route: str = ""
    tcm_use: str = ""
    department_code: str = ""
    department_name: str = ""
    doctor_code: str = ""
    doctor_name: str = ""
    executing_department_code: str = ""
    executing_department_name: str = ""
    executing_doctor_code: str = ""
    executing_doctor_name: str = ""
    take_home: bool = False
    trace_codes: Sequence[Mapping[str, str]] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sum(self) -> Decimal:
        if self.amount is not None:
            return self.amount
        return (self.quantity * self.price).quantize(CENT, ROUND_HALF_UP)


def store_lines(
    visit: Visit, bill: Bill | None, given: Sequence[LineGiven], *, replace: bool = False, where: str = "lines"
) -> list[FeeLine]:
    """Store these lines, all or none; `replace` puts them in place of what is not sent yet. The visit is locked.

    Every preview expires. Raises Refused with every fault (field `lines.<n>.<name>`, both values).
    """
    if replace:
        FeeLine.objects.filter(visit=visit, bill=bill, state=LineState.DRAFT).delete()
    numbered = numbers(visit, given)
    made = [_line(visit, bill, number, one) for number, one in zip(numbered, given, strict=True)]
    if faults := [*_missing(made), *_charged(made), *_taken(visit, made)]:
        raise Refused.of([(fault.field.replace("lines", where, 1), fault.sentence) for fault in faults])
    FeeLine.objects.bulk_create(made, batch_size=500)
    learn(visit.environment, made)
    expire_previews(visit, bill, "明细有变动")
    return made


def numbers(visit: Visit, given: Sequence[LineGiven]) -> list[str]:
    """Each line's own number, or the next free ones of the visit: digits only, as the interface wants them."""
    stem = f"{timezone.localtime(visit.created_at):%y%m%d%H%M%S}{int(visit.pk.hex[-8:], 16):010d}"
    mine = FeeLine.objects.filter(visit=visit, number__startswith=stem)
    last = mine.aggregate(highest=Max("number"))["highest"]
    begin = int(last[len(stem) :]) if last and last[len(stem) :].isdigit() else 0
    return [one.number or f"{stem}{begin + n:06d}" for n, one in enumerate(given, start=1)]


def _line(visit: Visit, bill: Bill | None, number: str, given: LineGiven) -> FeeLine:
    values = {one.name: getattr(given, one.name) for one in fields(given)}
    values |= {
        "number": number,
        "amount": given.sum,
        "occurred_at": given.occurred_at or timezone.now(),
        "trace_codes": [dict(code) for code in given.trace_codes],
        "more": dict(given.more),
    }
    return FeeLine(environment=visit.environment, visit=visit, bill=bill, **values)


def _missing(lines: Iterable[FeeLine]) -> list[Fault]:
    found = []
    for index, line in enumerate(lines):
        for name, label in (("own_code", "机构项目编码"), ("item_code", "医疗目录编码")):
            if not getattr(line, name):
                found.append(Fault(f"lines.{index}.{name}", f"第 {index + 1} 行：请填写{label}"))
        if len(line.number) > 30 or not line.number.isdigit():
            found.append(
                Fault(
                    f"lines.{index}.number",
                    f"第 {index + 1} 行：明细流水号须为不超过 30 位的数字，填写的是 {line.number}",
                )
            )
    return found


def _charged(lines: Sequence[FeeLine]) -> list[Fault]:
    charges = [Charge(one.number, one.quantity, one.price, one.amount) for one in lines]
    return [fault for fault in charge_faults(charges) if fault.field not in ("total", "lines")]


def _taken(visit: Visit, lines: Sequence[FeeLine]) -> list[Fault]:
    here = set(
        FeeLine.objects.filter(visit=visit, number__in=[one.number for one in lines]).values_list("number", flat=True)
    )
    return [
        Fault(f"lines.{index}.number", f"第 {index + 1} 行：明细流水号 {line.number} 在本次就诊中已有")
        for index, line in enumerate(lines)
        if line.number in here
    ]


def as_given(line: FeeLine) -> dict[str, Any]:
    """A stored line by the names of `LineGiven`."""
    return {one.name: getattr(line, one.name) for one in fields(LineGiven)}

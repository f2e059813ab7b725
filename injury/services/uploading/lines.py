"""How a fee item and an advice look on the wire (4.10, 4.24), what that hashes to, and which items share a message.

Pure: the same item always gives the same line, so its hash says whether it changed after it was frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic_core import to_json

from injury.messages import UploadCrossProvinceFees, UploadFees
from injury.messages.fees import FeeLine
from injury.models import Advice, FeeItem, Sign
from injury.models.fee import NO_ADVICE
from injury.rules.fee_fields import width
from injury.services.item_facts import ItemFacts
from portal.gateway.crypto.sm3 import sm3
from portal.gateway.messages import Request

Line = dict[str, str]
#: The longest category a message can say (AKA063 is text of three); the catalogue knows longer ones by the item.
CATEGORY = width(FeeLine, "aka063")
#: 工伤目录类别 (ALA012) of another province, by our kind (ALC404): treatment, drug, material.
DIRECTORY = {"1": "01", "0": "02", "9": "9"}


def plain(number: Decimal) -> str:
    """Digits without exponent and without zeros at the end: 399, 0.5, -12.25."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def wire_line(item: FeeItem | ItemFacts, *, elsewhere: bool) -> Line:
    """One fee item under its wire names; what is absent is left out."""
    category = item.category if len(item.category) <= CATEGORY else ""
    name = item.own_name if item.is_outside else item.centre_name
    if elsewhere:
        own = {"ala002": item.centre_code, "ala020": name, "ala012": DIRECTORY[item.kind]}
        own |= {"akc225": plain(item.price), "akc226": plain(item.quantity)}
    else:
        own = {"alc402": item.centre_code, "alc403": name, "alc404": item.kind}
        own |= {"alc405": plain(item.price), "alc406": plain(item.quantity)}
    line = {
        "alc400": item.prescription,
        "alc401": item.prescribed_on.isoformat(),
        "akc229": str(item.days),
        **own,
        "aka063": category,
        "aka065": item.grade,
        "alc407": plain(item.amount),
        "aka070": item.dosage_form,
        "zka100": item.specification,
        "akc230": item.maker,
        "akc231": item.common_name,
        "akc515": item.own_code,
        "reason": item.explanation,
        "noinjury": "1" if item.is_unrelated else "0",
        "aae080": item.advice_no or NO_ADVICE,
        "spreason": "1" if item.is_rescue else "0",
        "bzmsg": item.remark,
        "vmed": item.version,
        "akc999": item.trace_codes,
    }
    return {name: value for name, value in line.items() if value}


def wire_advice(advice: Advice) -> Line:
    """One advice under its wire names (4.10)."""
    line = {
        "aae080": advice.number,
        "alk007": advice.started_on.isoformat(),
        "alk008": advice.ended_on.isoformat() if advice.ended_on else "",
        "alk009": advice.text,
        "alk011": advice.nursing,
        "alk012": advice.posture,
        "alk013": advice.dose,
        "alk014": advice.usage,
        "alk015": advice.caution,
        "alk016": advice.doctor,
        "alk017": advice.nurse,
        "alk020": advice.executor,
        "alk022": advice.kind,
        "alk023": advice.department,
        "alk024": advice.bed,
    }
    return {name: value for name, value in line.items() if value}


def written(line: Line) -> bytes:
    """The line as JSON that is always the same: `wire_line` names its items in one order."""
    return to_json(line)


def hash_of(text: bytes) -> str:
    """SM3 in lower hex."""
    return sm3(text).hex()


@dataclass(slots=True)
class Frozen:
    """A fee item with its line and what that hashes to. `number` is its place among those of its message, from 1."""

    item: ItemFacts
    line: Line
    line_hash: str
    size: int
    number: int = 0

    @classmethod
    def of(cls, item: ItemFacts, *, elsewhere: bool) -> Frozen:
        line = wire_line(item, elsewhere=elsewhere)
        text = written(line)
        return cls(item, line, line_hash(text), len(text))


def line_hash(text: bytes) -> str:
    """What a written line hashes to."""
    return hash_of(text)[:32]


@dataclass(slots=True)
class Planned:
    """What one message will carry: items of one sign, or advices alone."""

    sign: Sign
    lines: list[Frozen]
    advices: list[Advice]

    @property
    def amount(self) -> Decimal:
        return sum((one.item.amount for one in self.lines), Decimal(0))

    @property
    def sums(self) -> dict[str, str]:
        """By category, as stored."""
        found: dict[str, Decimal] = {}
        for one in self.lines:
            found[one.item.category] = found.get(one.item.category, Decimal(0)) + one.item.amount
        return {category: str(amount) for category, amount in sorted(found.items())}

    @property
    def content_hash(self) -> str:
        return content_hash(one.line_hash for one in self.lines)


def content_hash(hashes: Iterable[str]) -> str:
    """What a message's lines hash to, in their order."""
    return hash_of("\n".join(hashes).encode())


def plan(
    items: Sequence[ItemFacts], advices: Sequence[Advice], *, elsewhere: bool, lines: int, size: int
) -> Iterator[Planned]:
    """Messages for these items: all charges before all refunds, each with one sign, at most `lines` items and `size`
    bytes. An advice goes with the first message that links it; what no item links goes before, by itself.

    A single item larger than `size` goes alone. Each message is made when it is asked for. Raises ValueError for an
    amount of zero, which nothing could prove.
    """
    if any(item.amount == 0 for item in items):
        raise ValueError("an item of zero is never uploaded (4.10)")
    by_number = {advice.number: advice for advice in advices}
    linked = {item.advice_no for item in items}
    alone = [advice for advice in advices if advice.number not in linked]
    for advised in _advices(alone, lines, size):
        yield Planned(Sign.ADVICES, [], advised)
    charges = [item for item in items if item.amount > 0]
    refunds = [item for item in items if item.amount < 0]
    for sign, mine in ((Sign.CHARGES, charges), (Sign.REFUNDS, refunds)):
        frozen = (Frozen.of(item, elsewhere=elsewhere) for item in mine)
        for part in _parts(frozen, by_number, lines, size):
            took = {one.item.advice_no for one in part}
            going = [by_number.pop(number) for number in sorted(took & by_number.keys())]
            yield Planned(sign, part, going)


def _parts(mine: Iterable[Frozen], advices: dict[str, Advice], lines: int, size: int) -> Iterator[list[Frozen]]:
    part: list[Frozen] = []
    used, going = 0, set[str]()
    for one in mine:
        advice = advices.get(one.item.advice_no)
        extra = _size(advice) if advice and advice.number not in going else 0
        if part and (len(part) >= lines or used + one.size + extra > size):
            yield part
            part, used, going = [], 0, set()
            extra = _size(advice) if (advice := advices.get(one.item.advice_no)) else 0
        part.append(one)
        one.number = len(part)
        used += one.size + extra
        going.add(one.item.advice_no)
    if part:
        yield part


def _advices(alone: Sequence[Advice], lines: int, size: int) -> Iterator[list[Advice]]:
    part: list[Advice] = []
    used = 0
    for advice in alone:
        if part and (len(part) >= lines or used + _size(advice) > size):
            yield part
            part, used = [], 0
        part.append(advice)
        used += _size(advice)
    if part:
        yield part


def _size(advice: Advice) -> int:
    return len(written(wire_advice(advice)))


def message(number: str, lines: Sequence[Line], advices: Sequence[Line], *, elsewhere: bool) -> Request[Any]:
    """The message about this admission; ValidationError when the declaration refuses a line."""
    given: dict[str, Any] = {"akc190": number}
    if advices:
        given["advices"] = {"advice": list(advices)}
    if elsewhere:
        if lines:
            given["bs004s"] = {"bs004": list(lines)}
        return UploadCrossProvinceFees.model_validate(given)
    if lines:
        given["meds"] = {"med": list(lines)}
    return UploadFees.model_validate(given)

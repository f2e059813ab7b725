"""Nobody gets back more than was charged (81020, 81021): pure, quantity and amount, per line and per item.

A refund names the charged line, or is matched with the oldest charge of the same item at the same price that has enough
left. Where no single line has enough but all of them together have, it stands for the item and names none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from injury.rules.fee_lines import Fault, Line, told

Item = tuple[str, Decimal]


@dataclass(slots=True)
class Charge:
    """A charged line and what of it was not given back yet."""

    line_id: str
    own_code: str
    price: Decimal
    quantity: Decimal
    amount: Decimal
    trace_codes: str = ""

    @property
    def item(self) -> Item:
        return self.own_code, self.price.normalize()


@dataclass(slots=True)
class Left:
    quantity: Decimal = Decimal()
    amount: Decimal = Decimal()


@dataclass
class Ledger:
    """What can still be given back in one admission."""

    lines: dict[str, Charge] = field(default_factory=dict)
    items: dict[Item, Left] = field(default_factory=dict)
    by_item: dict[Item, list[Charge]] = field(default_factory=dict)

    def charge(self, one: Charge) -> None:
        """A line of charge, in the order of arrival."""
        self.lines[one.line_id] = one
        left = self.items.setdefault(one.item, Left())
        left.quantity += one.quantity
        left.amount += one.amount
        self.by_item.setdefault(one.item, []).append(one)

    def refund(self, item: Item, quantity: Decimal, amount: Decimal, named: str) -> None:
        """An earlier refund (negative figures); `named` is the number of its charge, or empty."""
        left = self.items.setdefault((item[0], item[1].normalize()), Left())
        left.quantity += quantity
        left.amount += amount
        if named in self.lines:
            self.lines[named].quantity += quantity
            self.lines[named].amount += amount

    def take(self, line: Line) -> tuple[str, str, str]:
        """(number of its charge or empty, field, sentence); without a sentence the refund is booked."""
        item = (line.own_code, line.price.normalize())
        charge = self.lines.get(line.refunds) if line.refunds else self._oldest(item, line)
        if line.refunds and charge is None:
            return "", "refunds", f"没有可退费的费用 {line.refunds}（81021）"
        if charge is not None and charge.item != item:
            said = f"被冲减的 {charge.line_id} 是 {charge.own_code}、单价 {told(charge.price)}"
            return "", "refunds", f"{said}，与退费的医院内码或单价不一致"
        left = self.items.get(item)
        if left is None or (charge is None and left.quantity <= 0):
            return "", "own_code", "没有可退费的费用：没有相同内码和单价的收费，或已全部退完（81021）"
        for most in (left,) if charge is None else (charge, left):
            if -line.quantity > most.quantity:
                return "", "quantity", f"退费数量 {told(-line.quantity)} 超出可退的 {told(most.quantity)}（81020）"
            if -line.amount > most.amount:
                return "", "amount", f"退费金额 {told(-line.amount)} 超出可退的 {told(most.amount)}（81020）"
        if charge is not None and charge.trace_codes and line.trace_codes:
            foreign = set(line.trace_codes.split(",")) - set(charge.trace_codes.split(","))
            if foreign:
                return "", "trace_codes", f"{min(foreign)} 不是被冲减费用的追溯码"
        named = charge.line_id if charge is not None else ""
        self.refund(item, line.quantity, line.amount, named)
        return named, "", ""

    def _oldest(self, item: Item, line: Line) -> Charge | None:
        for one in self.by_item.get(item, ()):
            if one.quantity >= -line.quantity and one.amount >= -line.amount:
                return one
        return None


def book(lines: Iterable[tuple[int, Line]], ledger: Ledger) -> tuple[dict[int, str], list[Fault]]:
    """Book new lines, charges first (a refund may come in the same delivery): the charge of each refund, and faults."""
    refunds = []
    for index, line in lines:
        if line.is_refund:
            refunds.append((index, line))
        else:
            charge = Charge(line.line_id, line.own_code, line.price, line.quantity, line.amount, line.trace_codes)
            ledger.charge(charge)
    named: dict[int, str] = {}
    faults = []
    for index, line in refunds:
        charged, wrong, sentence = ledger.take(line)
        if sentence:
            faults.append(Fault(index, line.line_id, wrong, sentence))
        else:
            named[index] = charged
    return named, faults

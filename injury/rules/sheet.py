"""What a settlement sheet says beside what we uploaded: pure, exact (4.16, design 3.4)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from injury.rules.totals import CENT, ZERO, is_same

#: What the centre takes off by itself, under the name of a fee category (AKA063 98, 99).
CENTRE_MADE = ("手动剔除费", "药占比扣除")
#: Prices are written with four places on the sheet, and with six in another province's upload.
PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class OurItem:
    """A fee item of ours; `names` are its name here and at the centre. Amounts are yuan."""

    key: object
    names: tuple[str, ...]
    price: Decimal
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TheirLine:
    """A line of the sheet."""

    name: str
    price: Decimal
    quantity: Decimal
    amount: Decimal
    rejected: Decimal

    @property
    def is_made_by_centre(self) -> bool:
        """Whether it is a deduction of the centre's own, and stands for no item that was charged."""
        return self.name.strip() in CENTRE_MADE or (not self.quantity and not self.price)


Look = tuple[str, Decimal, Decimal, Decimal]


def _look(name: str, price: Decimal, quantity: Decimal, amount: Decimal) -> Look:
    return name.strip(), price.quantize(PLACES), quantity.quantize(PLACES), amount.quantize(CENT)


def matched(lines: Sequence[TheirLine], items: Iterable[OurItem]) -> list[object | None]:
    """For each line the key of the item it is about, or None. An item is used once; alike items are alike in money."""
    waiting: dict[Look, deque[object]] = defaultdict(deque)
    for item in items:
        for name in dict.fromkeys(item.names):
            waiting[_look(name, item.price, item.quantity, item.amount)].append(item.key)
    used: set[object] = set()
    return [None if line.is_made_by_centre else _next(waiting, line, used) for line in lines]


def _next(waiting: dict[Look, deque[object]], line: TheirLine, used: set[object]) -> object | None:
    queue = waiting.get(_look(line.name, line.price, line.quantity, line.amount), deque())
    while queue:
        key = queue.popleft()
        if key not in used:
            used.add(key)
            return key
    return None


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of a sheet in yuan; None where the centre says nothing."""

    total: Decimal | None
    self_paid: Decimal | None
    fund_paid: Decimal | None


def differences(sums: Sums, lines: Sequence[TheirLine], *, ours: Decimal) -> list[str]:
    """Sentences about sums that do not agree: with our upload, with the sheet's lines, among themselves."""
    found = []
    if sums.total is not None and not is_same(ours, sums.total):
        found.append(
            f"结算单医疗费总额 {sums.total:,.2f} 元，本院已上传 {ours:,.2f} 元，相差 {sums.total - ours:,.2f} 元"
        )
    listed = sum((line.rejected for line in lines), ZERO)
    if sums.self_paid is not None and not is_same(listed, sums.self_paid):
        gap = sums.self_paid - listed
        found.append(f"自付金额 {sums.self_paid:,.2f} 元，自付项目合计 {listed:,.2f} 元，相差 {gap:,.2f} 元")
    if None not in (sums.total, sums.self_paid, sums.fund_paid):
        total, apart = sums.total or ZERO, (sums.self_paid or ZERO) + (sums.fund_paid or ZERO)
        if not is_same(total, apart):
            found.append(
                f"基金支付与自付之和 {apart:,.2f} 元，医疗费总额 {total:,.2f} 元，相差 {total - apart:,.2f} 元"
            )
    over = [line.name for line in lines if abs(line.rejected) > abs(line.amount) and not line.is_made_by_centre]
    if over:
        found.append(f"剔除金额大于项目金额：{'、'.join(over[:3])}" + (f" 等 {len(over)} 项" if len(over) > 3 else ""))
    return found

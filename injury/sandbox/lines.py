"""The rules for fee items: one form for both uploads, each refusal with the code of its upload (4.10, 4.24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from injury.messages.cross_province import CrossProvinceFeeLine
from injury.messages.fees import FeeLine
from injury.sandbox.catalogue import ALA012, DRUG, OUTSIDE, Item
from injury.sandbox.centre import ZERO, day, money, no, today

SELF_PAID = "3"
NO_ADVICE = "999"
CENT = Decimal("0.01")
KINDS = {ala012: kind for kind, ala012 in ALA012.items()}
#: Reasons of the automatic audit (AKA073): outside the catalogue, not this injury, dearer than the limit, never paid,
#: run out.
NOT_LISTED, OTHER_DISEASE, TOO_DEAR, NEVER_PAID, RUN_OUT = "1", "2", "5", "9", "13"


@dataclass(frozen=True, slots=True)
class Codes:
    """What the same fault is called by 4.10 and by 4.24."""

    advice: str
    beyond: str
    nothing: str
    sign: str
    amount: str
    quantity: str
    category: str
    grade: str
    self_paid: str
    kind: str
    limited: str
    version: str
    rescue: str
    other_disease: str


OWN = Codes(
    advice="81033",
    beyond="81020",
    nothing="81021",
    sign="81022",
    amount="81023",
    quantity="81023",
    category="81024",
    grade="81025",
    self_paid="81026",
    kind="81027",
    limited="81028",
    version="81028",
    rescue="81035",
    other_disease="81038",
)
CROSS = Codes(
    advice="330035",
    beyond="330022",
    nothing="330023",
    sign="330024",
    amount="330025",
    quantity="330014",
    category="330026",
    grade="330027",
    self_paid="330028",
    kind="330029",
    limited="330030",
    version="330039",
    rescue="330037",
    other_disease="330040",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A fee item as it came."""

    alc400: str
    on: date
    code: str
    name: str
    aka063: str
    aka065: str
    kind: str
    price: Decimal
    quantity: Decimal
    amount: Decimal
    spec: str
    own_code: str
    advice: str
    version: str
    is_other_disease: bool
    is_rescue: bool

    @property
    def key(self) -> tuple[str, str, Decimal, Decimal]:
        """All that a line can be known by: its own number is not on the wire."""
        return self.alc400, self.own_code, money(self.quantity), money(self.amount)

    @property
    def charged(self) -> tuple[str, str]:
        """What a refund has to match."""
        return self.code, self.own_code


@dataclass(frozen=True, slots=True)
class Priced:
    """A fee item that passed, with its category and what the automatic audit keeps back."""

    draft: Draft
    category: str
    kind: str
    reason: str
    rejected: Decimal


def draft_of(line: FeeLine | CrossProvinceFeeLine) -> Draft:
    """One form for both; 1004 for a day that no calendar has."""
    if isinstance(line, FeeLine):
        code, name, kind, price, quantity = line.alc402, line.alc403, line.alc404, line.alc405, line.alc406
    else:
        code, name, kind, price, quantity = line.ala002, line.ala020, KINDS[line.ala012], line.akc225, line.akc226
    return Draft(
        alc400=line.alc400,
        on=day(line.alc401) or today(),
        code=code or "",
        name=name or line.akc231,
        aka063=line.aka063 or "",
        aka065=line.aka065 or "",
        kind=kind or "",
        price=price,
        quantity=quantity,
        amount=line.alc407,
        spec=line.zka100 or "",
        own_code=line.akc515,
        advice=line.aae080 or "",
        version=line.vmed or "",
        is_other_disease=line.noinjury == "1",
        is_rescue=line.spreason == "1",
    )


def check(drafts: Iterable[Draft], items: Mapping[str, Item], advices: Collection[str], codes: Codes) -> list[Priced]:
    """Every item priced, or the first refusal: then nothing of the request is stored."""
    on = today()
    return [_checked(one, items.get(one.code), advices, codes, on) for one in drafts]


def check_refunds(
    drafts: Sequence[Draft], charged: Mapping[tuple[str, str], tuple[Decimal, Decimal]], codes: Codes
) -> None:
    """Refunds of a request against what is stored: `charged` has (quantity ever charged, quantity left) of each item.

    Charges of the same request count as charged. Refused when one goes beyond what is left.
    """
    ever: dict[tuple[str, str], Decimal] = defaultdict(Decimal, {name: one for name, (one, _) in charged.items()})
    left: dict[tuple[str, str], Decimal] = defaultdict(Decimal, {name: one for name, (_, one) in charged.items()})
    for one in drafts:
        left[one.charged] += one.quantity
        ever[one.charged] += max(one.quantity, ZERO)
    for one in drafts:
        if one.quantity < 0 and ever[one.charged] <= 0:
            raise no(codes.nothing, f"{one.alc400}/{one.own_code}")
        if one.quantity < 0 and left[one.charged] < 0:
            raise no(codes.beyond, f"{one.alc400}/{one.own_code}")


def _checked(one: Draft, item: Item | None, advices: Collection[str], codes: Codes, on: date) -> Priced:
    where = f"处方 {one.alc400} 项目 {one.own_code}"
    _check_amounts(one, codes, where)
    if not one.advice or (one.advice != NO_ADVICE and one.advice not in advices):
        raise no(codes.advice, where)
    outside = OUTSIDE.get(one.code)
    if outside is not None:
        _check_outside(one, outside, codes, where)
        category, kind, grade = one.aka063, outside, SELF_PAID
    elif item is None:
        raise no("990009", f"{where}：{one.code or '没有中心编码'}")
    else:
        _check_listed(one, item, codes, where, on)
        category, kind, grade = item.category, item.kind, item.grade
    if kind == DRUG and not one.spec:
        raise no("1004", f"{where}：药品必须填写规格（zka100）")
    if one.is_rescue and grade != SELF_PAID:
        raise no(codes.rescue, where)
    reason, rejected = _kept_back(one, item, grade)
    return Priced(one, category, kind, reason, rejected)


def _check_amounts(one: Draft, codes: Codes, where: str) -> None:
    if one.quantity == 0:
        raise no(codes.quantity, f"{where}：数量为零")
    if one.quantity < 0 < one.amount:
        raise no(codes.sign, where)
    same_sign = (one.quantity < 0) == (one.amount < 0)
    if one.amount == 0 or not same_sign or one.price <= 0:
        raise no(codes.amount, where)
    if abs(one.price * one.quantity - one.amount) > CENT:
        raise no(codes.amount, f"{where}：单价×数量与金额不符")


def _check_outside(one: Draft, kind: str, codes: Codes, where: str) -> None:
    if not one.aka063:
        raise no(codes.category, f"{where}：目录外必填")
    if not one.aka065:
        raise no(codes.grade, f"{where}：目录外必填")
    if one.aka065 != SELF_PAID:
        raise no(codes.self_paid, where)
    if one.kind and one.kind != kind:
        raise no(codes.kind, where)
    if one.is_other_disease:
        raise no(codes.other_disease, where)


def _check_listed(one: Draft, item: Item, codes: Codes, where: str, on: date) -> None:
    if one.kind and one.kind != item.kind:
        raise no(codes.kind, where)
    if one.version != str(item.version):
        raise no(codes.version, f"{where}：当前版本号 {one.version or '空'}，中心端版本号 {item.version}")
    if not item.is_valid(on):
        raise no(codes.version, f"{where}：目录已于 {item.valid_to} 过期")


def _kept_back(one: Draft, item: Item | None, grade: str) -> tuple[str, Decimal]:
    """The automatic audit: the reason and how much, negative for a refund."""
    if one.is_other_disease:
        return OTHER_DISEASE, one.amount
    if grade == SELF_PAID:
        whole = NOT_LISTED if one.code in OUTSIDE else NEVER_PAID
        return ("", ZERO) if one.is_rescue else (whole, one.amount)
    limit = item.price_limit if item else None
    if limit is not None and one.price > limit:
        return TOO_DEAR, money((one.price - limit) * one.quantity)
    return "", ZERO

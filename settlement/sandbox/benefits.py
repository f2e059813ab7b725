"""What the insurances pay: the sandbox's own small rule set, as pure functions over Decimal yuan.

Rates and limits are invented and stand in `rates.py`; docs/sandbox.md prints them. Whatever they are, these hold to
the cent: amount = own + over the limit + first share + in scope for every line, and for every settlement
total = funds + person + hospital, person = account + cash, funds = sum of the shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from settlement.sandbox.rates import (
    AID_CAP,
    AID_SHARE,
    CAPS,
    CENT,
    CIVIL_SHARE,
    DEDUCTIBLES,
    ELSEWHERE_LESS,
    FUND_NAMES,
    LARGE_CAP,
    LARGE_SHARE,
    PACKAGE,
    RATIOS,
    RETIRED_MORE,
    SERIOUS_CAP,
    SERIOUS_FROM,
    SERIOUS_SHARE,
    SINGLE_DISEASE,
    ZERO,
    kind_of,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of the centre's catalogue as far as it decides about money."""

    code: str
    name: str
    list_type: str
    chrgitm_lv: str
    med_chrgitm_type: str
    selfpay_prop: Decimal
    price_limit: Decimal | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class Cut:
    """One line, cut up. Its four parts make up the amount."""

    amount: Decimal
    own: Decimal
    over: Decimal
    first: Decimal
    in_scope: Decimal


@dataclass(frozen=True, slots=True)
class Year:
    """What a person used up of one insurance in the year, before this settlement."""

    deducted: Mapping[str, Decimal] = field(default_factory=dict)
    pooled: Mapping[str, Decimal] = field(default_factory=dict)
    stays: int = 0
    #: An interim settlement of this very stay deducted already.
    is_deducted: bool = False
    large: Decimal = ZERO
    serious: Decimal = ZERO
    aid: Decimal = ZERO
    burden: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Claim:
    """Who claims, where and how: everything of a settlement but its lines and its year."""

    insutype: str
    med_type: str
    level: int
    psn_type: str = "11"
    is_civil: bool = False
    is_aided: bool = False
    is_elsewhere: bool = False
    acct_used_flag: str = "0"
    balance: Decimal = ZERO
    family_balance: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Share:
    """What one fund pays, of how much, and how much of it was left in the year."""

    fund_pay_type: str
    in_scope: Decimal
    left: Decimal
    amount: Decimal

    @property
    def name(self) -> str:
        return FUND_NAMES[self.fund_pay_type]


@dataclass(frozen=True, slots=True)
class Benefit:
    """The whole of a settlement, under the wire's names where it has them."""

    medfee_sumamt: Decimal
    fulamt_ownpay_amt: Decimal
    overlmt_selfpay: Decimal
    preselfpay_amt: Decimal
    inscp_scp_amt: Decimal
    act_pay_dedc: Decimal
    pool_prop_selfpay: Decimal
    hifp_pay: Decimal
    cvlserv_pay: Decimal
    hifob_pay: Decimal
    hifmi_pay: Decimal
    maf_pay: Decimal
    hosp_part_amt: Decimal
    acct_pay: Decimal
    acct_mulaid_pay: Decimal
    psn_cash_pay: Decimal
    shares: tuple[Share, ...]

    @property
    def fund_pay_sumamt(self) -> Decimal:
        return sum((one.amount for one in self.shares), ZERO)

    @property
    def psn_part_amt(self) -> Decimal:
        return self.acct_pay + self.psn_cash_pay


def yuan(value: Decimal) -> Decimal:
    """To the cent, half up; a refund's nothing is 0, not -0."""
    return value.quantize(CENT, ROUND_HALF_UP) + ZERO


def cut(item: Listed, quantity: Decimal, amount: Decimal) -> Cut:
    """Cut a line up: grade 丙 is the person's own; what goes beyond the price limit too; of 乙 a first share."""
    amount = yuan(amount)
    if item.chrgitm_lv == "03":
        return Cut(amount, amount, ZERO, ZERO, ZERO)
    over = ZERO
    if item.price_limit is not None:
        limit = yuan(item.price_limit * quantity)
        over = max(amount - limit, ZERO) if amount >= 0 else min(amount - limit, ZERO)
    first = yuan((amount - over) * item.selfpay_prop)
    return Cut(amount, ZERO, over, first, amount - over - first)


def total(cuts: Iterable[Cut]) -> Cut:
    """The sums of all lines."""
    found = Cut(ZERO, ZERO, ZERO, ZERO, ZERO)
    for one in cuts:
        found = Cut(
            found.amount + one.amount,
            found.own + one.own,
            found.over + one.over,
            found.first + one.first,
            found.in_scope + one.in_scope,
        )
    return found


def settle(sums: Cut, claim: Claim, year: Year) -> Benefit:
    """What everybody pays of these sums, with what the person has used up of the year."""
    kind = kind_of(claim.med_type)
    hospital = min(max(sums.amount - PACKAGE, ZERO), max(sums.in_scope, ZERO)) if _is_single(claim) else ZERO
    base = max(sums.in_scope - hospital, ZERO)
    ratio = ratio_of(claim)
    deducted = min(deductible_of(claim, year), base) if ratio else ZERO
    entitled = base - deducted if ratio else ZERO
    left = max(CAPS[claim.insutype, kind] - year.pooled.get(kind, ZERO), ZERO) if ratio else ZERO
    wanted = yuan(entitled * ratio)
    pool = min(wanted, left)
    shares = [Share(_pool_type(claim, kind), base, left, pool)]
    shares += _others(claim, kind, year, wanted - pool, entitled - pool)
    paid = {one.fund_pay_type: one.amount for one in shares}
    funds = sum(paid.values(), ZERO)
    person = sums.amount - hospital - funds
    account, family = _from_accounts(claim, person)
    return Benefit(
        medfee_sumamt=sums.amount,
        fulamt_ownpay_amt=sums.own,
        overlmt_selfpay=sums.over,
        preselfpay_amt=sums.first,
        inscp_scp_amt=sums.in_scope,
        act_pay_dedc=deducted,
        pool_prop_selfpay=ratio,
        hifp_pay=pool,
        cvlserv_pay=paid.get("320100", ZERO),
        hifob_pay=paid.get("330100", ZERO),
        hifmi_pay=paid.get("390200", ZERO),
        maf_pay=paid.get("610100", ZERO),
        hosp_part_amt=hospital,
        acct_pay=account,
        acct_mulaid_pay=family,
        psn_cash_pay=person - account,
        shares=tuple(one for one in shares if one.amount),
    )


def ratio_of(claim: Claim) -> Decimal:
    """The pool's ratio by insurance, kind and level; a little more for pensioners, less for other provinces."""
    ratio = RATIOS[claim.insutype, kind_of(claim.med_type)][claim.level - 1]
    if not ratio:
        return ZERO
    ratio += RETIRED_MORE if claim.psn_type.startswith("12") else ZERO
    return min(ratio - (ELSEWHERE_LESS if claim.is_elsewhere else ZERO), Decimal("1.0000"))


def deductible_of(claim: Claim, year: Year) -> Decimal:
    """What is still to be deducted: outpatients once a year, inpatients at every stay, half from the second on."""
    kind = kind_of(claim.med_type)
    whole = DEDUCTIBLES.get((claim.insutype, kind), (ZERO,) * 3)[claim.level - 1]
    if year.is_deducted:
        return ZERO
    if kind == "inpatient":
        return yuan(whole / 2) if year.stays else whole
    return max(whole - year.deducted.get(kind, ZERO), ZERO)


def _is_single(claim: Claim) -> bool:
    return claim.med_type in SINGLE_DISEASE


def _pool_type(claim: Claim, kind: str) -> str:
    if claim.insutype == "390":
        return "390102" if kind == "outpatient" else "390100"
    return "310102" if kind == "outpatient" else "310100"


def _others(claim: Claim, kind: str, year: Year, beyond: Decimal, rest: Decimal) -> Iterable[Share]:
    """What other funds pay of the `rest` in scope: large amounts, serious illness, civil servants, aid.

    `beyond` is what the pool would have paid without its cap.
    """
    if claim.insutype == "310" and beyond:
        left = max(LARGE_CAP - year.large, ZERO)
        share = Share("330100", beyond, left, min(yuan(beyond * LARGE_SHARE), left))
        rest -= share.amount
        yield share
    if claim.insutype == "390" and kind in ("inpatient", "chronic"):
        over = min(max(year.burden + rest - SERIOUS_FROM, ZERO), rest)
        left = max(SERIOUS_CAP - year.serious, ZERO)
        share = Share("390200", over, left, min(yuan(over * SERIOUS_SHARE), left))
        rest -= share.amount
        yield share
    if claim.is_civil:
        share = Share("320100", rest, rest, yuan(rest * CIVIL_SHARE))
        rest -= share.amount
        yield share
    if claim.is_aided and kind in ("inpatient", "chronic"):
        left = max(AID_CAP - year.aid, ZERO)
        yield Share("610100", rest, left, min(yuan(rest * AID_SHARE), left))


def _from_accounts(claim: Claim, person: Decimal) -> tuple[Decimal, Decimal]:
    """(account payments together, of these the family's); nothing for a person who has nothing to pay."""
    if claim.acct_used_flag == "1":
        return min(max(person, ZERO), claim.balance), ZERO
    if claim.acct_used_flag == "2":
        own = min(max(person, ZERO), claim.balance)
        family = min(max(person - own, ZERO), claim.family_balance)
        return own + family, family
    return ZERO, ZERO

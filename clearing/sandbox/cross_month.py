"""A believable month of cross-region settlements, made from a seed. Nobody in it is real."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from clearing.sandbox.books import SHANGHAI
from clearing.sandbox.models import CrossMonth, CrossSettlement
from clearing.sandbox.names import person
from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.faults import ENDINGS
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Refuse, declare_options, options_of

#: Where the insured come from: other cities of the same province.
HOME_REGIONS = ("440200", "440300", "440400", "440500", "440700", "440900", "441200", "441300", "441800", "445100")


@dataclass(frozen=True, slots=True)
class CrossOptions:
    """What a party may ask of its months when it is registered.

    `rows` a month: exactly as many when it is given, else about 260.
    """

    seed: str
    rows: int | None = None
    first_year: int = 2021
    empty_months: tuple[str, ...] = ()
    closed_months: tuple[str, ...] = ()
    magic_rows: bool = False

    @classmethod
    def of(cls, party: Party) -> CrossOptions:
        """Raises ValueError naming an option that does not exist or does not fit."""
        given: dict[str, Any] = options_of(party, cls.__dataclass_fields__)
        for name in ("empty_months", "closed_months"):
            given[name] = tuple(str(one) for one in given.get(name, ()))
        found = cls(**{"seed": party.app_code, **given})
        if found.rows is not None and not 0 <= int(found.rows) <= 20_000:
            raise ValueError("rows 应在 0 与 20000 之间")
        return found

    def count(self, period: str, random: Random) -> int:
        if period in self.empty_months:
            return 0
        return random.randint(235, 285) if self.rows is None else int(self.rows)


declare_options(NATIONAL, CrossOptions.__dataclass_fields__)


def locked_month(party: Party, year: str, month: str) -> CrossMonth:
    """The month with its settlements, locked until the call's transaction ends; refused while it is not settled yet."""
    options, now = CrossOptions.of(party), datetime.now(SHANGHAI)
    if int(year) < options.first_year or (int(year), int(month)) >= (now.year, now.month):
        raise Refuse("6001", f"{year} 年 {month} 月的清分数据未开放")
    period = f"{year}-{month}"
    closed = {"is_closed": period in options.closed_months}
    CrossMonth.objects.get_or_create(party=party, year=year, month=month, defaults=closed)
    found = CrossMonth.objects.select_for_update().get(party=party, year=year, month=month)
    if not CrossSettlement.objects.filter(month=found).exists():
        CrossSettlement.objects.bulk_create(settlements(found, options))
    return found


def settlements(month: CrossMonth, options: CrossOptions) -> list[CrossSettlement]:
    """The month's rows in the order of their time; the same seed gives the same month for ever."""
    period = f"{month.year}-{month.month}"
    random = Random(f"{options.seed}:cross:{period}")
    days = calendar.monthrange(int(month.year), int(month.month))[1]
    times = sorted(
        datetime(
            *(int(month.year), int(month.month), random.randint(1, days)),
            *(random.randint(8, 17), random.randint(0, 59), random.randint(0, 59)),
            tzinfo=SHANGHAI,
        )
        for _ in range(options.count(period, random))
    )
    return [_settlement(month, number, at, options, random) for number, at in enumerate(times, 1)]


def _settlement(month: CrossMonth, number: int, at: datetime, options: CrossOptions, random: Random) -> CrossSettlement:
    tail = f"{random.choice(HOME_REGIONS)}{at:%y%m%d}{number:07d}"
    # Most are visits of a few hundred yuan, some are stays in hospital.
    cents = int(random.lognormvariate(9.9, 0.7) if random.random() < 0.7 else random.lognormvariate(13.6, 0.6))
    paid = cents * random.randint(40, 85) // 100
    ending = list(ENDINGS)[number - 1] if options.magic_rows and number <= len(ENDINGS) else ""
    return CrossSettlement(
        month=month,
        seqno=number,
        certno=person(random.randrange(1_000_000))[1],
        mdtrt_id=f"S{tail}",
        mdtrt_setl_time=f"{at:%Y-%m-%d %H:%M:%S}",
        setl_sn=f"A{tail}{ending}",
        fulamt_advpay_flag="1" if random.random() < 0.03 else "0",
        medfee_sumamt=Decimal(cents) / 100,
        optins_pay_sumamt=Decimal(paid) / 100,
    )

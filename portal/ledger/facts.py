"""What one settlement is to the book: the facts that a business, a file or a hospital's system tells of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils import timezone

from portal.vault.masks import mask_identity

ZERO = Decimal("0.00")


class Source(models.TextChoices):
    """Who told of an entry."""

    SETTLEMENT = "settlement", "结算"
    INJURY = "injury", "工伤"
    CLEARING = "clearing", "清算"
    ONETRANS = "onetrans", "收费台"
    BROUGHT = "brought", "医院系统"


class Standing(models.TextChoices):
    """How sure it is that the money moved. Only SETTLED counts in sums."""

    SETTLED = "settled", "已结算"
    PENDING = "pending", "办理中"
    DOUBTFUL = "doubtful", "结果待确认"
    VOID = "void", "已作废"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days in Shanghai, half open: `begin` belongs to it, `end` does not. In one environment."""

    environment: str
    begin: date
    end: date

    def __post_init__(self) -> None:
        if self.begin >= self.end:
            raise ValueError("a span has at least one day")

    @classmethod
    def of_day(cls, environment: str, day: date) -> Span:
        return cls(environment, day, day + timedelta(days=1))

    @classmethod
    def of_month(cls, environment: str, year: int, month: int) -> Span:
        """From its first day to the first day of the next."""
        first = date(year, month, 1)
        return cls(environment, first, (first + timedelta(days=31)).replace(day=1))

    @property
    def begins_at(self) -> datetime:
        return midnight(self.begin)

    @property
    def ends_at(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return midnight(self.end)

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    def __contains__(self, moment: datetime) -> bool:
        return self.begins_at <= moment < self.ends_at

    def __str__(self) -> str:
        return f"{self.begin}" if self.begin == self.last_day else f"{self.begin} 至 {self.last_day}"


def midnight(day: date) -> datetime:
    """When a day begins in Shanghai, which knows no summer time."""
    return timezone.make_aware(datetime.combine(day, time.min))


def day_of(moment: datetime) -> date:
    """The day in Shanghai that a moment belongs to."""
    return timezone.localdate(moment)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One settlement or one refund of it. Amounts are yuan with their own sign: a refund's are negative or zero.

    `family` is the gateway's code, `number` the institution's own number of the settlement (a refund has the number of
    what it takes back): both with `is_refund` name the entry for ever. `msgid` is the message the centre knows it by,
    `setl_id` the centre's number. `person_no` is plain and is sealed when it is kept; `person` is a masked name.
    `page` and `page_key` lead to what it is about: the name of an address and its one argument.
    """

    family: str
    number: str
    settled_at: datetime
    total: Decimal
    fund: Decimal = ZERO
    account: Decimal = ZERO
    cash: Decimal = ZERO
    is_refund: bool = False
    standing: str = Standing.SETTLED
    setl_id: str = ""
    mdtrt_id: str = ""
    msgid: str = ""
    person_no: str = ""
    person: str = ""
    insutype: str = ""
    clr_type: str = ""
    clr_optins: str = ""
    about: str = ""
    page: str = ""
    page_key: str = ""
    operation: UUID | None = None

    @property
    def day(self) -> date:
        return day_of(self.settled_at)

    @property
    def person_no_masked(self) -> str:
        return mask_identity(self.person_no)

    def negative(self, **changes: object) -> EntryFacts:
        """The refund of all of it: amounts with the other sign."""
        turned = {name: -getattr(self, name) + ZERO for name in ("total", "fund", "account", "cash")}
        return replace(self, is_refund=True, **turned, **changes)  # type: ignore[arg-type]

"""How much of what the hospital charges is mapped: by number of items and by money, and what is missing (2.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, Max, Sum
from django.utils import timezone

from injury.models import FeeItem, FeeState, Mapping, Standing
from injury.models.catalogue import with_standing
from portal.codes import code_list

#: Own codes in one statement.
PIECE = 5_000
#: How far back fee items are looked at, in days; 0: all of them.
PERIODS = {30: "近 30 天", 90: "近 90 天", 365: "近一年", 0: "全部"}
UNMAPPED = "未对照"
PARTS = ("mapped", "outside", "held", "missing")


@dataclass(frozen=True, slots=True)
class Charged:
    """An own item as fee items have it; `standing` is empty without a mapping. `money` is yuan, refunds taken off."""

    kind: str
    own_code: str
    own_name: str
    specification: str
    price: Decimal
    lines: int
    money: Decimal
    last_on: date
    standing: str

    @property
    def kind_label(self) -> str:
        return code_list("injury.alc404").label(self.kind)

    @property
    def price_shown(self) -> str:
        return f"{self.price.normalize():f}"

    @property
    def query(self) -> str:
        """What the page that maps it wants to know."""
        names = ("own_code", "own_name", "kind", "specification")
        return urlencode({name: getattr(self, name) for name in names} | {"own_price": self.price_shown})

    @property
    def standing_label(self) -> str:
        return str(Standing(self.standing).label) if self.standing else UNMAPPED

    @property
    def is_missing(self) -> bool:
        """Whether somebody has to map it, for the first time or again."""
        return not self.standing or self.standing in Standing.held()


@dataclass(slots=True)
class Share:
    """Items and yuan of one kind: all, mapped and usable, known to be outside, to be mapped anew, not mapped."""

    label: str
    kind: str = ""
    items: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("all", *PARTS), 0))
    money: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(("all", *PARTS), Decimal()))

    def add(self, one: Charged) -> None:
        for part in ("all", part_of(one.standing)):
            self.items[part] += 1
            self.money[part] += one.money

    @property
    def item_percent(self) -> int:
        """Items that are mapped or known to be outside, of all; rounded down, so that 100 means all."""
        return _percent(self.items["mapped"] + self.items["outside"], self.items["all"])

    @property
    def money_percent(self) -> int:
        return _percent(self.money["mapped"] + self.money["outside"], self.money["all"])


def part_of(standing: str) -> str:
    if not standing:
        return "missing"
    return {Standing.GOOD: "mapped", Standing.OUTSIDE: "outside"}.get(Standing(standing), "held")


def _percent(part: Decimal | int, whole: Decimal | int) -> int:
    return int(part * 100 / whole) if whole > 0 else 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """`total` and a share of each kind; `missing` is what has to be mapped, most money first."""

    total: Share
    kinds: list[Share]
    missing: list[Charged]


def coverage(environment: str, days: int = 90) -> Coverage:
    """What was charged in the last days (0: ever), beside the mappings. Inside the door; two statements."""
    today = timezone.localdate()
    charged = charged_items(environment, today - timedelta(days=days) if days else None, today)
    total = Share("合计")
    kinds = {kind: Share(label, kind) for kind, label in code_list("injury.alc404").choices()}
    for one in charged:
        total.add(one)
        if one.kind in kinds:
            kinds[one.kind].add(one)
    missing = sorted((one for one in charged if one.is_missing), key=lambda one: (-one.money, one.own_code))
    return Coverage(total, list(kinds.values()), missing)


def charged_items(environment: str, since: date | None, today: date) -> list[Charged]:
    """Every own item that fee items name, with how its mapping stands."""
    found = FeeItem.objects.filter(environment=environment).exclude(state=FeeState.DROPPED).order_by()
    if since:
        found = found.filter(prescribed_on__gte=since)
    rows = list(
        found.values_list("kind", "own_code").annotate(
            Max("own_name"), Max("specification"), Max("price"), Count("pk"), Sum("amount"), Max("prescribed_on")
        )
    )
    standings = standings_of({row[1] for row in rows}, environment, today)
    return [
        Charged(kind, code, name, specification, price, lines, money, last_on, standings.get((kind, code), ""))
        for kind, code, name, specification, price, lines, money, last_on in rows
    ]


def standings_of(own_codes: set[str], environment: str, today: date) -> dict[tuple[str, str], str]:
    """How the mappings of these own codes stand, by kind and code."""
    found: dict[tuple[str, str], str] = {}
    codes = sorted(own_codes)
    for start in range(0, len(codes), PIECE):
        mine = Mapping.objects.filter(environment=environment, own_code__in=codes[start : start + PIECE])
        rows = with_standing(mine, today).values_list("kind", "own_code", "standing_today")
        found |= {(kind, code): standing for kind, code, standing in rows}
    return found

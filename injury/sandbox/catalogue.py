"""The centre's catalogue: 420 items of all kinds, some in several versions, and what was published since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random

from injury.sandbox.catalogue_names import DRUGS, FORMS, MATERIALS, SIZES, STRENGTHS, TREATMENTS, VARIANTS
from injury.sandbox.models import Published
from portal.gateway.sandbox.models import Party

DRUG, TREATMENT, MATERIAL = "0", "1", "9"
#: What is outside the catalogue goes by kind (3.2): drug, treatment, material.
OUTSIDE = {"SZFYP999": DRUG, "SZFZL999": TREATMENT, "SZFCL999": MATERIAL}
#: The kinds as another province's fee items name them (5.1, ALA012).
ALA012 = {DRUG: "02", TREATMENT: "01", MATERIAL: "9"}
FIRST_DAY, LAST_DAY = date(2022, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Item:
    """One version of a catalogue item; `price` is what it usually costs, `price_limit` None without a limit."""

    code: str
    name: str
    kind: str
    category: str
    grade: str
    unit: str
    form: str
    spec: str
    maker: str
    version: int
    price: Decimal
    price_limit: Decimal | None
    valid_from: date
    valid_to: date

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on <= self.valid_to


@lru_cache(maxsize=4)
def base(on: date) -> dict[str, tuple[Item, ...]]:
    """Every item by code with its versions, oldest first; one item in thirty has run out and has no successor."""
    random = Random("catalogue")
    found: dict[str, tuple[Item, ...]] = {}
    for number, item in enumerate(_drugs(random) + _treatments(random) + _materials(random)):
        if number % 30 == 29:
            found[item.code] = (replace(item, valid_to=on - timedelta(days=30)),)
        elif number % 7 == 3:
            changed = date(2025, 6, 30)
            dearer = replace(item, version=2, valid_from=changed + timedelta(days=1))
            found[item.code] = (replace(item, valid_to=changed), dearer)
        else:
            found[item.code] = (item,)
    return found


def versions(party: Party, on: date, codes: Iterable[str] | None = None) -> dict[str, tuple[Item, ...]]:
    """Every version that the party's centre has of these codes (None: of all), oldest first."""
    known = base(on)
    found = dict(known) if codes is None else {code: known[code] for code in codes if code in known}
    published = Published.objects.filter(party=party).order_by("version")
    for one in published if codes is None else published.filter(code__in=list(found)):
        last = found[one.code][-1]
        before = replace(last, valid_to=min(last.valid_to, one.valid_from - timedelta(days=1)))
        fresh = replace(
            last,
            version=one.version,
            price_limit=one.price_limit,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )
        found[one.code] = (*found[one.code][:-1], before, fresh)
    return found


def current(party: Party, on: date, codes: Iterable[str]) -> dict[str, Item]:
    """The last version of each of these codes, whether it is still valid or not; unknown codes are left out."""
    return {code: all_of[-1] for code, all_of in versions(party, on, set(codes)).items()}


def _item(code: str, name: str, kind: str, category: str, grade: str, price: Decimal, **more: str) -> Item:
    return Item(
        code=code,
        name=name,
        kind=kind,
        category=category,
        grade=grade,
        unit=more.get("unit", "次"),
        form=more.get("form", ""),
        spec=more.get("spec", ""),
        maker=more.get("maker", ""),
        version=1,
        price=price,
        price_limit=None if kind == DRUG else (price * Decimal("1.2")).quantize(Decimal("0.01")),
        valid_from=FIRST_DAY,
        valid_to=LAST_DAY,
    )


def _drugs(random: Random) -> list[Item]:
    found = []
    for serial, (name, grade) in enumerate(DRUGS):
        for row, (form, unit) in enumerate(FORMS):
            for place, strength in enumerate(STRENGTHS):
                code = f"XN{serial:02d}B{row + 1}{place + 1}A0010101{random.randint(100, 999)}"
                price = Decimal(random.randint(80, 9800)) / 100
                more = {"unit": unit, "form": form, "spec": f"{strength}/{unit}", "maker": f"沙箱药厂{serial % 7 + 1}"}
                found.append(_item(code, f"{name}{form}（{strength}）", DRUG, "11", grade, price, **more))
    return found


def _treatments(random: Random) -> list[Item]:
    found = []
    for serial, (name, category) in enumerate(TREATMENTS):
        for place, variant in enumerate(VARIANTS):
            price = Decimal(random.randint(300, 60000)) / 100
            grade = "3" if variant == "加收" else random.choice("112")
            found.append(
                _item(f"00{serial + 11:04d}0{place + 1:03d}", f"{name}（{variant}）", TREATMENT, category, grade, price)
            )
    return found


def _materials(random: Random) -> list[Item]:
    found = []
    for serial, name in enumerate(MATERIALS):
        for place, size in enumerate(SIZES):
            price = Decimal(random.randint(500, 400000)) / 100
            grade = "3" if size == "特制" else "2"
            code = f"C{serial + 1:04d}{place + 1:02d}0180{random.randint(1000, 9999)}"
            found.append(_item(code, f"{name}（{size}）", MATERIAL, "51", grade, price, spec=size, unit="件"))
    return found

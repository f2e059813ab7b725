"""What an item of the hospital is called at the centre; asked before anything is sent (interface 3.2, 4.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from django.utils import timezone

from injury.messages.fees import FeeLine
from injury.models.catalogue import CatalogueItem, Mapping, Standing
from injury.models.fee import OUTSIDE
from injury.rules.fee_fields import width
from portal.codes import code_list

#: An own item: code and kind (0 drug, 1 treatment, 9 material).
Own = tuple[str, str]
#: What an item outside of the catalogue is charged as when nobody said: drugs, treatment, material (AKA063).
USUAL_CATEGORY = {"0": "11", "1": "22", "9": "51"}
#: Characters of a category in 4.10 and 4.24; AKA063 lists some that are longer.
CATEGORY_WIDTH = width(FeeLine, "aka063")
#: 自费 (AKA065): what lies outside of the catalogue.
SELF_PAID = "3"
#: Own codes in one statement.
PIECE = 5_000


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the gateway wants to know of an own item (alc402, alc403, aka063, aka065, vmed).

    Outside of the catalogue `name` and `version` are empty (the hospital's own name goes) and `note` says why. While
    `hold` is not empty the item must not be sent: it says why, and what to do. `price_limit` is yuan, None without one.
    """

    code: str
    name: str
    category: str
    grade: str
    version: str
    price_limit: Decimal | None = None
    is_outside: bool = False
    note: str = ""
    hold: str = ""


def resolve(own_code: str, kind: str, on: date, *, environment: str, today: date | None = None) -> Mapped:
    """What this own item is at the centre, prescribed on the day `on` and sent today. Inside the door; two queries."""
    return resolve_many([(own_code, kind, on)], environment=environment, today=today)[own_code, kind, on]


def resolve_many(
    items: Iterable[tuple[str, str, date]], *, environment: str, today: date | None = None
) -> dict[tuple[str, str, date], Mapped]:
    """`resolve` for thousands of (own code, kind, day of prescription); two queries for 5,000 own codes.

    A version has to be the centre's newest on the day of sending; catalogue and mapping have to be valid on the day
    of prescription.
    """
    wanted = set(items)
    sent_on = today or timezone.localdate()
    known = _mappings({own_code for own_code, _, _ in wanted}, environment)
    stale = {one.centre_code for one in known.values() if one.standing(sent_on) == Standing.OUTDATED}
    newest = newest_versions(stale, environment) if stale else {}
    return {
        (own_code, kind, on): mapped(known.get((own_code, kind)), kind, on, sent_on, newest)
        for own_code, kind, on in wanted
    }


def mapped(one: Mapping | None, kind: str, on: date, today: date, newest: dict[str, CatalogueItem]) -> Mapped:
    """What a mapping says on these days; pure. `newest`: the newest versions by code, for the sentences."""
    if kind not in OUTSIDE:
        return Mapped("", "", "", "", "", hold=f"种类“{kind}”不是药品、诊疗或耗材，请在费用来源中更正")
    if one is None:
        return outside(kind, "没有目录对照，按目录外自费项目上传，使用医院自己的名称")
    held = _held_by_dates(one, on) or _held_by_catalogue(one, on, today, newest)
    if one.item is None:
        held = held or category_fault(one.category)
        made = outside(kind, "已确认为目录外项目，按自费上传，使用医院自己的名称", one.category)
        return Mapped(made.code, "", made.category, made.grade, "", is_outside=True, note=made.note, hold=held)
    item = one.item
    return Mapped(item.code, item.name, item.category, item.grade, item.version, item.price_limit, hold=held)


@cache
def outside(kind: str, why: str, category: str = "") -> Mapped:
    """An item outside of the catalogue: the code of its kind, paid by the patient (3.2)."""
    return Mapped(OUTSIDE[kind], "", category or USUAL_CATEGORY[kind], SELF_PAID, "", is_outside=True, note=why)


def category_fault(category: str) -> str:
    """Why this category cannot be sent for an item outside of the catalogue; empty when it can."""
    if len(category) <= CATEGORY_WIDTH:
        return ""
    label = code_list("injury.aka063").label(category)
    return f"收费类别 {category} {label} 超过 {CATEGORY_WIDTH} 位，目录外项目不能按它上传，请到目录对照中改选其他类别"


def sendable_categories() -> list[tuple[str, str]]:
    """The categories that an item outside of the catalogue can have: code and label."""
    return [one for one in code_list("injury.aka063").choices() if not category_fault(one[0])]


def _held_by_dates(one: Mapping, on: date) -> str:
    if one.valid_to and one.valid_to < on:
        return f"目录对照到 {one.valid_to} 为止，不含处方日期 {on}，请到目录对照中更新后再上传"
    if one.valid_from and one.valid_from > on:
        return f"目录对照自 {one.valid_from} 起有效，处方日期 {on} 在此之前，请到目录对照中核对"
    return ""


def _held_by_catalogue(one: Mapping, on: date, today: date, newest: dict[str, CatalogueItem]) -> str:
    if one.item is None:
        return ""
    item = one.item
    match item.standing(today):
        case Standing.GONE:
            return f"中心目录自 {item.gone_on} 起已没有编码 {item.code}，请到目录对照中改选其他编码"
        case Standing.OUTDATED:
            now = newest.get(item.code)
            words = f"，中心现为 {now.version}" if now else ""
            return f"目录版本已过期：对照的是 {item.version}{words}，请到目录对照中更新后再上传"
        case Standing.EARLY:
            return f"中心目录 {item.code} 的版本 {item.version} 自 {item.valid_from} 起才生效，请改选现行版本"
    if item.valid_to and item.valid_to < on:
        return f"中心目录 {item.code} 已于 {item.valid_to} 过期，处方日期 {on} 在此之后，请到目录对照中改选"
    return ""


def newest_versions(codes: Iterable[str], environment: str) -> dict[str, CatalogueItem]:
    """The newest version of each of these codes, by code; what the centre has given up is not among them."""
    found = CatalogueItem.objects.filter(environment=environment, code__in=set(codes))
    return {one.code: one for one in found.filter(replaced_on__isnull=True, gone_on__isnull=True)}


def _mappings(own_codes: set[str], environment: str) -> dict[Own, Mapping]:
    found: dict[Own, Mapping] = {}
    codes = sorted(own_codes)
    for start in range(0, len(codes), PIECE):
        # One array: of thousands of values one by one, reading the statement alone takes longer than answering it.
        mine = Mapping.objects.filter(environment=environment).extra(
            where=["injury_mapping.own_code = ANY(%s)"], params=[codes[start : start + PIECE]]
        )
        found |= {(one.own_code, one.kind): one for one in mine.select_related("item")}
    return found


def kind_label(kind: str) -> str:
    """药品, 诊疗, 耗材."""
    return code_list("injury.alc404").label(kind)

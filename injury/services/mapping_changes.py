"""Saying which item of the catalogue an item of the hospital is: one, many, anew after a new version, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from injury.actions import MAPPING_REMOVED, MAPPING_SAVED, MAPPINGS_RENEWED, MAPPINGS_SAVED
from injury.models import CatalogueItem, Mapping, Standing
from injury.models.catalogue import in_use, with_standing
from injury.models.fee import OUTSIDE
from injury.services.fee_holding import look_again_later
from injury.services.mapping import category_fault, kind_label
from injury.services.refusals import Refused
from portal.access.member import Member
from portal.audit import record
from portal.codes.initials import initials

#: What people write instead of SZFYP999, SZFZL999, SZFCL999.
OUTSIDE_WORD = "目录外"
#: Faults that are told at once.
FAULTS = 100
SAID = ("own_name", "own_price", "specification", "item_id", "centre_code", "version", "category")
COMPARED = (*SAID, "valid_from", "valid_to")
WRITTEN = ("own_initials", *COMPARED, "mapped_by_id", "mapped_as", "mapped_at")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which centre code an own item shall have; 目录外 or its code for what lies outside. The price is yuan."""

    own_code: str
    own_name: str
    kind: str
    centre_code: str
    own_price: Decimal | None = None
    specification: str = ""
    category: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def code(self) -> str:
        """The centre's code that is meant."""
        return OUTSIDE.get(self.kind, "") if self.centre_code == OUTSIDE_WORD else self.centre_code

    @property
    def is_outside(self) -> bool:
        return self.code in OUTSIDE.values()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were new, changed, the same; `states` says it of each, in the order of the wishes."""

    new: int = 0
    changed: int = 0
    same: int = 0
    states: Sequence[str] = ()


def fault_of(wish: Wish, known: Lookup[str, CatalogueItem], today: date) -> tuple[str, str] | None:
    """The field and the sentence when this cannot be; pure. `known`: the catalogue's items by code."""
    if wish.kind not in OUTSIDE:
        return "kind", f"种类“{wish.kind}”不是药品、诊疗或耗材"
    if wish.valid_from and wish.valid_to and wish.valid_to < wish.valid_from:
        return "valid_to", f"对照失效日期 {wish.valid_to} 早于生效日期 {wish.valid_from}"
    if wish.is_outside:
        if wish.code != OUTSIDE[wish.kind]:
            right = OUTSIDE[wish.kind]
            return "centre_code", f"种类是{kind_label(wish.kind)}的目录外项目应对照 {right}，不是 {wish.code}"
        fault = category_fault(wish.category)
        return ("category", fault) if fault else None
    item = known.get(wish.code)
    if item is None:
        return "centre_code", f"中心目录中没有编码 {wish.code}"
    if item.kind != wish.kind:
        return "centre_code", f"种类不一致：医院项目是{kind_label(wish.kind)}，中心编码 {item.code} 是{item.kind_label}"
    match item.standing(today):
        case Standing.GOOD:
            return None
        case Standing.GONE:
            return "centre_code", f"中心编码 {item.code} 已于 {item.gone_on} 停用"
        case Standing.EXPIRED:
            return "centre_code", f"中心编码 {item.code} 已于 {item.valid_to} 过期"
    return "centre_code", f"中心编码 {item.code} 自 {item.valid_from} 起才生效"


def catalogue_now(codes: Iterable[str], environment: str, today: date) -> dict[str, CatalogueItem]:
    """The version of each code that counts today, or its newest one when none is in force; by code."""
    found: dict[str, CatalogueItem] = {}
    items = CatalogueItem.objects.filter(environment=environment, code__in=set(codes)).exclude(replaced_on__lte=today)
    for item in items.order_by("valid_from"):
        if item.code not in found or found[item.code].standing(today) != Standing.GOOD:
            found[item.code] = item
    return found


def put_mappings(wishes: Sequence[Wish], *, by: Member) -> Tally:
    """Map these own items, all or none; the same again changes nothing. Inside the door, four statements.

    Raises Refused whose `faults` name them by place: ("items/3/centre_code", sentence).
    """
    assert by.institution
    environment, today = by.institution.environment, timezone.localdate()
    known = catalogue_now((wish.code for wish in wishes), environment, today)
    _refuse_faults(wishes, known, today)
    codes = {wish.own_code for wish in wishes}
    present = {(one.own_code, one.kind): one for one in _mine(environment).filter(own_code__in=codes)}
    made = [_mapping(wish, known.get(wish.code), environment, by) for wish in wishes]
    new = [one for one in made if (one.own_code, one.kind) not in present]
    changed = [
        one
        for one in made
        if (before := present.get((one.own_code, one.kind))) and any(_differs(before, one, name) for name in COMPARED)
    ]
    Mapping.objects.bulk_create(
        new + changed,
        update_conflicts=True,
        unique_fields=["institution", "environment", "own_code", "kind"],
        update_fields=[name.removesuffix("_id") for name in WRITTEN],
    )
    states = {id(one): "new" for one in new} | {id(one): "changed" for one in changed}
    said = [states.get(id(one), "same") for one in made]
    tally = Tally(len(new), len(changed), len(made) - len(new) - len(changed), said)
    _record(new + changed, present, tally, by)
    if new or changed:
        look_again_later(by=by, environment=environment)
    return tally


def put_mapping(wish: Wish, *, by: Member) -> Mapping:
    """Map one own item. Raises Refused with the field at fault."""
    assert by.institution
    try:
        put_mappings([wish], by=by)
    except Refused as refusal:
        faults = [(place.rpartition("/")[2], sentence) for place, sentence in refusal.faults]
        raise Refused(refusal.sentence, faults[0][0], faults) from None
    return _mine(by.institution.environment).get(own_code=wish.own_code, kind=wish.kind)


def _refuse_faults(wishes: Sequence[Wish], known: Lookup[str, CatalogueItem], today: date) -> None:
    faults: list[tuple[str, str]] = []
    seen: dict[tuple[str, str], int] = {}
    for place, wish in enumerate(wishes):
        first = seen.setdefault((wish.own_code, wish.kind), place)
        fault = fault_of(wish, known, today)
        if first != place:
            fault = ("own_code", f"医院内码 {wish.own_code} 与第 {first + 1} 个重复")
        if fault:
            faults.append((f"items/{place}/{fault[0]}", fault[1]))
    if faults:
        more = f"（共 {len(faults)} 处）" if len(faults) > 1 else ""
        raise Refused(faults[0][1] + more, field=faults[0][0].rpartition("/")[2], faults=faults[:FAULTS])


def _mapping(wish: Wish, item: CatalogueItem | None, environment: str, by: Member) -> Mapping:
    return Mapping(
        environment=environment,
        kind=wish.kind,
        own_code=wish.own_code,
        own_name=wish.own_name,
        own_initials=initials(wish.own_name)[:100],
        own_price=wish.own_price,
        specification=wish.specification,
        item=item,
        centre_code=wish.code,
        version=item.version if item else "",
        category="" if item else wish.category,
        valid_from=wish.valid_from,
        valid_to=wish.valid_to,
        mapped_by=by.user,
        mapped_as=by.label[:100],
        mapped_at=timezone.now(),
    )


def _differs(before: Mapping, after: Mapping, name: str) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


def _record(saved: list[Mapping], present: Lookup[tuple[str, str], Mapping], tally: Tally, by: Member) -> None:
    if len(saved) == 1:
        one = saved[0]
        before = present.get((one.own_code, one.kind))
        was = f"{before.centre_code} {before.version}".strip() if before else "未对照"
        now = f"{one.centre_code} {one.version}".strip()
        record(MAPPING_SAVED, before or one, by=by, code=one.own_code, name=one.own_name, was=was, now=now)
    elif saved:
        record(MAPPINGS_SAVED, by=by, new=tally.new, changed=tally.changed)


def renewable(mappings: QuerySet[Mapping], today: date) -> QuerySet[Any]:
    """Those whose version is not the centre's any more while their code goes on, with the id of its version of today
    as `successor`; what is given up or of another kind now has to be mapped by hand."""
    now = in_use(CatalogueItem.objects.filter(environment=OuterRef("environment")), today)
    now = now.filter(code=OuterRef("centre_code"), kind=OuterRef("kind")).order_by("-valid_from")
    stale = with_standing(mappings, today).filter(item__isnull=False, item__replaced_on__lte=today)
    found: QuerySet[Any] = stale.annotate(successor=Subquery(now.values("pk")[:1])).filter(successor__isnull=False)
    return found


def renew(mappings: QuerySet[Mapping], *, by: Member) -> int:
    """Map what is chosen to today's version of the same code; how many. Raises Refused when there is nothing to do."""
    today = timezone.localdate()
    found = list(renewable(mappings, today).select_for_update(of=("self",)))
    if not found:
        raise Refused("所选对照中没有可以更新到新版本的项目")
    items = CatalogueItem.objects.in_bulk({one.successor for one in found})
    now = timezone.now()
    for one in found:
        one.item = items[one.successor]
        one.version = one.item.version
        one.mapped_by, one.mapped_as, one.mapped_at = by.user, by.label[:100], now
    Mapping.objects.bulk_update(found, ["item", "version", "mapped_by", "mapped_as", "mapped_at"], batch_size=1_000)
    record(MAPPINGS_RENEWED, by=by, count=len(found), first="、".join(str(one) for one in found[:5]))
    look_again_later(by=by, environment=found[0].environment)
    return len(found)


def remove_mapping(mapping: Mapping, *, by: Member) -> None:
    """The own item is not mapped any more: it goes outside of the catalogue until somebody maps it again."""
    record(MAPPING_REMOVED, mapping, by=by, code=mapping.own_code, name=mapping.own_name, was=mapping.centre_code)
    mapping.delete()
    look_again_later(by=by, environment=mapping.environment)


def _mine(environment: str) -> QuerySet[Mapping]:
    return Mapping.objects.filter(environment=environment)

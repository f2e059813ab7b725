"""What an own item is at the centre, on which day, and what holds it back (interface 3.2, 4.10)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from injury.models import CatalogueItem, Mapping, Standing
from injury.models.catalogue import with_standing
from injury.services.mapping import resolve, resolve_many, sendable_categories
from injury.services.mapping_changes import Wish, put_mappings, remove_mapping, renew, renewable
from injury.services.refusals import Refused
from portal.access.door import tenant_tx
from tests.cast import recorded
from tests.injury.catalogue_rows import TODAY, put_item, put_mapping


def asked(own_code: str, kind: str = "0", on: date = TODAY, **more):
    return resolve(own_code, kind, on, environment=more.pop("environment", "test"), today=more.pop("today", TODAY))


def test_a_mapped_item_goes_with_the_centres_words_and_version(in_hospital_a):
    put_mapping("0012", put_item("XN1", version="7", price_limit=Decimal("12.5")))
    found = asked("0012")
    assert (found.code, found.name, found.category, found.grade) == ("XN1", "氯化钠注射液", "11", "1")
    assert (found.version, found.price_limit, found.is_outside, found.hold) == ("7", Decimal("12.5"), False, "")


@pytest.mark.parametrize(
    ("kind", "code", "category"), [("0", "SZFYP999", "11"), ("1", "SZFZL999", "22"), ("9", "SZFCL999", "51")]
)
def test_what_nobody_mapped_goes_outside_by_its_kind(in_hospital_a, kind, code, category):
    found = asked("0012", kind)
    assert (found.code, found.category, found.grade, found.name, found.version) == (code, category, "3", "", "")
    assert found.is_outside
    assert "没有目录对照" in found.note
    assert not found.hold


def test_what_is_known_to_be_outside_says_so_with_its_own_category(in_hospital_a):
    put_mapping("0012", None, category="91")
    found = asked("0012")
    assert (found.code, found.category, found.hold) == ("SZFYP999", "91", "")
    assert "已确认为目录外" in found.note


def test_a_category_too_long_for_the_interface_is_refused_and_held(in_hospital_a, alice_member):
    with pytest.raises(Refused) as refused:
        put_mappings([wish("0009", "目录外", category="1407")], by=alice_member)
    assert list(refused.value.faults) == [
        ("items/0/category", "收费类别 1407 救护车费 超过 3 位，目录外项目不能按它上传，请到目录对照中改选其他类别")
    ]
    put_mapping("0012", None, category="14021")
    assert "超过 3 位" in asked("0012").hold
    assert "1407" not in dict(sendable_categories())
    put_item("XN1")
    put_mappings([wish("0010", "目录外", category="100"), wish("0011", "XN1", category="1407")], by=alice_member)


def test_the_same_code_of_another_kind_is_another_item(in_hospital_a):
    put_mapping("0012", put_item("XN1"))
    assert asked("0012", "1").code == "SZFZL999"
    assert "不是药品、诊疗或耗材" in asked("0012", "5").hold


def test_it_is_held_while_the_centre_has_another_version(in_hospital_a):
    old = put_item("XN1", version="1", replaced_on=date(2026, 11, 1))
    put_item("XN1", version="2", valid_from=date(2026, 11, 1))
    put_mapping("0012", old)
    assert "目录版本已过期：对照的是 1，中心现为 2" in asked("0012").hold
    # the new version begins later: until then the old one is right
    assert not asked("0012", today=date(2026, 10, 31)).hold


@pytest.mark.parametrize(
    ("item", "mapping", "words"),
    [
        ({"gone_on": date(2026, 11, 2)}, {}, "中心目录自 2026-11-02 起已没有编码"),
        ({"valid_to": date(2026, 11, 20)}, {}, "已于 2026-11-20 过期"),
        ({"valid_from": date(2026, 11, 22)}, {}, "自 2026-11-22 起才生效"),
        ({}, {"valid_to": date(2026, 11, 20)}, "对照到 2026-11-20 为止"),
        ({}, {"valid_from": date(2026, 11, 22)}, "自 2026-11-22 起有效"),
    ],
)
def test_it_is_held_outside_its_days(in_hospital_a, item, mapping, words):
    put_mapping("0012", put_item("XN1", **item), **mapping)
    assert words in asked("0012").hold


def test_an_item_that_ran_out_still_counts_for_the_days_before(in_hospital_a):
    put_mapping("0012", put_item("XN1", valid_to=date(2026, 11, 20)))
    assert not asked("0012", on=date(2026, 11, 20)).hold


def test_thousands_are_asked_in_two_statements(in_hospital_a):
    items = [put_item(f"XN{n}", replaced_on=date(2026, 1, 1) if n % 2 else None) for n in range(40)]
    for n, item in enumerate(items):
        put_mapping(f"{n:04}", item)
    wanted = {(f"{n:04}", "0", TODAY) for n in range(60)}
    with CaptureQueriesContext(
        connection,
    ) as said:
        found = resolve_many(wanted, environment="test", today=TODAY)
    assert len(said) == 2
    assert sum(one.is_outside for one in found.values()) == 20
    assert sum(bool(one.hold) for one in found.values()) == 20


def test_environments_and_institutions_do_not_see_each_others(hospital_b, hospital_a):
    with tenant_tx(hospital_a.pk):
        put_mapping("0012", put_item("XN1"))
        put_mapping("0012", put_item("XN2", environment="production"), environment="production")
        assert asked("0012").code == "XN1"
        assert asked("0012", environment="production").code == "XN2"
    with tenant_tx(hospital_b.pk):
        assert asked("0012").is_outside


STANDINGS: list[tuple[Any, Any, Standing]] = [
    ({}, {}, Standing.GOOD),
    ({"replaced_on": TODAY}, {}, Standing.OUTDATED),
    ({"replaced_on": date(2026, 11, 22)}, {}, Standing.GOOD),
    ({"gone_on": TODAY, "replaced_on": TODAY}, {}, Standing.GONE),
    ({"valid_to": date(2026, 11, 20)}, {}, Standing.EXPIRED),
    ({"valid_to": TODAY}, {}, Standing.GOOD),
    ({"valid_from": date(2026, 11, 22)}, {}, Standing.EARLY),
    ({}, {"valid_to": date(2026, 11, 20)}, Standing.EXPIRED),
    ({}, {"valid_from": date(2026, 11, 22)}, Standing.EARLY),
    (None, {}, Standing.OUTSIDE),
]


def test_sql_and_python_agree_on_how_a_mapping_stands(in_hospital_a):
    for number, (item, mapping, _) in enumerate(STANDINGS):
        put_mapping(f"{number:02}", None if item is None else put_item(f"XN{number}", **item), **mapping)
    rows = list(with_standing(Mapping.objects.select_related("item"), TODAY).order_by("own_code"))
    assert [row.standing_today for row in rows] == [row.standing(TODAY) for row in rows]
    assert [row.standing_today for row in rows] == [wanted for *_, wanted in STANDINGS]


# --- changing


def wish(own_code: str, centre_code: str, kind: str = "0", **more) -> Wish:
    return Wish(own_code, f"本院{own_code}", kind, centre_code, **more)


def test_it_maps_many_at_once_and_the_same_again_changes_nothing(alice_member, in_hospital_a):
    for n in range(3):
        put_item(f"XN{n}")
    wishes = [wish(f"{n:04}", f"XN{n}") for n in range(3)] + [wish("0009", "目录外", category="11")]
    first = put_mappings(wishes, by=alice_member)
    again = put_mappings([*wishes[:-1], wish("0009", "XN0")], by=alice_member)
    assert (first.new, first.changed, first.same) == (4, 0, 0)
    assert (again.new, again.changed, again.same) == (0, 1, 3)
    assert asked("0009").code == "XN0"
    assert Mapping.objects.get(own_code="0000").mapped_as == alice_member.label


def test_it_says_what_a_mapping_was_before(alice_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        put_item("XN1", version="2026A")
        put_mappings([wish("0012", "目录外")], by=alice_member)
        put_mappings([wish("0012", "XN1")], by=alice_member)
        remove_mapping(Mapping.objects.get(), by=alice_member)
        assert asked("0012").is_outside
    said = [event.sentence for event in recorded(hospital_a.pk)]
    assert "未对照 → SZFYP999" in said[-3]
    assert "SZFYP999 → XN1 2026A" in said[-2]
    assert "取消医院项目 本院0012（0012）的对照" in said[-1]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        (wish("1", "XN9"), "centre_code", "中心目录中没有编码 XN9"),
        (wish("1", "XN1", "1"), "centre_code", "种类不一致：医院项目是诊疗，中心编码 XN1 是药品"),
        (wish("1", "SZFZL999"), "centre_code", "应对照 SZFYP999"),
        (wish("1", "GONE"), "centre_code", "已于 2026-01-01 停用"),
        (wish("1", "OVER"), "centre_code", "已于 2026-01-01 过期"),
        (wish("1", "XN1", "7"), "kind", "不是药品、诊疗或耗材"),
        (wish("1", "XN1", valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1)), "valid_to", "早于生效日期"),
    ],
)
def test_it_refuses_what_cannot_be_and_maps_nothing(alice_member, in_hospital_a, wrong, field, words):
    put_item("XN1")
    put_item("GONE", gone_on=date(2026, 1, 1))
    put_item("OVER", valid_to=date(2026, 1, 1))
    with pytest.raises(Refused) as refusal:
        put_mappings([wish("2", "XN1"), wrong, wish("2", "XN1")], by=alice_member)
    assert (f"items/1/{field}", "items/2/own_code") == tuple(place for place, _ in refusal.value.faults)
    assert words in refusal.value.sentence
    assert "共 2 处" in refusal.value.sentence
    assert not Mapping.objects.exists()


def test_a_new_version_is_mapped_with_one_click_where_the_code_goes_on(alice_member, in_hospital_a):
    old = put_item("XN1", version="1", replaced_on=date(2026, 1, 1), price_limit=Decimal(10))
    new = put_item("XN1", "氯化钠注射液（新）", version="2", valid_from=date(2026, 1, 1), price_limit=Decimal(8))
    changed_kind = put_item("XN2", version="1", replaced_on=date(2026, 1, 1))
    put_item("XN2", kind="9", version="2")
    given_up = put_item("XN3", gone_on=date(2026, 1, 1))
    for own_code, item in (("a", old), ("b", changed_kind), ("c", given_up), ("d", new)):
        put_mapping(own_code, item)
    assert [one.own_code for one in renewable(Mapping.objects.all(), TODAY)] == ["a"]
    assert renew(Mapping.objects.all(), by=alice_member) == 1
    assert Mapping.objects.get(own_code="a").item == new
    assert Mapping.objects.get(own_code="a").version == "2"
    with pytest.raises(Refused, match="没有可以更新"):
        renew(Mapping.objects.all(), by=alice_member)


def test_the_newest_version_of_a_code_is_one(in_hospital_a):
    from django.db import IntegrityError, transaction

    put_item("XN1", version="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        put_item("XN1", version="2")
    assert CatalogueItem.objects.count() == 1

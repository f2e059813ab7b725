"""The hospital's own mappings from Excel: refusals, previews, use."""

from decimal import Decimal
from typing import Any

import pytest

from injury.models import CatalogueItem, FileKind, FileState, Mapping, MappingLine
from tests.injury.catalogue_desk import Desk, row
from tests.injury.catalogue_rows import MAPPING_HEADS, put_item, put_mapping, workbook


@pytest.fixture
def desk(alice_member) -> Desk:
    return Desk(alice_member)


def own(*rows: list[Any], heads: list[str] | None = None) -> bytes:
    return workbook(*rows, heads=heads or MAPPING_HEADS)


def test_mappings_come_in_with_the_version_of_today(desk):
    with desk.tx():
        put_item("XN1", version="7")
        put_item("ZL1", "换药", "1")
        put_mapping("0003", CatalogueItem.objects.get(code="ZL1"), own_name="换药")
    file = desk.bring(
        own(
            ["0001", "生理盐水", "药品", 12.5, "500ml", "XN1"],
            ["0002", "进口敷料", "耗材", None, None, "目录外"],
            ["0003", "换药", "1", None, None, "ZL1"],
            ["0004", "还没有对照", "1", None, None, None],
        ),
        FileKind.MAPPINGS,
    )
    assert file.counts == {"new": 2, "changed": 0, "same": 1, "outside": 1}
    desk.use(file)
    with desk.tx():
        one = Mapping.objects.get(own_code="0001")
        assert (one.version, one.own_price, one.specification, one.own_initials) == (
            "7",
            Decimal("12.5"),
            "500ml",
            "slys",
        )
        assert (one.mapped_as, one.mapped_by) == (desk.by.label, desk.by.user)
        assert Mapping.objects.get(own_code="0002").centre_code == "SZFCL999"
        assert not MappingLine.objects.exists()
    again = desk.bring(own(["0001", "生理盐水", "0", 13, "500ml", "XN1"]), FileKind.MAPPINGS)
    assert (again.counts["new"], again.counts["changed"]) == (0, 1)
    desk.use(again)
    with desk.tx():
        assert Mapping.objects.get(own_code="0001").own_price == 13


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["0001", "盐水", "药品", None, None, "XN9"]], "中心目录中没有编码 XN9"),
        ([["0001", "盐水", "诊疗", None, None, "XN1"]], "种类不一致"),
        ([["0001", "盐水", "诊疗", None, None, "SZFYP999"]], "应对照 SZFZL999"),
        ([["0001", "盐" * 101, "药品", None, None, "XN1"]], "最多 100 个字"),
        ([["0001", "=A1", "药品", None, None, "XN1"]], "医院项目名称是公式"),
        ([[1, "盐水", "药品", None, None, "XN1"]], "医院内码须为文本格式"),
        ([["0001", "盐水", "药品", "十元", None, "XN1"]], "医院单价应为"),
        ([["0001", "盐水", "药品", None, None, "XN1"], ["0001", "盐水", "0", None, None, "XN1"]], "与第 2 行重复"),
    ],
)
def test_a_file_of_mappings_with_a_fault_is_refused(desk, rows, words):
    with desk.tx():
        put_item("XN1")
    file = desk.bring(own(["0000", "好的", "药品", None, None, "XN1"], *rows), FileKind.MAPPINGS)
    assert file.state == FileState.FAULTY
    assert words.replace("第 2 行", "第 3 行") in file.faults[0]
    with desk.tx():
        assert not MappingLine.objects.exists()


def test_mappings_wait_when_the_catalogue_changed_meanwhile(desk):
    desk.take(workbook(row("XN1")))
    file = desk.bring(own(["0001", "盐水", "药品", None, None, "XN1"]), FileKind.MAPPINGS)
    desk.take(workbook(row("XN1", version="2")))
    assert "中心目录在预览之后有更新" in desk.use(file)
    with desk.tx():
        assert not Mapping.objects.exists()

"""The centre's catalogue and the hospital's mappings from Excel: refusals, previews, use, what follows."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from injury.models import CatalogueItem, CatalogueLine, FileKind, FileState, Mapping
from injury.papers.catalogue import catalogue_template, centre_file, mapping_template
from injury.services.catalogue_files import ask_use, bring_file, drop_file
from injury.services.catalogue_reading import read_file
from injury.services.mapping import resolve
from injury.services.mapping_changes import renew
from injury.services.refusals import Refused
from portal.jobs import Job
from tests.cast import actions_of
from tests.injury.catalogue_desk import Desk, row
from tests.injury.catalogue_rows import put_item, put_mapping, workbook

TODAY = timezone.localdate()


@pytest.fixture
def desk(alice_member) -> Desk:
    return Desk(alice_member)


def test_a_catalogue_comes_in_with_labels_or_codes(desk):
    file = desk.take(
        workbook(
            row(limit=12.5, begins=date(2026, 1, 1), ends="2099/12/31"),
            row("0001", "换药", "2", kind=1, category="22", grade="2"),
            title="工伤保险目录 2026 年版",
        )
    )
    assert (file.state, file.rows, file.counts["new"]) == (FileState.USED, 2, 2)
    with desk.tx():
        one, other = CatalogueItem.objects.order_by("-code")
        assert (one.price_limit, one.valid_from, one.valid_to) == (
            Decimal("12.5"),
            date(2026, 1, 1),
            date(2099, 12, 31),
        )
        assert (one.kind, one.category, one.grade, one.initials) == ("0", "11", "1", "lhnzsy")
        assert (other.code, other.kind, other.category, other.version) == ("0001", "1", "22", "2")
        assert not CatalogueLine.objects.exists()
        assert file.content is None
    assert actions_of(desk.by.institution_id)[-2:] == ["injury.catalogue.file_brought", "injury.catalogue.used"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(name="=1+1")], "中心名称是公式"),
        ([row(limit="=SUM(A1:A2)")], "限价是公式"),
        ([row(code=12345)], "中心编码须为文本格式"),
        ([row(kind="化验")], "种类“化验”不在代码表中"),
        ([row(category="")], "收费类别不能为空"),
        ([row(name="药" * 101)], "中心名称最多 100 个字，现为 101 个字"),
        ([row(code="X" * 21)], "中心编码最多 20 位"),
        ([row(code="X N1")], "中心编码中不能有空格"),
        ([row(name="氯化\n钠")], "换行或不可见字符"),
        ([row(version="")], "目录版本号不能为空"),
        ([row(limit="12.34567")], "最多 4 位小数"),
        ([row(limit=-1)], "不小于 0"),
        ([row(begins="2026-02-30")], "生效日期应为日期"),
        ([row(begins="2026-02-01", ends="2026-01-31")], "早于生效日期"),
        ([row(), row()], "编码 XN1 版本 1 与第 2 行重复"),
        ([row(), row(version="2")], "另有一个版本"),
        ([], "文件中没有数据"),
    ],
)
def test_a_file_with_a_fault_is_refused_with_its_row(desk, rows, words):
    file = desk.bring(workbook(*rows))
    assert file.state == FileState.FAULTY
    assert words in file.faults[0]
    assert not rows or "第 " in file.faults[0]
    with pytest.raises(Refused):
        desk.ask(lambda: ask_use(file, by=desk.by))
    desk.use(file)
    assert desk.codes() == []


def test_all_faults_are_told_at_once_and_nothing_is_kept(desk):
    file = desk.bring(workbook(*[row(code=f"X{n}", kind="?") for n in range(150)], row("GOOD")))
    assert (file.fault_count, len(file.faults)) == (150, 100)
    with desk.tx():
        assert not CatalogueLine.objects.exists()


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", workbook(["1"], heads=["中心编码"])])
def test_what_is_no_catalogue_is_refused(desk, content):
    file = desk.bring(content)
    assert file.state == FileState.FAULTY
    assert (
        "有效的 Excel" in file.faults[0] or "没有找到列：中心名称、种类" in file.faults[0] or "损坏" in file.faults[0]
    )


def test_a_later_file_is_compared_before_it_is_used(desk):
    past = TODAY - timedelta(days=1)
    desk.take(workbook(*[row(f"XN{n}", limit=10) for n in range(6)]))
    with desk.tx():
        put_mapping("a", CatalogueItem.objects.get(code="XN1"))
        put_mapping("b", CatalogueItem.objects.get(code="XN5"))
    file = desk.bring(
        workbook(
            row("XN0", limit=10),
            row("XN1", limit=8, version="2"),
            row("XN2", limit=9),
            row("XN3", limit=10, ends=past),
            row("XN9"),
        ),
        is_complete=True,
    )
    wanted = {"new": 1, "version": 1, "changed": 2, "same": 1, "older": 0, "expired": 1, "gone": 2, "mappings": 2}
    assert file.counts == wanted
    assert desk.codes(gone_on=None) == [f"XN{n}" for n in range(6)]
    desk.use(file)
    assert desk.codes(gone_on=TODAY) == ["XN4", "XN5"]
    with desk.tx():
        old, new = CatalogueItem.objects.filter(code="XN1").order_by("version")
        assert (old.replaced_on, new.replaced_on) == (TODAY, None)
        assert new.price_limit == 8
        assert CatalogueItem.objects.get(code="XN2").price_limit == 9
        # what has to be mapped anew is held until one click; what is given up by hand
        assert "对照的是 1，中心现为 2" in resolve("a", "0", TODAY, environment="test").hold
        assert "已没有编码 XN5" in resolve("b", "0", TODAY, environment="test").hold
        assert renew(Mapping.objects.all(), by=desk.by) == 1
        assert not resolve("a", "0", TODAY, environment="test").hold
    # the old file again changes nothing, and a code that comes back lives again
    again = desk.take(workbook(row("XN1", limit=10), row("XN5", limit=10)))
    assert (again.counts["older"], again.counts["changed"]) == (1, 1)
    assert desk.codes(gone_on=TODAY) == ["XN4"]


def test_a_version_that_begins_later_takes_over_on_its_day(desk):
    later = TODAY + timedelta(days=3)
    desk.take(workbook(row(version="1", begins="2025-01-01"), row(version="2", begins=str(later))))
    with desk.tx():
        old = CatalogueItem.objects.get(version="1")
        put_mapping("a", old)
        assert old.replaced_on == later
        assert not resolve("a", "0", TODAY, environment="test").hold
        assert "目录版本已过期" in resolve("a", "0", TODAY, environment="test", today=later).hold


def test_a_preview_that_is_out_of_date_is_shown_again(desk):
    file = desk.bring(workbook(row("XN1"), row("XN2")))
    with desk.tx():
        put_item("XN1")
    assert "请重新查看预览" in desk.use(file)
    assert desk.codes() == ["XN1"]
    assert desk.again(file).counts["again"] == 1
    desk.use(file)
    assert desk.codes() == ["XN1", "XN2"]


def test_a_new_file_takes_the_place_of_one_nobody_used(desk):
    first = desk.bring(workbook(row("XN1")))
    second = desk.bring(workbook(row("XN2")))
    assert desk.again(first).state == FileState.DROPPED
    desk.ask(lambda: drop_file(second, by=desk.by))
    desk.use(second)
    assert desk.codes() == []
    with pytest.raises(Refused):
        desk.ask(lambda: drop_file(second, by=desk.by))


def test_reading_begins_again_after_a_crash(desk, monkeypatch):
    with desk.tx():
        file = bring_file(FileKind.CATALOGUE, "目录.xlsx", workbook(row("XN1"), row("XN2")), by=desk.by)
        assert Job.objects.get(kind="injury.catalogue_read").key == str(file.pk)
    monkeypatch.setattr("injury.services.catalogue_reading.PIECE", 1)

    def die(done: int, *_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_file(file.pk, door=desk.tx, progress=die)
    read_file(file.pk, door=desk.tx, progress=lambda *_: None)
    assert desk.again(file).counts["new"] == 2


# --- files that we write ourselves


def test_the_templates_have_the_heads_that_the_import_looks_for(desk):
    for kind, content in ((FileKind.CATALOGUE, catalogue_template()), (FileKind.MAPPINGS, mapping_template())):
        assert desk.bring(content, kind).faults == ["文件中没有数据"]


def test_the_sandboxs_catalogue_becomes_the_centres_file(desk):
    door = {
        "code": "XN00B11A0010101123",
        "name": "头孢呋辛片剂（低规格）",
        "kind": "0",
        "ala012": "02",
        "aka063": "11",
        "aka065": "1",
        "unit": "盒",
        "form": "片剂",
        "spec": "低规格/盒",
        "maker": "沙箱药厂1",
        "version": "2",
        "price": "12.50",
        "price_limit": None,
        "valid_from": "2022-01-01",
        "valid_to": "2099-12-31",
    }
    desk.take(centre_file([door]), is_complete=True)
    with desk.tx():
        item = CatalogueItem.objects.get()
    assert (item.code, item.version, item.dosage_form, item.specification) == (door["code"], "2", "片剂", "低规格/盒")
    assert (item.grade, item.price_limit, item.valid_to) == ("1", None, date(2099, 12, 31))

"""What differs between the centre's list and ours, and what a file of ours may look like."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from clearing.services.cross_region.comparison import Difference, Listed, compare
from clearing.services.cross_region.uploads import amount, read_settlements
from clearing.services.refusals import Refused
from portal.papers.xlsx_reading import Limits, Line, UnreadableFile, read_xlsx


def rows(text: str) -> list[Listed]:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    return [Listed(number, Decimal(fee), Decimal(paid)) for number, fee, paid in lines]


def book(text: str) -> dict[str, Listed]:
    return {one.settlement_no: one for one in rows(text)}


def test_it_finds_nothing_where_both_say_the_same():
    assert compare(book("A1 100.00 80.00"), rows("A1 100.00 80.00")) == []


def test_it_names_what_only_one_side_has_and_the_amounts_that_differ():
    ours = book("""A1 100.00 80.00
                   A2  50.00 40.00
                   A3  10.00  5.00""")
    theirs = rows("""A1 100.00 80.00
                     A2  50.00 45.00
                     A4  20.00 12.00""")
    assert compare(ours, theirs) == [
        Difference("A4", "only_there", theirs=Decimal("12.00")),
        Difference("A3", "only_here", ours=Decimal("5.00")),
        Difference("A2", "differs", "agency_paid", Decimal("40.00"), Decimal("45.00")),
    ]


def test_it_sees_a_settlement_that_is_listed_twice():
    theirs = rows("A1 100.00 80.00\nA1 100.00 80.00")
    twice = Difference("A1", "twice", "agency_paid", Decimal("80.00"), Decimal("160.00"))
    assert compare(book("A1 100.00 80.00"), theirs) == [twice]


# --- files


def workbook(*lines: Sequence[object]) -> bytes:
    made = Workbook()
    for line in lines:
        made.worksheets[0].append(list(line))
    file = BytesIO()
    made.save(file)
    return file.getvalue()


HEAD = ["序号", "结算流水号", "姓名", "总费用", "经办机构支付总额"]


def test_it_reads_the_three_columns_wherever_they_stand():
    content = workbook(
        ["异地结算 2026 年 10 月"], HEAD, [1, "A0001", "张三", 100.1, "1,080.00"], ["合计", None, None, 9, 9]
    )
    assert read_settlements(read_xlsx(content)) == [Listed("A0001", Decimal("100.10"), Decimal("1080.00"))]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ([1, 1234567890123456789, "", 1, 1], "第 2 行：结算流水号须为文本格式"),
        ([1, "A1", "", 1.005, 1], "第 2 行：总费用应为最多两位小数的数字"),
        ([1, "A1", "", 1, "１２"], "第 2 行：经办机构支付总额应为最多两位小数的数字"),
        ([1, "A1", "", None, 1], "第 2 行：总费用不是金额"),
        ([1, "=1+1", "", 1, 1], "第 2 行：结算流水号"),
    ],
)
def test_it_names_the_line_that_cannot_be_read(line, says):
    with pytest.raises(Refused, match=says):
        read_settlements([Line(1, tuple(HEAD)), Line(2, tuple(line))])


def test_it_refuses_a_number_that_comes_twice_and_a_missing_column():
    with pytest.raises(Refused, match="第 3 行：结算流水号重复"):
        read_settlements([Line(1, tuple(HEAD)), *[Line(n, (n, "A1", "", 1, 1)) for n in (2, 3)]])
    with pytest.raises(Refused, match="没有找到列：经办机构支付总额"):
        read_settlements([Line(1, ("setl_sn", "medfee_sumamt")), Line(2, ("A1", 1))])


def test_it_reads_what_excel_makes_of_cents():
    assert amount(0.1 + 0.2, "总费用") == Decimal("0.30")
    assert str(amount("-0.00", "总费用")) == "0.00"


def zipped(**entries: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a,b,c\n1,2,3", "不是 Excel 工作簿"),
        (zipped(**{"xl/a.xml": b"0" * 3_000_000}), "解压后过大"),
        (zipped(**{f"xl/{n}.xml": b"" for n in range(300)}), "条目过多"),
        (zipped(**{"../a.xml": b"x"}), "结构异常"),
        (zipped(**{"xl/inner.zip": b"x"}), "内嵌"),
        (zipped(**{"xl/workbook.xml": b"<a/>"}), "不是有效的 Excel"),
    ],
)
def test_it_refuses_a_file_that_could_cost_too_much_or_is_none(content, says):
    with pytest.raises(UnreadableFile) as refused:
        read_xlsx(content)
    assert says in refused.value.sentence


def test_it_reads_no_more_rows_than_allowed():
    content = workbook(*[["x"]] * 12)
    assert len(read_xlsx(content, Limits(rows=12))) == 12
    with pytest.raises(UnreadableFile, match="最多读取 11 行"):
        read_xlsx(content, Limits(rows=11))

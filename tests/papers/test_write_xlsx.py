from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.papers.xlsx import write_xlsx


@dataclass(frozen=True)
class Col:
    label: str
    kind: str = "text"
    characters: int = 12


COLUMNS = (
    Col("姓名"),
    Col("编号", "id"),
    Col("金额", "money"),
    Col("人次", "int"),
    Col("日期", "date"),
    Col("时间", "datetime"),
)


def sheet(rows, totals=None, columns=COLUMNS, **more):
    content = write_xlsx(columns, rows, **{"title": "试验表", **more}, totals=totals)
    return load_workbook(BytesIO(content)).worksheets[0]


def only(value, kind="text"):
    return sheet([[value]], columns=(Col("值", kind),))["A3"]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "#N/A", "12E5", "true"])
@pytest.mark.parametrize("kind", ["text", "id", "state"])
def test_it_never_makes_a_formula_of_text(text, kind):
    cell = only(text, kind)
    assert (cell.data_type, cell.value) == ("s", text)


@pytest.mark.parametrize("kind", ["money", "int", "date"])
def test_it_keeps_text_as_text_in_columns_of_numbers(kind):
    assert (only("=1", kind).data_type, only("合计", kind).value) == ("s", "合计")


@pytest.mark.parametrize("number", ["110101199003070001", "0012", "9007199254740993"])
def test_it_keeps_every_digit_of_serials(number):
    assert (only(number, "id").data_type, only(number, "id").value) == ("s", number)
    assert only(int(number), "id").value == str(int(number))


def test_it_keeps_rare_names_and_drops_what_no_file_can_hold():
    assert only("䶮\x00㛃\x0b𬱖\x1b\ud800").value == "䶮㛃𬱖"


def test_it_writes_amounts_dates_and_times_as_such():
    at = datetime(2026, 1, 5, 0, 30, tzinfo=UTC)
    row = sheet([["甲", "1", Decimal("1234567.50"), 3, date(2026, 1, 5), at]])[3]
    assert [cell.data_type for cell in row] == ["s", "s", "n", "n", "d", "d"]
    assert row[2].value == Decimal("1234567.5")
    assert row[2].number_format == "#,##0.00"
    assert row[5].value == datetime(2026, 1, 5, 8, 30)


def test_it_does_not_carry_a_value_into_the_next_row():
    lines = sheet([["甲", "1", Decimal(1), 1, None, None], [None, "", None, None, None, None]])
    assert [cell.value for cell in lines[4]] == [None] * 6


def test_it_has_title_notes_frozen_header_and_totals():
    found = sheet(
        [["甲", "1", Decimal("2.50"), 3, None, None]],
        ["合计", None, Decimal("2.50"), 3, None, None],
        about=[("机构", "演示医院甲")],
    )
    assert [found[f"A{n}"].value for n in (1, 2, 3, 4, 5)] == ["试验表", "机构：演示医院甲", "姓名", "甲", "合计"]
    assert found["C5"].value == Decimal("2.5")
    assert found["C5"].font.bold
    assert found.freeze_panes == "A4"
    assert found.print_title_rows == "$3:$3"


def test_it_cuts_what_is_longer_than_a_cell():
    assert len(only("长" * 40_000).value) == 32_767


def test_it_takes_any_title_as_the_sheets_name():
    assert sheet([], title="[2025/01]:*?" + "长" * 40).title == "202501" + "长" * 25

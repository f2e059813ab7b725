"""Which row stands on which page."""

from hypothesis import given
from hypothesis import strategies as st

from portal.papers.pages import PART_ROWS, Row, lines_of, pages_of, parts_of


def group(name: str, count: int, height: float = 5) -> list[Row]:
    again = Row("continued", name, 5)
    lines = [Row("line", f"{name}{number}", height, running=again) for number in range(count)]
    foot = Row("subtotal", name, 5, with_previous=True, running=again)
    return [Row("group", name, 5, with_next=True), *lines, foot]


def kinds(page: list[Row]) -> list[str]:
    return [row.kind for row in page]


GROUPS = st.lists(st.tuples(st.integers(1, 30), st.sampled_from([5.0, 8.0, 11.5])), min_size=1, max_size=12)


@given(GROUPS)
def test_it_puts_every_row_on_one_page_in_order_and_no_page_runs_over(groups):
    rows = [row for number, (count, height) in enumerate(groups) for row in group(str(number), count, height)]
    rows.append(Row("total", "", 5, with_previous=True))
    pages = pages_of(rows, first=60, other=80, tail=30)
    assert [row for page in pages for row in page if row.kind != "continued"] == rows
    for number, page in enumerate(pages):
        tail = 30 if number == len(pages) - 1 else 0
        assert sum(row.height for row in page) + tail <= (80 if number else 60)
        assert kinds(page)[-1] != "group"
        assert kinds(page)[0] in ("group", "continued")


def test_a_page_that_goes_on_with_a_group_says_which():
    first, second = pages_of(group("甲", 6), first=25, other=25)
    assert kinds(first) == ["group", "line", "line", "line", "line"]
    assert kinds(second) == ["continued", "line", "line", "subtotal"]
    assert second[0].content == "甲"


def test_the_end_never_stands_alone():
    """What follows the table takes the last row along."""
    first, second = pages_of(group("甲", 3), first=25, other=25, tail=10)
    assert kinds(first) == ["group", "line", "line"]
    assert kinds(second) == ["continued", "line", "subtotal"]


def test_it_parts_a_long_paper_evenly_between_the_presses():
    pages = pages_of(group("甲", 3000), first=150, other=150)
    parts = parts_of(pages, 2)
    assert len(parts) % 2 == 0
    assert [page for part in parts for page in part.pages] == pages
    assert max(sum(map(len, part.pages)) for part in parts) <= PART_ROWS + 30
    assert [part.first_page for part in parts] == [1 + sum(len(p.pages) for p in parts[:n]) for n in range(len(parts))]
    assert {part.total for part in parts} == {len(pages)}
    assert [part.is_first for part in parts] == [True] + [False] * (len(parts) - 1)
    assert [part.is_last for part in parts] == [False] * (len(parts) - 1) + [True]


def test_a_short_paper_is_one_part():
    [part] = parts_of(pages_of(group("甲", 200), first=150, other=150), 2)
    assert part.is_first
    assert part.is_last


def test_it_never_counts_too_few_lines():
    assert lines_of("", 30, 7.2) == 1
    assert lines_of("平城区第一人民医院", 30, 7.2) == 1
    assert lines_of("大同市平城区第一人民医院（东院）", 30, 7.2) == 2
    assert lines_of("长" * 50, 30, 7.2) == 5
    assert lines_of("W" * 40, 30, 7.2) >= 3

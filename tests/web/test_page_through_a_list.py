"""Keyset pages: complete, without repetition, in both directions, whatever arrives meanwhile."""

import pytest
from django.http import QueryDict

from tests.web.job_list import JobList, make_jobs

SORTS = ["-created_at", "created_at", "total", "-total", "title", "-id", "id"]


@pytest.fixture
def member(alice_member):
    return alice_member


def walk(member, sort, direction="next_url", start=""):
    """Keys of every page from the first on, and the address of the last page."""
    params, pages = QueryDict(start or f"sort={sort}"), []
    while True:
        here = JobList(member, params)
        pages.append([row.key for row in here.page.rows])
        address = getattr(here, direction)
        if not address:
            return pages, params.urlencode()
        params = QueryDict(address.removeprefix("?"))


@pytest.mark.parametrize("sort", SORTS)
def test_it_shows_every_row_once_in_order(member, in_hospital_a, sort):
    make_jobs(25)
    pages, _ = walk(member, sort)
    keys = [key for page in pages for key in page]
    assert len(keys) == len(set(keys)) == 25
    assert [len(page) for page in pages] == [10, 10, 5]
    plain = [job.key for job in JobList(member, QueryDict()).rows().order_by("created_at", "pk")]
    if sort == "created_at":
        assert keys == plain


@pytest.mark.parametrize("sort", SORTS)
def test_it_walks_back_the_way_it_came(member, in_hospital_a, sort):
    make_jobs(25)
    forward, last = walk(member, sort)
    backward, _ = walk(member, sort, "previous_url", last)
    assert backward == forward[::-1]


def test_it_puts_empty_values_last_in_both_directions(member, in_hospital_a):
    make_jobs(25)
    for sort in ("total", "-total"):
        pages, _ = walk(member, sort)
        keys = [key for page in pages for key in page]
        empty = {job.key for job in JobList(member, QueryDict()).rows() if job.total is None}
        assert set(keys[-len(empty) :]) == empty


def test_it_neither_repeats_nor_skips_when_rows_arrive(member, in_hospital_a):
    make_jobs(25)
    first = JobList(member, QueryDict("sort=-created_at"))
    seen = [row.key for row in first.page.rows]
    make_jobs(7, title="新来的")
    second = JobList(member, QueryDict(first.next_url.removeprefix("?")))
    third = JobList(member, QueryDict(second.next_url.removeprefix("?")))
    seen += [row.key for row in [*second.page.rows, *third.page.rows]]
    assert seen == [f"K{number:05d}" for number in sorted(range(25), key=lambda n: (n // 3, ids(n)), reverse=True)]


def ids(number):
    """Ids grow with time, so the number stands in for them."""
    return number


@pytest.mark.parametrize("cursor", ["nonsense", "bnVsbA", "W10", "WyJ4IiwgIngiXQ", "%00", "W251bGwsIG51bGxd"])
def test_it_shows_the_first_page_for_a_cursor_nobody_was_given(member, in_hospital_a, cursor):
    make_jobs(12)
    page = JobList(member, QueryDict(f"after={cursor}")).page
    assert len(page.rows) == 10


def test_it_reads_one_page_with_one_query(member, in_hospital_a, django_assert_num_queries):
    make_jobs(25)
    with django_assert_num_queries(1):
        assert len(JobList(member, QueryDict()).page.rows) == 10

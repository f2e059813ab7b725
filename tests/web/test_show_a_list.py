import pytest
from django.http import QueryDict

from portal.access.door import tenant_tx
from portal.web.tables import totals
from tests.web.job_list import JobList

pytestmark = pytest.mark.usefixtures("with_list", "jobs")


def html(client, query=""):
    response = client.get(f"/jobs-list/?{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_it_sums_over_the_whole_filter_not_the_page(alice):
    page = html(alice)
    assert f"{sum(range(25)) * 1000:,}" in page
    assert "符合条件 <strong>25</strong> 条" in page


def test_it_sums_only_what_the_filter_matches(alice):
    page = html(alice, "search=K0000")
    assert "符合条件 <strong>10</strong> 条" in page
    assert f"{sum(range(10)) * 1000:,}" in page


def test_it_shows_no_row_of_another_institution(alice):
    assert "别家的事" not in html(alice, "search=别家")


def test_it_says_which_fields_the_search_looks_into(alice):
    assert 'placeholder="事项、业务主键"' in html(alice)


def test_it_leaves_no_rows_and_says_why_when_the_filter_is_wrong(alice):
    page = html(alice, "state=nonsense")
    assert "field-error" in page
    assert "没有符合条件的记录" in page


def test_it_survives_a_null_character_in_the_search(alice):
    assert "field-error" in html(alice, "search=a%00b")


def test_it_shows_only_the_chosen_columns(alice):
    page = html(alice, "columns=key&columns=note")
    assert '<th scope="col" class="id"' in page
    assert '<th scope="col" class="money"' not in page


def test_it_ignores_a_sort_that_no_column_has(alice):
    assert "第 24 件" in html(alice, "sort=institution__name")


def test_it_counts_a_very_long_list_after_showing_it(alice, monkeypatch):
    monkeypatch.setattr(totals, "AT_ONCE", 5)
    monkeypatch.setattr(totals.totals_of, "__kwdefaults__", {"at_once": 5})
    page = html(alice)
    assert "正在合计" in page
    counted = alice.get("/jobs-list/?part=totals").content.decode()
    assert "<strong>25</strong>" in counted
    assert f"{sum(range(25)) * 1000:,}" in counted


def test_it_takes_ticked_rows(alice, jobs):
    chosen = {"ids": [jobs[0].pk, jobs[1].pk], "claimed": "25"}
    assert alice.post("/jobs-list/chosen/", chosen).content == b"2"


def test_it_takes_all_that_match(alice):
    chosen = {"all": "1", "query": "search=K0000", "claimed": "10"}
    assert alice.post("/jobs-list/chosen/", chosen).content == b"10"


def test_it_refuses_all_when_their_number_has_changed(alice):
    response = alice.post("/jobs-list/chosen/", {"all": "1", "query": "search=K0000", "claimed": "9"})
    assert response.status_code == 409
    assert "由 9 条变为 10 条" in response.content.decode()


def test_it_refuses_a_row_of_another_institution(charlie, jobs):
    response = charlie.post("/jobs-list/chosen/", {"ids": [str(jobs[0].pk), "not-an-id"]})
    assert response.status_code == 409


def test_it_takes_nothing_when_the_filter_sent_with_all_is_wrong(alice):
    response = alice.post("/jobs-list/chosen/", {"all": "1", "query": "state=nonsense", "claimed": "25"})
    assert response.status_code == 409


def test_it_keeps_filter_and_columns_in_every_link(alice_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        here = JobList(alice_member, QueryDict("search=件&columns=key&columns=done&sort=done"))
        for address in (here.next_url, here.export_url, here.headings[0].url):
            params = QueryDict(address.removeprefix("?"))
            assert params["search"] == "件"
            assert params.getlist("columns") == ["key", "done"]

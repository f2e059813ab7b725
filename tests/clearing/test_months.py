"""Months over the real wire: what is shown is what one whole reading brought, never a mixture."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from clearing.messages import QueryMonthlyDetail, QueryMonthlySummary
from clearing.models import Month, MonthKind, MonthlyDetail, MonthRead, MonthTotal, Scope
from clearing.models.month import ReadState
from clearing.sandbox.city import Options, lines
from clearing.services import Refused, month_reading
from clearing.services.month_check import OFF, compared, row_months, with_result, without_row
from clearing.services.month_reading import Part, Unsettled, read_part
from clearing.services.months import MonthQuery, freshness, request_months
from clearing.services.overview import live_rows
from portal.gateway import client
from portal.gateway.errors import Doubt, Unknown
from portal.vault import blind_indexes
from tests.cast import actions_of

DETAIL, SUMMARY = MonthKind.DETAIL, MonthKind.SUMMARY


def owed(desk, agency="003"):
    """What the centre's months are made of: cents, twelve months a line."""
    options = Options.of(desk.party.app_code, {}, {"institutions": 12, "broken_rows": 3})
    return [line for line in lines(options, "2025", "001") if line.qsjg00 == agency]


def yuan(cents) -> Decimal:
    return Decimal(cents) / 100


def fetch(desk, kind=SUMMARY, scope=None, **more):
    job = desk.do(request_months, MonthQuery(kind, scope or desk.scope, **more))
    desk.work()
    with desk.tx():
        job.refresh_from_db()
    return job


def sums(desk, model=Month, **conditions):
    with desk.tx():
        found = model.shown("test").filter(**conditions).aggregate(due=Sum("fund_due"), paid=Sum("monthly_paid"))
    return found["due"] or 0, found["paid"] or 0


def asking(desk, broken=lambda request: False):
    """The wire, with a cable that can be pulled."""

    def ask(request):
        if broken(request):
            raise Unknown(Doubt.TIMEOUT)
        return client.ask(request, institution_id=desk.institution_id, environment="test")

    return ask


def part(desk, kind=DETAIL, months=(3,)):
    return Part(kind, desk.scope, "002", months)


def read(desk, what, ask=None, **more):
    return read_part(what, ask=ask or asking(desk), door=desk.tx, **more)


def test_it_fetches_a_year_of_sums(desk):
    job, mine = fetch(desk), owed(desk)
    count = sum(1 for line in mine for visits in line.visits if visits)
    assert (job.state, job.note) == ("done", f"共 {count:,} 条")
    assert sums(desk) == (yuan(sum(sum(line.due) for line in mine)), yuan(sum(sum(line.paid) for line in mine)))
    assert sums(desk, month=12)[0] == yuan(sum(line.due[11] for line in mine))
    with desk.tx():
        known = freshness(MonthQuery(SUMMARY, desk.scope).cells())
    assert (known.who, known.rows, known.cells) == (["经办甲"], count, 4 * 12)
    assert {"clearing.months.fetch_requested", "clearing.months.fetched"} <= set(actions_of(desk.institution_id))


def test_it_fetches_settlements_and_seals_their_people(desk):
    fetch(desk, DETAIL, visit_type="002", month=3)
    mine = [line for line in owed(desk) if line.akc191 == "002"]
    assert sums(desk, MonthlyDetail)[0] == yuan(sum(line.due[2] for line in mine))
    with desk.tx():
        assert MonthlyDetail.objects.count() == sum(line.visits[2] for line in mine)
        one = MonthlyDetail.objects.order_by("id")[0]
        assert one.person_name
        assert one.certno
        name, certno = one.person_name.reveal(), one.certno.reveal()
        assert (str(one.certno), len(certno)) == ("***", 18)
        assert one.certno_masked == certno[:3] + "*" * 11 + certno[-4:]
        assert one.person_name_masked == name[0] + "*" * (len(name) - 1)
        assert one in MonthlyDetail.objects.filter(certno_index__in=blind_indexes(certno))
        assert f"{one.settled_on:%Y-%m}" == "2025-03"


def test_it_keeps_what_was_there_when_a_fetch_breaks(desk):
    read(desk, part(desk))
    before = sums(desk, MonthlyDetail)
    whole = read(desk, part(desk))
    with pytest.raises(Unknown):
        read(desk, part(desk), ask=asking(desk, lambda request: request.page == 2), size=10)
    assert sums(desk, MonthlyDetail) == before
    assert read(desk, part(desk)) == whole  # and takes away what the broken one had stored
    with desk.tx():
        assert MonthlyDetail.objects.count() == whole
        assert MonthRead.objects.count() == 1


def test_it_removes_what_the_centre_no_longer_has(desk):
    what = part(desk, SUMMARY, tuple(range(1, 13)))
    count = read(desk, what)
    gone = "H" + "0" * 11
    with desk.tx():
        row = Month.objects.order_by("id")[0]
        row.pk, row.provider_code, row._state.adding = None, gone, True
        row.pk = Month._meta.pk.get_default()
        row.save()
        assert Month.shown("test").count() == count + 1
    assert read(desk, what) == count
    with desk.tx():
        assert not Month.objects.filter(provider_code=gone).exists()


def test_it_does_not_show_pages_that_make_no_whole(desk):
    """The centre settles while we read: the totals differ, and nothing is shown."""
    read(desk, part(desk))
    before, plain = sums(desk, MonthlyDetail), asking(desk)

    def growing(request):
        answer = plain(request)
        return answer.model_copy(update={"total": answer.total + 1})

    with pytest.raises(Unsettled) as caught:
        read(desk, part(desk), ask=growing)
    assert "原有数据保持不变" in caught.value.sentence
    assert sums(desk, MonthlyDetail) == before


def test_it_does_not_take_what_nobody_asked_for(desk):
    plain = asking(desk)

    def other_month(request):
        answer = plain(request)
        return answer.model_copy(update={"rows": [row.model_copy(update={"month": "04"}) for row in answer.rows]})

    with pytest.raises(Unsettled) as caught:
        read(desk, part(desk), ask=other_month)
    assert "查询范围以外" in caught.value.sentence
    assert sums(desk, MonthlyDetail) == (0, 0)


def test_it_goes_on_where_a_killed_fetch_stopped(desk, monkeypatch):
    """The worker dies between two months; the job runs again and reads only what is missing."""
    from portal.jobs.models import JobState

    query = MonthQuery(DETAIL, desk.scope, "002")
    job = desk.do(request_months, query)
    asked: list[Any] = []
    real = month_reading._pages

    def pages(what, ask, size):
        if len(asked) == 4:
            asked.append("killed")
            raise KeyboardInterrupt
        asked.append(what.months)
        return real(what, ask, size)

    monkeypatch.setattr(month_reading, "_pages", pages)
    with pytest.raises(KeyboardInterrupt):
        desk.work()
    with desk.tx():
        job.refresh_from_db()
        assert job.state == JobState.RUNNING
        type(job).objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    desk.work()
    assert asked == [(1,), (2,), (3,), (4,), "killed", *((month,) for month in range(5, 13))]
    mine = [line for line in owed(desk) if line.akc191 == "002"]
    assert sums(desk, MonthlyDetail)[0] == yuan(sum(sum(line.due) for line in mine))


def test_it_joins_a_fetch_that_is_running_and_names_what_is_wrong(desk):
    query = MonthQuery(SUMMARY, desk.scope)
    first = desk.do(request_months, query)
    again = desk.do(request_months, query)
    assert (again.pk, again.joined) == (first.pk, True)
    assert actions_of(desk.institution_id).count("clearing.months.fetch_requested") == 1
    for wrong, field in (
        (MonthQuery(SUMMARY, desk.scope, "009"), "visit_type"),
        (MonthQuery(SUMMARY, desk.scope, "", 13), "month"),
    ):
        with pytest.raises(Refused) as caught:
            desk.do(request_months, wrong)
        assert caught.value.field == field


def test_the_year_and_its_months_are_compared(desk):
    desk.generate()
    it_keeps_the_months_that_the_year_was_checked_with(desk)
    it_finds_the_row_that_is_a_thousand_yuan_above_its_months(desk)
    it_names_months_without_a_row(desk)


def it_keeps_the_months_that_the_year_was_checked_with(desk):
    """One truth: the fetch of the year stores the months, and a row's identity is about those."""
    assert sums(desk)[0] == yuan(sum(sum(line.due) for line in owed(desk)))
    with desk.tx():
        for row in live_rows(desk.scope):
            assert row.monthly_due == row_months(row).total.fund_due


def it_finds_the_row_that_is_a_thousand_yuan_above_its_months(desk):
    spoilt = [one["row_id"] for one in desk.centre()["broken"] if one["broken"] == "fund_due"]
    with desk.tx():
        found = compared(live_rows(desk.scope))
        off = list(with_result(found, OFF))
        assert [row.row_id for row in off] == spoilt
        assert (off[0].off_fund_due, off[0].off_visit_count) == (Decimal("1000.00"), 0)
        assert found.filter(result="equal").count() == found.count() - 1
        assert (row_months(off[0]).off_due, row_months(off[0]).holds) == (Decimal("1000.00"), False)


def test_it_tells_months_that_nobody_read_from_months_that_are_not_there(desk):
    desk.generate()
    row = desk.rows(visit_type="002", finding_count=0)[0]

    def without(*months, of=row):
        """The centre lacks these months of the row."""
        plain = asking(desk)

        def ask(request):
            answer = plain(request)
            same = (of.provider_code, of.region, of.clearing_type)
            rows = [
                one
                for one in answer.rows
                if (one.medins_code, one.insu_admdvs, one.clr_type) != same or int(one.month) not in months
            ]
            return answer.model_copy(update={"rows": rows, "total": len(rows)})

        read(desk, part(desk, SUMMARY, tuple(range(1, 13))), ask=ask)
        with desk.tx():
            return compared(live_rows(desk.scope)).get(pk=row.pk)

    seen = without(2, 5)
    assert (seen.result, seen.months_seen) == ("differs", 0b111111101101)
    with desk.tx():
        assert row_months(row).missing == "2、5 月"
        assert with_result(live_rows(desk.scope), "differs").filter(pk=row.pk).exists()
    seen = without(*range(1, 13))
    assert (seen.result, seen.months_seen, seen.off_fund_due) == ("none", 0, row.fund_due)
    with desk.tx():
        assert with_result(live_rows(desk.scope), "none").get() == row
        MonthRead.objects.filter(visit_type="002").update(state=ReadState.OVER)
        MonthTotal.objects.filter(visit_type="002").delete()
        assert compared(live_rows(desk.scope)).get(pk=row.pk).result == "unread"
        assert row in with_result(live_rows(desk.scope), "unread")
        assert not row_months(row).is_read


def it_names_months_without_a_row(desk):
    with desk.tx():
        row = live_rows(desk.scope)[0]
        type(row).objects.filter(pk=row.pk).update(state="revoked")
        (lone,) = without_row("test", year=2025)
    assert (lone.provider_code, lone.fund_due) == (row.provider_code, row.monthly_due)


def test_it_asks_for_every_agency_and_type_when_none_is_named():
    year = Scope("test", 2025, "001")
    assert len(MonthQuery(SUMMARY, year).parts()) == 3 * 4
    assert len(MonthQuery(DETAIL, year).parts()) == 3 * 4 * 12
    assert len(MonthQuery(DETAIL, year, "005", 7).parts()) == 3
    query = MonthQuery(DETAIL, year, "005", 7)
    assert MonthQuery.of(query.params) == query
    assert {QueryMonthlyDetail.safe, QueryMonthlySummary.safe} == {True}

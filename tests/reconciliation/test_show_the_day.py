"""对账总览: what a day of all gateways shows."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from portal.access.door import tenant_tx
from reconciliation.models import Run
from reconciliation.services.overview import overview, verdict
from tests.reconciliation.test_compare_books import compared, entry, ours, row, run_of, unknown

YESTERDAY = timezone.localdate() - timedelta(days=1)


def a_day(state: str = "different") -> Run:
    ours(entry("1", "10.00", day=YESTERDAY), entry("2", "20.00", day=YESTERDAY))
    ours(entry("3", "30.00", day=YESTERDAY, setl_id="", standing="doubtful"))
    run = run_of(YESTERDAY)
    compared(run, row("1", "10.00"), unknown("2"))
    Run.objects.update(state=state)
    return run


def test_yesterday_is_shown_with_its_differences(alice, hospital_a):
    with tenant_tx(hospital_a.pk):
        a_day()
    text = alice.get(reverse("reconciliation:overview")).content.decode()
    for told in (f"{YESTERDAY}", "不平，请处理", "本机构有、中心无", "30.00", "结果待确认", "gateway-bad"):
        assert told in text
    later = alice.get(reverse("reconciliation:overview"), {"day": f"{timezone.localdate()}"}).content.decode()
    assert "当天没有结算" in later
    assert "后一天" not in later


def test_a_day_that_is_none_is_yesterday(alice):
    for asked in ("", "2026-13-01", "x" * 200, "9999-12-31", "1000-01-01", "\0"):
        response = alice.get(reverse("reconciliation:overview"), {"day": asked})
        assert response.context["day"] == YESTERDAY


def test_green_needs_a_run_of_everything_that_had_something(in_hospital_a):
    assert verdict(overview("test", YESTERDAY))[1] == ""
    ours(entry("9", "10.00", day=YESTERDAY))
    assert verdict(overview("test", YESTERDAY)) == ("有接口还没有对账", "warn")
    run = run_of(YESTERDAY)
    compared(run, row("9", "10.00"))
    assert verdict(overview("test", YESTERDAY))[1] == "brand"
    Run.objects.update(state="balanced")
    assert verdict(overview("test", YESTERDAY)) == ("所有接口都平", "good")
    (shown,) = overview("test", YESTERDAY)
    assert [one.tone for one in shown.strip] == [""] * 6 + ["good"]

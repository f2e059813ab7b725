"""Gateways without a total account: our book is laid beside what each centre shows, over the wire, by a run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from portal.jobs import Job, JobState
from portal.jobs.tasks import run_job
from reconciliation.models import Run, RunState, Sighting
from reconciliation.services.runs import start_run
from tests.clearing.conftest import desk as clearing_desk
from tests.clearing.conftest import quick
from tests.injury.discharge_desk import desk as injury_desk
from tests.injury.test_settlement_sheet import an_item
from tests.settlement.cashier_desk import open_desk

__all__ = ["clearing_desk", "injury_desk", "quick"]


def reconciled(desk: Any, family: str) -> Run:
    """A run of today, carried to its end by the worker's job."""
    by = getattr(desk, "by", None) or desk.alice
    door = getattr(desk, "door", None) or desk.tx
    with door():
        run = start_run("day", timezone.localdate(), family=family, by=by)
        queued = list(Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True))
    for pk in queued:
        run_job(desk.institution_id, str(pk))
    with door():
        run = Run.objects.get(pk=run.pk)
        gaps = Sighting.objects.filter(run=run, round=run.round).values_list("total_gap", flat=True)
        if run.theirs_total is not None:
            assert sum(gaps, Decimal()) == run.ours_total - run.theirs_total
    return run


def test_discharges_of_injured_workers(injury_desk):
    stay = injury_desk.leave()
    run = reconciled(injury_desk, "injury")
    assert (run.state, run.ours_count, run.theirs_count) == (RunState.BALANCED, 1, 1), run.note
    assert run.theirs_total == run.ours_total > 0
    with injury_desk.door():
        an_item(stay, "L9", "换药", "1.00", "1")
    run = reconciled(injury_desk, "injury")
    assert (run.state, run.open_differences, run.difference_amount) == (RunState.DIFFERENT, 1, Decimal(1))


def test_applications_for_a_year(clearing_desk):
    """The centre holds what was applied for; a row that was accepted by hand is 1,000 yuan more than its months."""
    clearing_desk.generate().accept().verify().submit()
    run = reconciled(clearing_desk, "clearing")
    assert (run.ours_count, run.theirs_count, run.theirs_total) == (1, 1, run.ours_total)
    assert (run.state, run.ours_fund - run.theirs_fund) == (RunState.DIFFERENT, Decimal(1000))
    with clearing_desk.tx():
        seen = Sighting.objects.select_related("difference").get()
        assert (seen.kind, seen.fund_gap) == ("amount", Decimal(1000))
        assert "各月应付合计（6.2）" in seen.difference.note


@pytest.mark.django_db(transaction=True)
def test_payments_of_the_cashier(alice_member, bob_member, sandbox, settings, tmp_path):
    with open_desk(alice_member, bob_member, sandbox, tmp_path, settings) as desk:
        paid = desk.paid("80.00")
        desk.refund(paid, "30.00")
        desk.carry()
        run = reconciled(desk, "onetrans")
        assert (run.state, run.ours_count, run.ours_refunds) == (RunState.BALANCED, 2, 1), run.note
        assert (run.ours_total, run.theirs_total) == (Decimal(50), Decimal(50))
        with desk.door():
            type(paid).objects.filter(pk=paid.pk).update(amount=Decimal(81))
        run = reconciled(desk, "onetrans")
        assert (run.state, run.difference_amount) == (RunState.DIFFERENT, Decimal(1))

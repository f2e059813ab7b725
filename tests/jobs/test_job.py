"""What a job is to the person who started it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from portal.access.door import tenant_tx
from portal.jobs import pace
from portal.jobs.drawer import recent
from portal.jobs.models import Job, JobState
from portal.jobs.queue import later
from portal.jobs.running import Replaced, claim
from portal.jobs.services import RUN, cancel, repair, start
from portal.jobs.tasks import run_job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def begin(hospital_a, alice_member):
    def made(key="k", **more):
        with tenant_tx(hospital_a.pk):
            return start("tests.job", key, by=alice_member, **more)

    return made


@pytest.fixture
def now(hospital_a):
    def read(job):
        with tenant_tx(hospital_a.pk):
            return Job.objects.get(pk=job.pk)

    return read


def test_it_runs_and_shows_its_progress(begin, now, hospital_a, declare):
    seen = []

    def run(job):
        assert job.params == {"year": 2025}
        assert job.by.may("portal.use")
        job.progress(1, 3, "第一页")
        seen.append((now(job_row).done, now(job_row).percent))
        with job.tx():
            pass
        job.progress(3)
        return "共 3 条"

    declare(run)
    job_row = begin(params={"year": 2025})
    run_job(hospital_a.pk, str(job_row.pk))
    job = now(job_row)
    assert seen == [(1, 33)]
    assert (job.state, job.done, job.total, job.note) == (JobState.DONE, 3, 3, "共 3 条")
    run_job(hospital_a.pk, str(job_row.pk))  # delivered twice: nothing happens
    assert seen == [(1, 33)]


def test_a_second_start_joins_the_first(begin, declare):
    declare(lambda job: None)
    first, second, other = begin(), begin(), begin("other")
    assert second.pk == first.pk
    assert (first.joined, second.joined, other.joined) == (False, True, False)
    assert OrmQ.objects.count() == 2


def test_it_stops_between_two_messages(begin, now, hospital_a, declare):
    done = []

    def run(job):
        for number in range(1, 4):
            done.append(number)
            if number == 2:
                with job.tx():
                    cancel(Job.objects.get(pk=job.id))
            job.progress(number)

    declare(run)
    job = begin()
    run_job(hospital_a.pk, str(job.pk))
    assert done == [1, 2]
    assert now(job).state == JobState.CANCELLED


def test_it_is_cancelled_at_once_before_it_began(begin, now, hospital_a, declare):
    declare(lambda job: pytest.fail("must not run"))
    job = begin()
    with tenant_tx(hospital_a.pk):
        assert cancel(job)
        assert not cancel(job)
    run_job(hospital_a.pk, str(job.pk))
    assert now(job).state == JobState.CANCELLED


def test_it_ends_with_a_sentence_when_it_breaks(begin, now, hospital_a, declare):
    declare(lambda job: 1 / 0)
    job = begin()
    run_job(hospital_a.pk, str(job.pk))
    assert now(job).state == JobState.FAILED
    assert str(job.pk) in now(job).error
    assert "ZeroDivision" not in now(job).error


def test_it_says_what_the_business_says(begin, now, hospital_a, declare):
    class Refused(Exception):
        sentence = "该年度尚未生成"

    def run(job):
        raise Refused

    declare(run)
    job = begin()
    run_job(hospital_a.pk, str(job.pk))
    assert now(job).error == "该年度尚未生成"


def test_it_goes_on_in_a_new_task_after_a_time_out(begin, now, hospital_a, declare):
    def run(job):
        if job.done < 2:
            job.progress(job.done + 1)
            raise SystemExit("Task exceeded maximum timeout value")

    declare(run, resumable=True)
    job = begin()
    for _ in range(2):
        with pytest.raises(SystemExit):
            run_job(hospital_a.pk, str(job.pk))
        assert now(job).state == JobState.QUEUED
    run_job(hospital_a.pk, str(job.pk))
    assert now(job).state == JobState.DONE


@pytest.mark.parametrize(("resumable", "state"), [(True, JobState.QUEUED), (False, JobState.FAILED)])
def test_the_sweep_finds_it_without_its_runner(begin, now, hospital_a, declare, resumable, state):
    declare(lambda job: None, resumable=resumable)
    job = begin()
    runner = claim(hospital_a.pk, job.pk)
    with tenant_tx(hospital_a.pk):
        repair()
        assert Job.objects.get(pk=job.pk).state == JobState.RUNNING
        Job.objects.update(beat_at=timezone.now() - timedelta(seconds=pace.stale() + 1))
        repair()
    assert now(job).state == state
    assert runner is not None
    with pytest.raises(Replaced):  # the old runner wakes up: it has nothing to say any more
        runner.progress(1)


def test_the_sweep_starts_what_the_queue_lost(begin, now, hospital_a, declare):
    declare(lambda job: None)
    begin()
    OrmQ.objects.all().delete()
    with tenant_tx(hospital_a.pk):
        repair()
        assert OrmQ.objects.count() == 0
        Job.objects.update(created_at=timezone.now() - timedelta(seconds=pace.stale() + 1))
        repair()
    assert OrmQ.objects.count() == 1


def test_it_takes_ids_only(hospital_a):
    later(RUN, hospital_a.pk, uuid.uuid4())
    refused: list[Any] = [{"name": "张三"}, ["x"], "x" * 65, 1.5, True, None]
    for bad in refused:
        with pytest.raises(ValueError, match="id"):
            later(RUN, bad)
    with pytest.raises(ValueError, match="tasks"):
        later("os.system", "x")
    with pytest.raises(ImportError):
        later("portal.jobs.tasks.no_such", 1)


def test_it_is_in_its_owners_drawer(begin, hospital_a, alice_member, bob_member, declare):
    declare(lambda job: None)
    begin(title="导出 2025 年数据")
    with tenant_tx(hospital_a.pk):
        [work] = recent(alice_member)
        assert (work.title, work.is_live, work.tone) == ("导出 2025 年数据", True, "running")
        assert recent(bob_member) == []


# --- its pages


def test_it_has_a_page_and_a_bar_that_asks_in_the_background(begin, hospital_a, declare, alice):
    declare(lambda job: None)
    job = begin(title="导出 2025 年数据")
    page = alice.get(f"/jobs/{job.pk}/").content.decode()
    assert "导出 2025 年数据" in page
    assert 'hx-trigger="again"' in page
    assert "X-Background" in page
    bar = alice.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true", "X-Background": "1"})
    assert "HX-Refresh" not in bar
    run_job(hospital_a.pk, str(job.pk))
    assert alice.get(f"/jobs/{job.pk}/progress/").headers["HX-Refresh"] == "true"


def test_its_file_is_for_those_who_may_see_it(begin, hospital_a, declare, alice, carol, charlie, settings, tmp_path):
    def run(job):
        job.result("清算数据.xlsx", b"PK")

    declare(run, permission="gateway.attempts.view")
    job = begin()
    assert alice.get(f"/jobs/{job.pk}/result/").status_code == 403
    assert carol.get(f"/jobs/{job.pk}/result/").status_code == 404
    run_job(hospital_a.pk, str(job.pk))
    answer = carol.get(f"/jobs/{job.pk}/result/")
    assert answer.content == b"PK"
    assert "attachment" in answer["Content-Disposition"]
    assert charlie.get(f"/jobs/{job.pk}/").status_code == 404


def test_it_is_stopped_from_its_page(begin, now, declare, alice, carol):
    declare(lambda job: None)
    job = begin()
    assert carol.post(f"/jobs/{job.pk}/stop/").status_code == 403
    assert alice.post(f"/jobs/{job.pk}/stop/").status_code == 302
    assert now(job).state == JobState.CANCELLED

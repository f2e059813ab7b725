"""A list over background jobs: numbers, empty values, codes and times, as the table kit's tests need them."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import include, path

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.jobs.models import Job, JobState
from portal.web.tables import BulkAction, Column, ListFilter, ListPage, QuickSearch, SelectionChanged, choose


class JobFilter(ListFilter):
    search = QuickSearch(("title", "事项"), ("key", "业务主键"))
    state = choose("状态", JobState.choices)


class JobList(ListPage):
    name = "tests.jobs"
    title = "试验列表"
    columns = (
        Column("key", "业务主键", "id"),
        Column("title", "事项"),
        Column("done", "已处理", "int", total=True),
        Column("total", "总数", "int", total=True),
        Column("share", "金额（元）", "money", value=lambda job: Decimal(job.done) / 4),
        Column("state", "状态", "state", tones={JobState.DONE: "good"}),
        Column("created_at", "提交时间", "datetime"),
        Column("note", "进展", shown=False),
    )
    filterset = JobFilter
    default_sort = "-created_at"
    page_size = 10
    actions = (BulkAction("核对", "list-chosen", "portal.use", "success", confirm="确定核对所选的 {n} 条？"),)

    def rows(self):
        return Job.objects.all()


@page("portal.use")
def job_list(request: PortalRequest) -> HttpResponseBase:
    return JobList(request.member, request.GET).respond(request)


@page("portal.use", methods=("POST",))
def chosen(request: PortalRequest) -> HttpResponseBase:
    try:
        return HttpResponse(str(JobList.selection(request).checked().count()))
    except SelectionChanged as changed:
        return HttpResponse(str(changed), status=409)


@page("portal.use")
def broken(request: PortalRequest) -> HttpResponseBase:
    raise ZeroDivisionError("a secret detail")


@page("access.members.manage")
def managers_only(request: PortalRequest) -> HttpResponseBase:
    return redirect("web:dashboard")


urlpatterns = [
    path("jobs-list/", job_list, name="list"),
    path("jobs-list/chosen/", chosen, name="list-chosen"),
    path("broken/", broken),
    path("managers/", managers_only),
    path("", include("portal.urls")),
]
handler403 = "portal.web.errors.forbidden"
handler404 = "portal.web.errors.not_found"
handler500 = "portal.web.errors.server_error"


def make_jobs(count: int, **fields: object) -> list[Job]:
    """`count` jobs numbered from 0; every third has no total, times repeat in threes."""
    start = datetime.fromisoformat("2026-01-05T08:00:00+08:00")
    first = Job.objects.count()
    return Job.objects.bulk_create(
        Job(
            **{
                "kind": "tests",
                "key": f"K{number:05d}",
                "title": f"第 {number} 件",
                "done": number * 1000,
                "total": None if number % 3 == 0 else number,
                "state": JobState.DONE,
                "created_at": start + timedelta(minutes=number // 3),
                **fields,
            }
        )
        for number in range(first, first + count)
    )

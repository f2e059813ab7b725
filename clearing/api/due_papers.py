from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clearing import rules
from clearing.api.papers import FileAnswer
from clearing.api.serializers import AGENCY, INSURANCE, YEAR, WideScopeSerializer
from clearing.models import DuePapers, PaperState
from clearing.papers.merged import BOUND, Lacking, Order, start_due_papers
from clearing.services.printing import reckoned
from clearing.views.due_lists import DueFilter
from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.jobs import Job, JobState

FORMS = ("volume", "each", "zip")
STATES = "；".join(f"{state.value or '空'} {state.label}" for state in PaperState)
SCOPE = {"year": (int, YEAR, True), "insurance": (str, INSURANCE, True)}
SCOPE["agency"] = (str, f"{AGENCY}；不填表示全部清算机构合并的报表", False)
PARAMETERS = [
    *(OpenApiParameter(name, kind, required=must, description=said) for name, (kind, said, must) in SCOPE.items()),
    *(one for one in parameters(DueFilter) if one.name not in SCOPE),
]


class DuePapersSerializer(ReadSerializer[DuePapers]):
    """What one provider has to print; the states of the four papers, and how many are in which."""

    class Meta:
        model = DuePapers
        fields = [
            *("id", "environment", "year", "insurance", "agency", "provider_code", "provider_name", "provider_type"),
            *("region", "is_own", "inpatient_chronic", "cross_region_open", "maternity_open", "per_capita", "rule"),
            *("why", "is_guess", "contradictions", "disbursement", "cross_region", "maternity", "primary", "due"),
            *("printed", "waiting", "lacking", "superfluous", "about"),
        ]
        read_only_fields = fields
        extra_kwargs = {paper: {"help_text": STATES} for paper in rules.PAPERS}


class PrintsSerializer(WideScopeSerializer):
    """What is to be printed."""

    form = serializers.ChoiceField(
        choices=[
            ("volume", "整个范围每种报表一张，合并为一个 PDF"),
            ("each", "每家机构的报表，合并为一个 PDF"),
            ("zip", "每家机构一个 PDF，打包为 zip"),
        ],
        default="volume",
        help_text="打印方式",
    )
    provider_codes = serializers.ListField(
        child=serializers.CharField(max_length=30),
        max_length=5000,
        default=list,
        help_text="医疗机构编号；不填表示范围内全部机构",
    )
    anyway = serializers.BooleanField(default=False, help_text="有报表缺数据时，仍然打印已有的")


class PrintSerializer(serializers.Serializer[Any]):
    """How far a print is."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=JobState.choices)
    done = serializers.IntegerField(help_text="已处理的机构数（volume 为报表数）")
    total = serializers.IntegerField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    error = serializers.CharField(allow_blank=True)
    file = serializers.CharField(help_text="文件地址；完成后才有", allow_blank=True)


def shown(job: Job) -> dict[str, Any]:
    is_done = job.state == JobState.DONE and job.result_path
    address = reverse("api:clearing-api:due-papers-file", args=[job.pk]) if is_done else ""
    named = {name: getattr(job, name) for name in ("id", "state", "done", "total", "note", "error")}
    return dict(PrintSerializer(named | {"file": address}).data)


class AllDuePapers(ApiView):
    permissions = {"GET": "clearing.papers.make"}

    @extend_schema(
        parameters=PARAMETERS,
        responses=DuePapersSerializer(many=True),
        summary="应打印报表清单",
        description=f"按清算手册 9.5 的打印规则，范围内每家机构一条。报表状态：{STATES}",
    )
    def get(self, request: ApiRequest) -> Response:
        scope = WideScopeSerializer(data=request.query_params).scope(request.member)
        rows = filtered(DueFilter, request.query_params, reckoned(scope, by=request.member))
        return self.page(rows, DuePapersSerializer)


class DuePrints(ApiView):
    only_asks = True
    permissions = {"POST": "clearing.papers.make"}

    @extend_schema(
        request=PrintsSerializer,
        responses={202: PrintSerializer},
        summary="打印应打印报表",
        description="有应打印的报表缺数据时返回 409（类型 lacking），anyway 为 true 时打印已有的。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = PrintsSerializer(data=request.data)
        scope, given = asked.scope(request.member), asked.validated_data
        order = Order(scope, given["form"], tuple(sorted(set(given["provider_codes"]))))
        try:
            job = start_due_papers(order, by=request.member, anyway=given["anyway"])
        except Lacking as lacking:
            errors = [
                {"pointer": f"/{lack.provider}/{lack.paper}", "detail": f"{lack.provider}：{lack.why}"}
                for lack in lacking.some
            ]
            raise Problem(409, "lacking", lacking.sentence, errors=errors) from lacking
        return self.accepted(reverse("api:clearing-api:due-papers-print", args=[job.pk]), shown(job))


class OnePrint(ApiView):
    permissions = {"GET": "clearing.papers.make"}

    @extend_schema(responses=PrintSerializer, summary="打印进度")
    def get(self, request: ApiRequest, job_id: UUID) -> Response:
        return Response(shown(get_or_404(Job, job_id, kind=BOUND)))


class PrintFile(ApiView):
    permissions = {"GET": "clearing.papers.make"}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """The address says which file it is; problems are JSON whatever the caller accepts."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY}, summary="打印好的文件（PDF 或 zip）")
    def get(self, request: ApiRequest, job_id: UUID) -> Response:
        job = get_or_404(Job, job_id, kind=BOUND, state=JobState.DONE)
        if not job.result_path or not default_storage.exists(job.result_path):
            raise Http404("没有找到这条记录")
        is_zip = job.result_name.endswith(".zip")
        with default_storage.open(job.result_path) as file:
            return FileAnswer(file.read(), job.result_name, "application/zip" if is_zip else "application/pdf")

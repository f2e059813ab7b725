"""What every business shares, for hospital systems: background jobs, the log, the institution, code lists, health."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.access.models import Institution
from portal.access.services.refusals import NotAllowed
from portal.api.filters import filtered, parameters
from portal.api.paging import Whole
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.audit.lists import LogFilter
from portal.audit.models import Event
from portal.codes.lists import CodeList, code_list, code_lists
from portal.jobs.models import Job, JobState
from portal.jobs.services import cancel
from portal.web.health import PARTS


class BackgroundJobSerializer(ReadSerializer[Job]):
    """A background job; `operation` is the operation of the journal that it follows, if it follows one."""

    class Meta:
        model = Job
        fields = [
            *("id", "kind", "key", "title", "state", "done", "total", "note", "error", "result_name", "operation"),
            *("started_label", "created_at", "started_at", "finished_at"),
        ]
        read_only_fields = fields


class Jobs(ApiView):
    permissions = {"GET": "jobs.view"}

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=JobState.values, description="只看这种状态")],
        responses=BackgroundJobSerializer(many=True),
        summary="后台任务列表",
    )
    def get(self, request: ApiRequest) -> Response:
        state = request.query_params.get("state")
        if state is not None and state not in JobState.values:
            raise Problem(
                422, "invalid", "state：没有这种状态", errors=[{"pointer": "/state", "detail": "没有这种状态"}]
            )
        rows = Job.objects.all()
        return self.page(rows.filter(state=state) if state else rows, BackgroundJobSerializer)


class OneJob(ApiView):
    permissions = {"GET": "jobs.view"}

    @extend_schema(responses=BackgroundJobSerializer, summary="一个后台任务的进展和结果")
    def get(self, request: ApiRequest, job_id: UUID) -> Response:
        return Response(BackgroundJobSerializer(get_or_404(Job, job_id)).data)


class JobCancellations(ApiView):
    permissions = {"POST": "jobs.cancel"}

    @extend_schema(
        request=None, responses={202: BackgroundJobSerializer}, summary="要求停止后台任务（已取得的数据不丢失）"
    )
    def post(self, request: ApiRequest, job_id: UUID) -> Response:
        found = get_or_404(Job, job_id)
        if not cancel(found):
            raise NotAllowed("任务已经结束，或正在等待接口答复，不能停止")
        found.refresh_from_db()
        return Response(BackgroundJobSerializer(found).data, 202)


class RecordedSerializer(serializers.Serializer[Event]):
    """One record of the institution's log; `seq` counts from 1 without gaps."""

    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    action = serializers.CharField(help_text="操作代码")
    label = serializers.CharField(help_text="操作类型")  # type: ignore[assignment]
    sentence = serializers.CharField(help_text="操作详情")
    result = serializers.CharField(help_text="已办理、未通过、待确认")
    actor_name = serializers.CharField(help_text="操作人员")
    object_label = serializers.CharField(help_text="对象", allow_blank=True)
    request = serializers.SerializerMethodField(help_text="请求编号")

    def get_request(self, event: Event) -> str:
        return str(event.content.get("request") or "")


class Audit(ApiView):
    permissions = {"GET": "audit.view"}
    ordering = "-seq"

    @extend_schema(parameters=parameters(LogFilter), responses=RecordedSerializer(many=True), summary="操作日志")
    def get(self, request: ApiRequest) -> Response:
        rows = Event.objects.filter(chain=request.member.institution_id)
        return self.page(filtered(LogFilter, request.query_params, rows), RecordedSerializer)


class InstitutionSerializer(serializers.ModelSerializer[Institution]):
    """The institution's settings; none of them is a secret. Settings of the gateways: /channels/."""

    class Meta:
        model = Institution
        fields = [
            *("code", "name", "kind", "region", "level", "inpatient_chronic", "cross_region", "maternity"),
            *("per_capita", "four_eyes", "environment"),
        ]
        read_only_fields = fields


class OwnInstitution(ApiView):
    permissions = {"GET": "portal.use"}

    @extend_schema(responses=InstitutionSerializer, summary="本机构的设置")
    def get(self, request: ApiRequest) -> Response:
        assert request.member.institution
        return Response(InstitutionSerializer(request.member.institution).data)


class CodeListSerializer(serializers.Serializer[CodeList]):
    name = serializers.CharField(help_text="字典名称，例如 injury.aka130")
    title = serializers.CharField()
    source = serializers.CharField(help_text="出处")  # type: ignore[assignment]
    count = serializers.IntegerField()


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    region = serializers.CharField(allow_blank=True, help_text="只在这个统筹区使用；空为不限")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class OneCodeListSerializer(CodeListSerializer):
    codes = CodeSerializer(many=True)


def shown(one: CodeList) -> dict[str, Any]:
    return {"name": f"{one.scope}.{one.name}", "title": one.title, "source": one.source, "count": len(one)}


class CodeLists(ApiView):
    permissions = {"GET": "portal.use"}
    pagination_class = Whole

    @extend_schema(responses=CodeListSerializer(many=True), summary="字典列表")
    def get(self, request: ApiRequest) -> Response:
        return Response({"items": [shown(one) for one in code_lists()], "next": None})


class OneCodeList(ApiView):
    permissions = {"GET": "portal.use"}

    @extend_schema(responses=OneCodeListSerializer, summary="一个字典的全部代码")
    def get(self, request: ApiRequest, name: str) -> Response:
        try:
            found = code_list(name)
        except LookupError:
            raise Http404 from None
        return Response({**shown(found), "codes": CodeSerializer(list(found.codes.values()), many=True).data})


class HealthSerializer(serializers.Serializer[Any]):
    ready = serializers.BooleanField(help_text="是否可以办理业务")
    problems = serializers.ListField(child=serializers.CharField(), help_text="不能办理的原因")
    time = serializers.DateTimeField(help_text="本系统的时间；与之相差超过 5 分钟的签名会被拒绝")


class Health(ApiView):
    permissions = {"GET": "portal.use"}

    @extend_schema(responses=HealthSerializer, summary="密钥能否使用、系统是否就绪")
    def get(self, request: ApiRequest) -> Response:
        problems = [sentence for part in PARTS if (sentence := part())]
        return Response({"ready": not problems, "problems": problems, "time": timezone.localtime().isoformat()})

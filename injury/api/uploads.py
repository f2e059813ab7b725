"""Uploading fees for hospital systems: start, check, how it stands; asking for a wipe is a person's."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from injury.api.discharge import refused
from injury.models import Admission, FeeEpoch
from injury.services import Refused
from injury.services.standing import FeeStanding, fee_standing
from injury.services.uploading import job_of, start_check, start_upload
from portal.access.gate import get_or_404
from portal.api.running import refuse_running
from portal.api.views import ApiRequest, ApiView


class CategoryStandingSerializer(serializers.Serializer[Any]):
    category = serializers.CharField(help_text="收费类别（AKA063）")
    name = serializers.CharField(source="label", help_text="类别名称")
    ours = serializers.DecimalField(30, 4, help_text="本院已上传金额（元）")
    centre = serializers.DecimalField(30, 4, allow_null=True, help_text="中心金额（元），上传后未核对时为空")
    difference = serializers.DecimalField(30, 4, allow_null=True, help_text="中心多出的金额（元）")


class FeeStandingSerializer(serializers.Serializer[Any]):
    """Counts and sums of one admission's fees; amounts in yuan as text."""

    waiting = serializers.IntegerField(help_text="待上传条数")
    held = serializers.IntegerField(help_text="暂不能上传条数")
    under_way = serializers.IntegerField(help_text="上传中条数")
    doubtful = serializers.IntegerField(help_text="结果待确认条数")
    uploaded = serializers.IntegerField(help_text="已上传条数")
    dropped = serializers.IntegerField(help_text="不上传条数")
    ours = serializers.DecimalField(30, 4, help_text="本院已上传金额（元）")
    centre = serializers.DecimalField(30, 4, allow_null=True, help_text="中心金额（元），上传后未核对时为空")
    read_at = serializers.DateTimeField(allow_null=True, help_text="中心金额的读取时间")
    is_equal = serializers.BooleanField(help_text="上传后核对过，且各类别都一致到分")
    gate = serializers.CharField(allow_blank=True, help_text="出院和结算单须等待的原因；空为可以办理")
    state = serializers.SerializerMethodField(help_text="费用上传的状态；尚未上传时为空")
    note = serializers.SerializerMethodField(help_text="进展说明")
    categories = CategoryStandingSerializer(many=True)

    def get_state(self, standing: FeeStanding) -> str:
        return str(standing.epoch.state) if standing.epoch else ""

    def get_note(self, standing: FeeStanding) -> str:
        return standing.epoch.note if standing.epoch else ""


class UploadSerializer(serializers.ModelSerializer[FeeEpoch]):
    """An upload that was started, or joined."""

    class Meta:
        model = FeeEpoch
        fields = ("id", "n", "state", "note", "started_at")


class Standing(ApiView):
    """How an admission's fees stand, here and at the centre."""

    permissions = {"GET": "injury.fees.view"}

    @extend_schema(responses=FeeStandingSerializer, summary="费用上传情况")
    def get(self, request: ApiRequest, admission_id: UUID) -> Response:
        return Response(FeeStandingSerializer(fee_standing(get_or_404(Admission, admission_id))).data)


class _Start(ApiView):
    def begin(self, request: ApiRequest, admission_id: UUID, act: Any) -> Response:
        admission = get_or_404(Admission, admission_id)
        try:
            epoch = act(admission, by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        if epoch.joined:
            refuse_running(f"这次就诊的费用正在上传：{epoch.note}", job_of(epoch))
        return self.accepted(reverse("api:injury-api:fee-standing", args=[admission_id]), UploadSerializer(epoch).data)


class Uploads(_Start):
    """Start the upload of everything that waits; while it goes on, another call is refused."""

    permissions = {"POST": "injury.fees.upload"}

    @extend_schema(
        request=None,
        responses={202: UploadSerializer},
        summary="上传费用",
        description="上传这次就诊全部待上传的费用。正在上传时用另一个 Idempotency-Key 提交，回应 409，不会重复；"
        "进展见费用上传情况（Location）。",
    )
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        return self.begin(request, admission_id, start_upload)


class Checks(_Start):
    """Have the centre's sums read."""

    permissions = {"POST": "injury.fees.upload"}

    @extend_schema(
        request=None,
        responses={202: UploadSerializer},
        summary="核对中心金额",
        description="读取中心金额并逐类核对（4.12），结果见费用上传情况。",
    )
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        return self.begin(request, admission_id, start_check)

"""Materials for hospital systems: stored, then sent (4.18)."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from injury.api.discharge import FILE_BODY, PaperSerializer, refused, sent
from injury.models import Admission, Material
from injury.services.materials import add_material, materials_of, upload_material
from injury.services.refusals import Refused
from injury.views.materials import MaterialFilter
from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.paging import Whole
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer


class MaterialSerializer(ReadSerializer[Material]):
    """A material without its content."""

    admission = serializers.CharField(source="admission_id", read_only=True, help_text="就诊 id")

    class Meta:
        model = Material
        fields = [
            *("id", "admission", "kind", "number", "amount", "file_type", "file_name", "size", "sha256", "state"),
            *("added_at", "added_as", "accepted_at", "note"),
        ]
        read_only_fields = fields


class Materials(ApiView):
    permissions = {"GET": "injury.admissions.view"}

    @extend_schema(
        parameters=parameters(MaterialFilter),
        responses=MaterialSerializer(many=True),
        summary="工伤材料列表",
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Material.objects.defer("content")
        return self.page(filtered(MaterialFilter, request.query_params, rows), MaterialSerializer)


class AdmissionMaterials(ApiView):
    permissions = {"GET": "injury.admissions.view", "POST": "injury.materials.upload"}
    max_bytes = FILE_BODY
    pagination_class = Whole

    @extend_schema(responses=MaterialSerializer(many=True), summary="一次就诊的材料")
    def get(self, request: ApiRequest, admission_id: UUID) -> Response:
        rows = materials_of(get_or_404(Admission, admission_id))
        return Response({"items": MaterialSerializer(rows, many=True).data, "next": None})

    @extend_schema(request=PaperSerializer, responses={201: MaterialSerializer}, summary="添加材料（不发送）")
    def post(self, request: ApiRequest, admission_id: UUID) -> Response:
        admission = get_or_404(Admission, admission_id)
        try:
            made = add_material(admission, PaperSerializer(data=request.data).paper(), by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return Response(MaterialSerializer(made).data, 201)


class MaterialUploads(ApiView):
    permissions = {"POST": "injury.materials.upload"}

    @extend_schema(request=None, responses={202: OperationSerializer}, summary="上传一份材料")
    def post(self, request: ApiRequest, material_id: UUID) -> Response:
        material = get_or_404(Material, material_id)
        return sent(self, upload_material(material, by=request.member))

"""终端 for hospital systems: which desks there are, and how their bridges are. Settings files leave by the page."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.views import ApiRequest, ApiView
from portal.gateway.desk.listing import DeskFilter
from portal.gateway.desk.models import Desk
from portal.gateway.desk.services import FIELDS, LABELS, DeskFault, change_desk, register_desk


class DeskSerializer(serializers.ModelSerializer[Desk]):
    health = serializers.DictField(allow_null=True, help_text="桥接程序最近一次检查的结果")

    class Meta:
        model = Desk
        fields = [
            *("id", "environment", "name", "address", "device_no", "term_no", "dept_code", "dept_name", "is_active"),
            *("health", "checked_at", "token_set_at", "version"),
        ]
        read_only_fields = fields


def _text(name: str) -> serializers.CharField:
    return serializers.CharField(max_length=FIELDS[name], required=False, allow_blank=True, label=LABELS[name])


class DeskValuesSerializer(serializers.Serializer[Desk]):
    """Only what is given is changed."""

    name = _text("name")
    address = _text("address")
    device_no = _text("device_no")
    term_no = _text("term_no")
    dept_code = _text("dept_code")
    dept_name = _text("dept_name")
    is_active = serializers.BooleanField(required=False)


class Desks(ApiView):
    permissions = {"GET": "gateway.desks.view", "POST": "gateway.channel.manage"}

    @extend_schema(parameters=parameters(DeskFilter), responses=DeskSerializer(many=True), summary="终端列表")
    def get(self, request: ApiRequest) -> Response:
        return self.page(filtered(DeskFilter, request.query_params, Desk.objects.all()), DeskSerializer)

    @extend_schema(request=DeskValuesSerializer, responses={201: DeskSerializer}, summary="登记终端")
    def post(self, request: ApiRequest) -> Response:
        try:
            desk = register_desk(_given(request), by=request.member)
        except DeskFault as fault:
            raise _refused(fault) from None
        return Response(DeskSerializer(desk).data, 201)


class OneDesk(ApiView):
    permissions = {"GET": "gateway.desks.view"}

    @extend_schema(responses=DeskSerializer, summary="一个终端")
    def get(self, request: ApiRequest, desk_id: UUID) -> Response:
        return Response(DeskSerializer(get_or_404(Desk, desk_id)).data)


class DeskChanges(ApiView):
    versioned = True
    permissions = {"POST": "gateway.channel.manage"}

    @extend_schema(request=DeskValuesSerializer, responses=DeskSerializer, summary="修改终端")
    def post(self, request: ApiRequest, desk_id: UUID) -> Response:
        desk = get_or_404(Desk, desk_id)
        self.must_match(desk)
        try:
            change_desk(desk, _given(request), by=request.member)
        except DeskFault as fault:
            raise _refused(fault) from None
        return Response(DeskSerializer(desk).data)


def _given(request: ApiRequest) -> dict[str, Any]:
    asked = DeskValuesSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _refused(fault: DeskFault) -> Problem:
    errors = [{"pointer": f"/{name}", "detail": sentence} for name, sentence in fault.faults.items() if name]
    return Problem(422, "invalid", str(fault), errors=errors)

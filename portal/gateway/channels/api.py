"""系统配置 for hospital systems: the same services as the page; keys go in and never come out."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.access.models.institution import Environment
from portal.api.problems import Problem
from portal.api.views import ApiRequest, ApiView
from portal.gateway.channels.models import LABELS, Channel, ChannelChange, ChannelTrial
from portal.gateway.channels.services import ChannelFault, change_channel
from portal.gateway.channels.trials import start_trial
from portal.gateway.messages import gateways


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    fingerprints = serializers.DictField(child=serializers.CharField(), help_text="每把密钥 SM3 摘要的前 8 位")
    switches = serializers.DictField(help_text="与默认约定不同的报文开关")
    wire_names = serializers.DictField(child=serializers.CharField(), help_text="与默认不同的交易名称")

    class Meta:
        model = Channel
        fields = [
            *("id", "gateway", "environment", "base_url", "host_address", "app_code", "user_name", "medins_code"),
            *("medins_name", "region", "is_active", "fingerprints"),
            *("key_set_at", "switches", "wire_names", "connect_timeout", "read_timeout", "version", "updated_at"),
        ]
        read_only_fields = fields


def _text(name: str, size: int, *, allow_blank: bool = True, write_only: bool = False) -> serializers.CharField:
    """One setting; which of them a gateway has says its wire, and any other is refused by name."""
    return serializers.CharField(
        max_length=size, required=False, allow_blank=allow_blank, write_only=write_only, label=LABELS[name]
    )


class ValuesSerializer(serializers.Serializer[Channel]):
    """Only what is given is changed; an empty key keeps the stored one."""

    base_url = _text("base_url", 200)
    host_address = _text("host_address", 45)
    app_code = _text("app_code", 100, allow_blank=False)
    user_name = _text("user_name", 100)
    medins_code = _text("medins_code", 12)
    medins_name = _text("medins_name", 100)
    provider_public_key = _text("provider_public_key", 130, write_only=True)
    private_key = _text("private_key", 64, write_only=True)
    public_key = _text("public_key", 130, write_only=True)
    iv = _text("iv", 32, write_only=True)
    secret_key = _text("secret_key", 200, write_only=True)
    password = _text("password", 100, write_only=True)
    region = _text("region", 6)
    switches = serializers.DictField(required=False)
    wire_names = serializers.DictField(child=serializers.CharField(), required=False)
    connect_timeout = serializers.IntegerField(required=False)
    read_timeout = serializers.IntegerField(required=False, allow_null=True)
    is_active = serializers.BooleanField(required=False)


class ChangeSerializer(serializers.ModelSerializer[ChannelChange]):
    class Meta:
        model = ChannelChange
        fields = ["id", "gateway", "environment", "state", "fields", "reason", "proposed_at", "decided_at"]
        read_only_fields = fields


class TrialSerializer(serializers.ModelSerializer[ChannelTrial]):
    class Meta:
        model = ChannelTrial
        fields = ["id", "gateway", "environment", "started_at", "ended_at", "is_good", "sentence", "field"]
        read_only_fields = fields


class Channels(ApiView):
    permissions = {"GET": "gateway.channel.view"}
    every_environment = True

    @extend_schema(responses=ChannelSerializer(many=True), summary="系统配置列表")
    def get(self, request: ApiRequest) -> Response:
        return self.page(Channel.objects.all(), ChannelSerializer)


class Changes(ApiView):
    versioned = True
    permissions = {"POST": "gateway.channel.manage"}

    @extend_schema(
        request=ValuesSerializer,
        responses={200: ChangeSerializer, 202: ChangeSerializer, 204: None},
        summary="修改系统配置",
        description="开启双人复核的机构，地址和密钥的修改先处于 proposed 状态（202），由另一人在网页上复核。",
    )
    def post(self, request: ApiRequest, gateway: str, environment: str) -> Response:
        given = values(request, gateway, environment)
        self.must_match(Channel.objects.filter(gateway=gateway, environment=environment).first())
        try:
            change = change_channel(gateway, environment, given, by=request.member)
        except ChannelFault as fault:
            raise refused(fault) from None
        if change is None:
            return Response(status=204)
        return Response(ChangeSerializer(change).data, 202 if change.state == "proposed" else 200)


class Trials(ApiView):
    only_asks = True
    permissions = {"POST": "gateway.channel.manage"}

    @extend_schema(request=ValuesSerializer, responses={202: TrialSerializer}, summary="测试连接")
    def post(self, request: ApiRequest, gateway: str, environment: str) -> Response:
        given = values(request, gateway, environment)
        try:
            trial = start_trial(gateway, environment, given, by=request.member)
        except ChannelFault as fault:
            raise refused(fault) from None
        return self.accepted(reverse("api:channels-api:trial", args=[trial.pk]), TrialSerializer(trial).data)


class OneTrial(ApiView):
    permissions = {"GET": "gateway.channel.manage"}

    @extend_schema(responses=TrialSerializer, summary="连接测试的结果")
    def get(self, request: ApiRequest, trial_id: UUID) -> Response:
        return Response(TrialSerializer(get_or_404(ChannelTrial, trial_id)).data)


def values(request: ApiRequest, gateway: str, environment: str) -> dict[str, Any]:
    """What was given; Http404 for a gateway or environment that does not exist."""
    if gateway not in {one.name for one in gateways()} or environment not in Environment.values:
        raise Http404
    asked = ValuesSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def refused(fault: ChannelFault) -> Problem:
    """All sentences, each with a pointer to its field; a conflict with how things stand when no field is at fault."""
    errors = [{"pointer": f"/{name}", "detail": sentence} for name, sentence in fault.faults.items() if name]
    return Problem(422 if errors else 409, "invalid" if errors else "conflict", str(fault), errors=errors)

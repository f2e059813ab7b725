"""Webhooks by API: an institution's administrator makes them; systems read what was delivered and ask for it again."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.filters import filtered, parameters
from portal.api.views import ApiRequest, ApiView
from portal.hooks import services
from portal.hooks.lists import DeliveryFilter
from portal.hooks.models import Delivery, Webhook


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """A webhook; its secret is shown once, when it is made."""

    class Meta:
        model = Webhook
        fields = ["id", "environment", "name", "url", "events", "is_active", "made_label", "created_at", "version"]
        read_only_fields = fields


class NewWebhookSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=50)
    url = serializers.CharField(max_length=300, help_text="主机须在平台允许的地址名单中")
    events = serializers.ListField(child=serializers.CharField(max_length=60), allow_empty=False, max_length=50)


class ChangedWebhookSerializer(NewWebhookSerializer):
    version = serializers.IntegerField(help_text="所依据的版本；别人改过时回应 409")
    is_active = serializers.BooleanField(required=False)
    name = serializers.CharField(max_length=50, required=False)
    url = serializers.CharField(max_length=300, required=False)
    events = serializers.ListField(
        child=serializers.CharField(max_length=60), allow_empty=False, max_length=50, required=False
    )


class CreatedWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(required=False, help_text="只在创建时返回一次，重复提交时不再返回")

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class WebhookDeliverySerializer(serializers.ModelSerializer[Delivery]):
    """One message: what was said, and whether it was heard."""

    class Meta:
        model = Delivery
        fields = [
            *("id", "environment", "webhook", "message", "event", "about", "body", "state", "tries", "replays"),
            *("status", "sentence", "created_at", "next_at", "delivered_at"),
        ]
        read_only_fields = fields


class Webhooks(ApiView):
    permissions = {"GET": "hooks.webhooks.view", "POST": "hooks.webhooks.manage"}
    forgotten = ("secret",)

    @extend_schema(responses=WebhookSerializer(many=True), summary="消息推送列表")
    def get(self, request: ApiRequest) -> Response:
        return self.page(Webhook.objects.all(), WebhookSerializer)

    @extend_schema(request=NewWebhookSerializer, responses={201: CreatedWebhookSerializer}, summary="新增消息推送")
    def post(self, request: ApiRequest) -> Response:
        asked = NewWebhookSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        webhook, secret = services.create_webhook(**asked.validated_data, by=request.member)
        return Response({**WebhookSerializer(webhook).data, "secret": secret}, 201)


class OneWebhook(ApiView):
    versioned = True
    permissions = {"GET": "hooks.webhooks.view", "POST": "hooks.webhooks.manage"}

    @extend_schema(responses=WebhookSerializer, summary="一个消息推送")
    def get(self, request: ApiRequest, webhook_id: UUID) -> Response:
        return Response(WebhookSerializer(get_or_404(Webhook, webhook_id)).data)

    @extend_schema(
        request=ChangedWebhookSerializer,
        responses=WebhookSerializer,
        operation_id="webhooks_change",
        summary="修改或停用消息推送",
    )
    def post(self, request: ApiRequest, webhook_id: UUID) -> Response:
        webhook = get_or_404(Webhook, webhook_id)
        self.must_match(webhook)
        asked = ChangedWebhookSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        changed = services.change_webhook(webhook, given, version=given["version"], by=request.member)
        return Response(WebhookSerializer(changed).data)


class Deliveries(ApiView):
    permissions = {"GET": "hooks.webhooks.view"}

    @extend_schema(
        parameters=parameters(DeliveryFilter), responses=WebhookDeliverySerializer(many=True), summary="推送记录"
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Delivery.objects.select_related("webhook").defer("webhook__secret")
        return self.page(filtered(DeliveryFilter, request.query_params, rows), WebhookDeliverySerializer)


class Replays(ApiView):
    permissions = {"POST": "hooks.deliveries.replay"}

    @extend_schema(request=None, responses={202: WebhookDeliverySerializer}, summary="重新推送一条消息，消息编号不变")
    def post(self, request: ApiRequest, delivery_id: UUID) -> Response:
        again = services.replay(get_or_404(Delivery, delivery_id), by=request.member)
        return Response(WebhookDeliverySerializer(again).data, 202)

"""Keys by API, for an institution's administrator signed in on the web; a key cannot make keys."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.access.models import InstitutionKey
from portal.access.services.keys import FEWEST, MOST, USUAL, create_key, revoke_key
from portal.api.fields import Moment
from portal.api.views import ApiRequest, ApiView


class KeySerializer(serializers.ModelSerializer[InstitutionKey]):
    is_signed = serializers.SerializerMethodField(help_text="请求须带 X-Portal-Signature")

    class Meta:
        model = InstitutionKey
        fields = [
            *("id", "name", "prefix", "scopes", "addresses", "per_minute", "is_signed"),
            *("created", "expiry_date", "last_used_at", "revoked"),
        ]
        read_only_fields = fields

    def get_is_signed(self, key: InstitutionKey) -> bool:
        return key.signing is not None


class NewKeySerializer(serializers.Serializer[InstitutionKey]):
    name = serializers.CharField(max_length=50)
    scopes = serializers.ListField(child=serializers.CharField(max_length=80), allow_empty=False)
    addresses = serializers.ListField(child=serializers.CharField(max_length=43), default=list)
    expires = Moment()
    per_minute = serializers.IntegerField(min_value=FEWEST, max_value=MOST, default=USUAL)
    signed = serializers.BooleanField(default=False, help_text="每次请求须带 HMAC-SM3 签名")


class CreatedKeySerializer(KeySerializer):
    key = serializers.CharField(required=False, help_text="只在创建时返回一次，重复提交时不再返回")
    signing_secret = serializers.CharField(required=False, help_text="须签名的密钥才有；只在创建时返回一次")

    class Meta(KeySerializer.Meta):
        fields = [*KeySerializer.Meta.fields, "key", "signing_secret"]


class Keys(ApiView):
    permissions = {"GET": "access.keys.manage", "POST": "access.keys.manage"}
    forgotten = ("key", "signing_secret")

    @extend_schema(responses=KeySerializer(many=True), summary="接口密钥列表")
    def get(self, request: ApiRequest) -> Response:
        return self.page(InstitutionKey.objects.all(), KeySerializer)

    @extend_schema(request=NewKeySerializer, responses={201: CreatedKeySerializer}, summary="新增接口密钥")
    def post(self, request: ApiRequest) -> Response:
        asked = NewKeySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        key, text = create_key(**asked.validated_data, by=request.member)
        once = {"key": text} | ({"signing_secret": key.signing.reveal()} if key.signing else {})
        return Response({**KeySerializer(key).data, **once}, 201)


class KeyRevocation(ApiView):
    permissions = {"POST": "access.keys.manage"}

    @extend_schema(request=None, responses=KeySerializer, summary="作废接口密钥")
    def post(self, request: ApiRequest, key_id: UUID) -> Response:
        key = get_or_404(InstitutionKey, key_id)
        revoke_key(key, by=request.member)
        return Response(KeySerializer(key).data)

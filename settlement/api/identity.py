"""Identifying insured people for hospital systems: asked in the background, read at its address; check media."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from settlement.models import CheckMedium, Identification
from settlement.rules.identity import NEEDED, Certificate, Way, WrongCertificate, shown
from settlement.services.control import keep_medium
from settlement.services.identity import identify, person_shown
from settlement.services.people import InsuranceShown
from settlement.services.refusals import Refused


def refused(faults: Sequence[tuple[str, str]]) -> Problem:
    """All faults, each with its pointer."""
    errors = [{"pointer": f"/{field}", "detail": sentence} for field, sentence in faults if field]
    return Problem(422, "refused", "；".join(sentence for _, sentence in faults), errors=errors)


class NewIdentificationSerializer(serializers.Serializer[Any]):
    """A certificate, in one of the five ways; only the fields of that way are read."""

    way = serializers.ChoiceField(
        choices=[(one.value, one.label) for one in Way],
        help_text="；".join(f"{one.value} {one.label}：{'、'.join(NEEDED[one])}" for one in Way),
    )
    code = serializers.CharField(required=False, default="", max_length=50, help_text="医保电子凭证码，只能用一次")
    identity = serializers.CharField(required=False, default="", max_length=18, help_text="身份证号码")
    card = serializers.CharField(required=False, default="", max_length=50, help_text="社保卡卡号（跨省）")
    card_sn = serializers.CharField(required=False, default="", max_length=32, help_text="社保卡识别码（跨省）")
    document = serializers.CharField(required=False, default="", max_length=32, help_text="其他证件的号码")
    name = serializers.CharField(required=False, default="", max_length=50, help_text="姓名，填写后由医保中心核对")
    med_type = serializers.CharField(required=False, default="", max_length=6, help_text="检查待遇的医疗类别 med_type")
    about = serializers.CharField(
        required=False, default="", max_length=30, help_text="为已有就诊重新出示凭证时的住院/门诊号"
    )

    medium = serializers.CharField(
        required=False, default="", max_length=2000, help_text="安全控件的校验介质，启用安全控件时必填"
    )

    def certificate(self) -> Certificate:
        """What is shown; raises WrongCertificate with all faults. After is_valid()."""
        return shown(Way(self.validated_data["way"]), self.validated_data, timezone.localdate())


class IdentificationSerializer(ReadSerializer[Identification]):
    """One identification; the person masked. `insurance` and `insured_at` are the insurance that will be used."""

    class Meta:
        model = Identification
        fields = [
            *("id", "environment", "way", "certificate_type", "med_type", "about", "state", "name_masked"),
            *("document_masked", "insurance", "insured_at", "sentence", "code", "asked_at", "answered_at"),
        ]
        read_only_fields = fields


class EntitlementSerializer(serializers.Serializer[Any]):
    """Whether one fund pays."""

    fund = serializers.CharField()
    is_granted = serializers.BooleanField()
    reason = serializers.CharField()


class InsuranceSerializer(serializers.Serializer[Any]):
    """One insurance of the person."""

    insurance = serializers.CharField(help_text="insutype")
    insured_at = serializers.CharField(help_text="insuplc_admdvs")
    person_type = serializers.CharField(help_text="psn_type")
    state = serializers.CharField(help_text="psn_insu_stas")
    balance = serializers.CharField(allow_null=True, help_text="个人账户余额（元）")
    entitlements = EntitlementSerializer(many=True)
    note = serializers.CharField(help_text="没有检查待遇的原因")


class IdentifiedSerializer(IdentificationSerializer):
    """The same with the person's insurances, once the centre has answered."""

    insurances = InsuranceSerializer(many=True)

    class Meta(IdentificationSerializer.Meta):
        fields = [*IdentificationSerializer.Meta.fields, "insurances"]
        read_only_fields = fields


class Identifications(ApiView):
    only_asks = True
    permissions = {"POST": "settlement.people.identify"}

    @extend_schema(
        request=NewIdentificationSerializer,
        responses={202: IdentificationSerializer},
        summary="识别参保人（1101、2001）",
        description="电子凭证、身份证、社保卡或其他证件。答复在 Location 的地址读取。",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = NewIdentificationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        try:
            found = identify(
                asked.certificate(),
                by=request.member,
                way=given["way"],
                med_type=given["med_type"],
                about=given["about"],
                medium=given["medium"],
            )
        except (WrongCertificate, Refused) as refusal:
            raise refused(refusal.faults) from None
        address = reverse("api:settlement-api:identification", args=[found.pk])
        return self.accepted(address, IdentificationSerializer(found).data)


class OneIdentification(ApiView):
    permissions = {"GET": "settlement.people.identify"}

    @extend_schema(responses=IdentifiedSerializer, summary="识别结果：参保信息、余额、待遇")
    def get(self, request: ApiRequest, identification_id: UUID) -> Response:
        found = get_or_404(Identification, identification_id)
        person = person_shown(found)
        insurances = [_insurance(one) for one in person.insurances] if person else []
        return Response({**IdentificationSerializer(found).data, "insurances": insurances})


def _insurance(one: InsuranceShown) -> dict[str, Any]:
    return {
        "insurance": one.insurance,
        "insured_at": one.insured_at,
        "person_type": one.person_type,
        "state": one.state,
        "balance": None if one.balance is None else f"{one.balance:.2f}",
        "entitlements": [
            {"fund": right.fund, "is_granted": right.is_granted, "reason": right.reason} for right in one.entitlements
        ],
        "note": one.note,
    }


class NewMediumSerializer(serializers.Serializer[Any]):
    """A check medium that the hospital system got from the security control."""

    obtained_for = serializers.CharField(max_length=10, help_text="取得时的交易，例如 2207A")
    kind = serializers.ChoiceField(
        choices=[("pharmacy", "药店购药"), ("outpatient", "门诊"), ("inpatient", "住院")], help_text="就诊类型"
    )
    about = serializers.CharField(max_length=40, help_text="住院/门诊号，或识别结果的编号")
    medium = serializers.CharField(max_length=2000, help_text="校验介质")
    seconds = serializers.IntegerField(required=False, default=600, min_value=1, max_value=86400, help_text="有效秒数")


class MediumSerializer(ReadSerializer[CheckMedium]):
    """A check medium, without itself."""

    class Meta:
        model = CheckMedium
        fields = ["id", "environment", "obtained_for", "kind", "about", "used", "obtained_at", "expires_at"]
        read_only_fields = fields


class ControlMedia(ApiView):
    permissions = {"GET": "settlement.people.identify", "POST": "settlement.people.identify"}

    @extend_schema(responses=MediumSerializer(many=True), summary="安全控件的校验介质")
    def get(self, request: ApiRequest) -> Response:
        return self.page(CheckMedium.objects.all(), MediumSerializer)

    @extend_schema(
        request=NewMediumSerializer, responses={201: MediumSerializer}, summary="登记校验介质（工作指引第六章）"
    )
    def post(self, request: ApiRequest) -> Response:
        asked = NewMediumSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        try:
            found = keep_medium(given.pop("medium"), by=request.member, **given)
        except Refused as refusal:
            raise refused(refusal.faults) from None
        return Response(MediumSerializer(found).data, status=201)

"""目录对照 for hospital systems: what own items are at the centre, saved many at once, and how much is mapped."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from injury.models import CatalogueItem, Mapping, Standing
from injury.models.catalogue import with_standing
from injury.services.mapping_changes import OUTSIDE_WORD, Tally, Wish, put_mappings
from injury.services.mapping_coverage import PERIODS, Charged, Share, coverage
from injury.views.catalogue_lists import CatalogueFilter
from injury.views.mapping_lists import MappingFilter
from portal.api.bulk import MOST, BulkAnswerSerializer, BulkSerializer, Rows, answered, by_place, read_rows, take
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from portal.codes import code_list

#: Missing items in one answer.
MOST_MISSING = 1_000
KIND = "种类 alc404：0 药品，1 诊疗，9 耗材"


class MappingSerializer(ReadSerializer[Mapping]):
    """One own item and what it is at the centre; prices in yuan."""

    is_outside = serializers.BooleanField(read_only=True, help_text="目录外，按自费上传")
    standing = serializers.CharField(
        source="standing_today",
        read_only=True,
        help_text="、".join(f"{value} {label}" for value, label in Standing.choices) + "；除前两种外不能上传",
    )

    class Meta:
        model = Mapping
        fields = [
            *("id", "kind", "own_code", "own_name", "own_price", "specification", "centre_code", "version"),
            *("category", "is_outside", "standing", "valid_from", "valid_to", "mapped_as", "mapped_at"),
        ]
        read_only_fields = fields


class WishSerializer(serializers.Serializer[Any]):
    """Which centre code an own item shall have."""

    own_code = serializers.CharField(max_length=30, help_text="医院内码 akc515")
    own_name = serializers.CharField(max_length=100, help_text="医院项目名称")
    kind = serializers.ChoiceField(choices=code_list("injury.alc404").choices(), help_text=KIND)
    centre_code = serializers.CharField(max_length=20, help_text=f"中心编码；目录外填“{OUTSIDE_WORD}”或 SZFYP999 等")
    own_price = serializers.DecimalField(
        max_digits=18, decimal_places=6, min_value=0, required=False, default=None, allow_null=True
    )
    specification = serializers.CharField(max_length=50, required=False, default="", allow_blank=True)
    category = serializers.ChoiceField(
        choices=code_list("injury.aka063").choices(),
        required=False,
        default="",
        allow_blank=True,
        help_text="收费类别 aka063，只用于目录外项目",
    )
    valid_from = serializers.DateField(required=False, default=None, allow_null=True, help_text="对照生效日期")
    valid_to = serializers.DateField(required=False, default=None, allow_null=True, help_text="对照失效日期")


class WishesSerializer(BulkSerializer):
    """Mappings; the same again changes nothing."""

    items = WishSerializer(  # type: ignore[call-arg]  # of the list that `many` makes
        many=True, min_length=1, max_length=MOST, help_text=f"最多 {MOST} 条"
    )


class TallySerializer(BulkAnswerSerializer):
    """How many were new, changed, the same."""

    new = serializers.IntegerField(help_text="新增")
    changed = serializers.IntegerField(help_text="变更")
    same = serializers.IntegerField(help_text="无变化")


class ShareSerializer(serializers.Serializer[Any]):
    """How much of one kind is mapped, by number of own items and by money (yuan)."""

    kind = serializers.CharField(help_text=f"{KIND}；空为合计")
    items = serializers.DictField(child=serializers.IntegerField(), help_text="all、mapped、outside、held、missing")
    money = serializers.DictField(
        child=serializers.DecimalField(max_digits=30, decimal_places=2), help_text="同上，金额，元"
    )
    item_percent = serializers.IntegerField(help_text="项目对照率，%，舍去小数")
    money_percent = serializers.IntegerField(help_text="金额对照率，%，舍去小数")


class MissingSerializer(serializers.Serializer[Any]):
    """An own item that has to be mapped, for the first time (standing is empty) or again."""

    kind = serializers.CharField(help_text=KIND)
    own_code = serializers.CharField(help_text="医院内码")
    own_name = serializers.CharField(help_text="医院项目名称")
    standing = serializers.CharField(help_text="空：未对照")
    lines = serializers.IntegerField(help_text="费用条数")
    money = serializers.DecimalField(max_digits=30, decimal_places=2, help_text="金额，元")
    last_on = serializers.DateField(help_text="最近处方日期")


class CoverageSerializer(serializers.Serializer[Any]):
    """The whole, each kind, and what is missing with the most money first."""

    days = serializers.IntegerField(help_text="费用范围，天；0 为全部")
    shares = ShareSerializer(many=True)
    missing_count = serializers.IntegerField(help_text="待对照项目数")
    missing = MissingSerializer(many=True, help_text=f"前 {MOST_MISSING} 个")


class CatalogueItemSerializer(ReadSerializer[CatalogueItem]):
    """One version of an item of the centre's catalogue; price limit in yuan."""

    class Meta:
        model = CatalogueItem
        fields = [
            *("id", "code", "name", "kind", "category", "grade", "version", "price_limit", "valid_from", "valid_to"),
            *("dosage_form", "specification", "maker", "replaced_on", "gone_on", "imported_at"),
        ]
        read_only_fields = fields


class Mappings(ApiView):
    permissions = {"GET": "injury.mappings.view", "POST": "injury.mappings.edit"}
    rows_in = ("items",)

    @extend_schema(parameters=parameters(MappingFilter), responses=MappingSerializer(many=True), summary="目录对照列表")
    def get(self, request: ApiRequest) -> Response:
        mine = with_standing(Mapping.objects.select_related("item"), timezone.localdate())
        return self.page(filtered(MappingFilter, request.query_params, mine), MappingSerializer)

    @extend_schema(
        request=WishesSerializer,
        responses={200: TallySerializer, 207: TallySerializer},
        summary="保存目录对照",
        description="按中心现行版本对照。相同内容再次提交不产生变化。",
    )
    def post(self, request: ApiRequest) -> Response:
        said = BulkSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        atomic = said.validated_data["atomic"]
        rows = Rows("items")
        wishes = {place: Wish(**one) for place, one in read_rows(WishSerializer(), request.data, rows).items()}
        taken = take(wishes, lambda some: put_mappings(some, by=request.member), by_place("items"), rows, atomic=atomic)
        for place, state in zip(taken.places, taken.result.states, strict=True) if taken else ():
            rows.done(place, state, wishes[place].own_code)
        tally = taken.result if taken else Tally()
        counts = {"new": tally.new, "changed": tally.changed, "same": tally.same}
        return answered([rows], atomic=atomic, status=200, more=counts)


class Coverage(ApiView):
    permissions = {"GET": "injury.mappings.view"}

    @extend_schema(
        parameters=[OpenApiParameter("days", int, enum=list(PERIODS), description="费用范围，天；0 为全部；默认 90")],
        responses=CoverageSerializer,
        summary="对照情况",
    )
    def get(self, request: ApiRequest) -> Response:
        assert request.member.institution
        asked = request.query_params.get("days", "90")
        if not asked.isdecimal() or int(asked) not in PERIODS:
            said = f"费用范围：应为 {'、'.join(map(str, PERIODS))} 之一"
            raise Problem(422, "invalid", said, errors=[{"pointer": "/days", "detail": said}])
        found = coverage(request.member.institution.environment, int(asked))
        shares: list[Share] = [found.total, *found.kinds]
        missing: list[Charged] = found.missing[:MOST_MISSING]
        body = {"days": int(asked), "shares": shares, "missing_count": len(found.missing), "missing": missing}
        return Response(CoverageSerializer(body).data)


class Catalogue(ApiView):
    permissions = {"GET": "injury.mappings.view"}

    @extend_schema(
        parameters=parameters(CatalogueFilter), responses=CatalogueItemSerializer(many=True), summary="中心目录"
    )
    def get(self, request: ApiRequest) -> Response:
        found = filtered(CatalogueFilter, request.query_params, CatalogueItem.objects.all())
        return self.page(found, CatalogueItemSerializer)

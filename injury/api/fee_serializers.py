"""How fee items and advices look in the API, and what a delivery is documented as."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from rest_framework import serializers

from injury.models import Admission, Advice, FeeItem
from injury.rules.fee_fields import ADVICE_LABELS, LABELS, advice_limits, limits
from portal.api.bulk import MOST, BulkAnswerSerializer, BulkSerializer
from portal.api.reading import ReadSerializer
from portal.codes import code_list

#: Fields that every line must have; drugs also need a specification.
REQUIRED = (
    *("line_id", "prescription", "prescribed_on", "days", "own_code", "own_name", "kind", "price", "quantity"),
    *("amount", "advice_no"),
)
WORDS = {
    "line_id": "医院系统中这一行的唯一编号，同一编号只保存一次",
    "kind": "0 药品、1 诊疗、9 耗材",
    "price": "元，文本，正数；本地最多 4 位小数，跨省异地最多 6 位",
    "quantity": "文本，退费为负数",
    "amount": "元，文本，退费为负数；等于单价 × 数量四舍五入",
    "advice_no": "已传送的医嘱流水号；无法关联的填 999",
    "trace_codes": "药品必填，多个用半角逗号分隔；缺少时保存为暂不能上传",
    "specification": "药品必填",
    "dosage_form": "目录外药品必填",
    "own_category": "代码表 AKA063；目录外项目用",
    "own_grade": "代码表 AKA065；目录外项目只能是 3",
    "is_unrelated": "true：非工伤治疗，只用于目录内项目",
    "is_rescue": "true：特殊伤情抢救，只用于目录外的自费项目",
    "refunds": "退费时，被冲减的费用流水号；不填时按内码和单价自动匹配",
}


#: Several of 7 to 50 characters each.
TRACE_CODES = r"^([0-9A-Za-z]{7,50}(,[0-9A-Za-z]{7,50})*)?$"


def _widths() -> dict[str, int]:
    """Characters of each text, of both kinds of admissions the wider; a number has its digits, a point and a sign."""
    local, cross = limits(elsewhere=False), limits(elsewhere=True)
    texts = {name: max(local.texts[name], cross.texts[name]) for name in local.texts}
    numbers = {name: max(local.numbers[name][0], cross.numbers[name][0]) + 2 for name in local.numbers}
    return texts | numbers | dict(advice_limits())


def _width(name: str) -> int | None:
    """By the declarations of 4.10 and 4.24; else what our own column holds."""
    if name in (widths := _widths()):
        return widths[name]
    with suppress(FieldDoesNotExist):
        return getattr(FeeItem._meta.get_field(name), "max_length", None)
    return None


def _field(name: str, label: str, *, required: bool) -> serializers.Field:  # type: ignore[type-arg]
    words = f"{label}：{WORDS[name]}" if name in WORDS else label
    more: dict[str, Any] = {"required": required, "help_text": words}
    if name in ("is_unrelated", "is_rescue"):
        return serializers.BooleanField(**more)
    if name == "days":
        return serializers.IntegerField(**more)
    if name in ("prescribed_on", "started_on", "ended_on"):
        return serializers.DateField(**more)
    if name == "trace_codes":
        return serializers.RegexField(TRACE_CODES, allow_blank=True, **more)
    if name == "kind":
        return serializers.ChoiceField(choices=code_list("injury.alc404").choices(), **more)
    return serializers.CharField(max_length=_width(name), **more)


class LineSerializer(serializers.Serializer[Any]):
    """One fee item, as the hospital says it."""

    def get_fields(self) -> Any:
        return {name: _field(name, label, required=name in REQUIRED) for name, label in LABELS.items()}


class AdviceLineSerializer(serializers.Serializer[Any]):
    """One advice, as the hospital says it."""

    def get_fields(self) -> Any:
        needed = ("number", "started_on", "text", "doctor", "nurse")
        return {name: _field(name, label, required=name in needed) for name, label in ADVICE_LABELS.items()}


class CorrectionSerializer(LineSerializer):
    """Fields of a fee item that change."""

    def get_fields(self) -> Any:
        return {name: _field(name, LABELS[name], required=False) for name in LABELS if name != "line_id"}


class DeliverySerializer(BulkSerializer):
    """Fee items and advices of one admission."""

    admission = serializers.CharField(
        max_length=Admission._meta.get_field("number").max_length, help_text="住院号/门诊号"
    )
    fees = LineSerializer(many=True, required=False, help_text=f"费用明细，最多 {MOST:,} 行")
    advices = AdviceLineSerializer(many=True, required=False, help_text=f"医嘱，最多 {MOST:,} 条")


class HeldSerializer(serializers.Serializer[Any]):
    """A line that is stored but cannot be uploaded now."""

    line_id = serializers.CharField(help_text="费用流水号")
    kind = serializers.CharField(help_text="mapping、trace、outside、flag 或 charge")
    reason = serializers.CharField(help_text="原因")


class AdviceCountsSerializer(serializers.Serializer[Any]):
    """What became of advices."""

    new = serializers.IntegerField(help_text="新增")
    changed = serializers.IntegerField(help_text="更新，版本加一")
    same = serializers.IntegerField(help_text="内容相同，没有变化")


class ArrivalSerializer(BulkAnswerSerializer):
    """What became of a delivery."""

    admission = serializers.CharField(help_text="住院号/门诊号")
    taken = serializers.IntegerField(help_text="保存的费用条数")
    amount = serializers.CharField(help_text="保存的费用合计，元")
    held = HeldSerializer(many=True, help_text="已保存但暂不能上传的费用")
    repeated = serializers.ListField(child=serializers.CharField(), help_text="内容相同、以前已保存的费用流水号")
    advices = AdviceCountsSerializer()


class DropSerializer(BulkSerializer):
    """Fee items that will not be uploaded."""

    fees = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST, help_text=f"费用 id，最多 {MOST:,} 个"
    )
    reason = serializers.CharField(max_length=200, help_text="不上传的理由")


class DroppedSerializer(BulkAnswerSerializer):
    """How many were withdrawn."""

    count = serializers.IntegerField(help_text="条数")


class FeeSerializer(ReadSerializer[FeeItem]):
    """One fee item with its state; amounts are yuan."""

    admission = serializers.CharField(source="admission.number", read_only=True, help_text="住院号/门诊号")

    class Meta:
        model = FeeItem
        fields = [
            *("id", "admission", "environment", "line_id", "prescription", "prescribed_on", "days", "own_code"),
            *("own_name", "common_name", "kind", "centre_code", "centre_name", "category", "grade", "version", "price"),
            *("quantity", "amount", "dosage_form", "specification", "maker", "advice_no", "trace_codes"),
            *("is_unrelated", "is_rescue", "remark", "explanation", "source", "arrived_at", "arrived_as", "state"),
            *("held_kind", "held_because", "uploaded_at", "rejected", "rejected_because"),
        ]
        read_only_fields = fields


class AdviceSerializer(ReadSerializer[Advice]):
    """One doctor's advice; `version` goes up with every change, `uploaded_version` is the centre's."""

    admission = serializers.CharField(source="admission.number", read_only=True, help_text="住院号/门诊号")

    class Meta:
        model = Advice
        fields = [
            *("id", "admission", "environment", "number", "started_on", "ended_on", "text", "nursing", "posture"),
            *("dose", "usage", "caution", "doctor", "nurse", "executor", "kind", "department", "bed", "version"),
            *("uploaded_version", "source", "arrived_at", "changed_at"),
        ]
        read_only_fields = fields

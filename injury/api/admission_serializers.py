"""How admissions, enquiries and statistics read on the wire of our API. Amounts are yuan as text, days ISO 8601."""

from typing import Any

from rest_framework import serializers

from injury.models import Admission, Enquiry, Flow, UploadedPerson
from injury.rules.admission import LABELS
from injury.services.people import LABELS as PERSON_LABELS
from injury.services.people import NEEDED
from portal.api.fields import Text
from portal.api.reading import ReadSerializer

HELP = {
    "visit_kind": "aka130：11 门诊，21 住院；异地 71、72",
    "treatment": "akc191：4 康复，7 治疗",
    "self_pay_by": "akc666：0 医院承担，1 单位承担，2 个人自付",
    "gender": "aac004：1 男，2 女",
    "diseases": "ICD-10 编码，半角逗号分隔",
    "employer_no": "新发工伤必填",
}
DAYS = ("admitted_on", "injured_on")
#: What a person's, an injury's or an approval's fields are called in our API.
ENTERED = [*LABELS, "injured_on", "injured_part"]


class AdmissionSerializer(ReadSerializer[Admission]):
    """One admission; identity masked. `note` says why a registration was refused."""

    class Meta:
        model = Admission
        fields = [
            *("id", "environment", "number", "flow", "state", "visit_kind", "treatment", "identity_masked"),
            *("name_masked", "gender", "person_no", "employer_no", "region", "injury_no", "treatment_no"),
            *("covered_from", "covered_until", "injured_on", "admitted_on", "discharged_on", "diseases"),
            *("diagnosis_code", "diagnosis", "department", "ward", "bed", "doctor", "self_pay_by", "remark"),
            *("registered_at", "undone_at", "created_at", "created_as", "note"),
        ]
        read_only_fields = fields


def _entered(name: str) -> serializers.Field[Any, Any, Any, Any]:
    label = LABELS.get(name, {"injured_on": "工伤发生日期", "injured_part": "伤害部位"}.get(name, name))
    helping = f"{label}。{HELP[name]}" if name in HELP else label
    if name in DAYS:
        wrong: dict[str, Any] = {"invalid": f"{label}：格式应为 年-月-日，如 2025-03-01"}
        return serializers.DateField(required=False, help_text=helping, error_messages=wrong)
    return serializers.CharField(required=False, allow_blank=True, max_length=1000, help_text=helping)


class NewAdmissionSerializer(serializers.Serializer[Any]):
    """A new admission. `enquiry` and `choice` name the answer that it begins with; a new injury may go without."""

    flow = serializers.ChoiceField(choices=Flow.choices, help_text="old 老工伤，new 新发工伤，cross 跨省异地")
    enquiry = serializers.UUIDField(required=False, help_text="人员查询的编号；老工伤和跨省异地必填")
    choice = serializers.CharField(
        required=False, max_length=20, default="", help_text="查询答复中的 key：继续治疗申请、备案或新发工伤"
    )
    register = serializers.BooleanField(required=False, default=False, help_text="true 表示保存后立即登记入院")

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), **{name: _entered(name) for name in ENTERED}}

    def entered(self) -> dict[str, Any]:
        """What was given of the admission's own fields; after is_valid()."""
        return {name: value for name, value in self.validated_data.items() if name in ENTERED}


class PersonEnquirySerializer(serializers.Serializer[Any]):
    """Who is looked for, and by what."""

    where = serializers.ChoiceField(choices=[("local", "自治区内"), ("cross", "跨省异地")], help_text="参保地")
    means = serializers.ChoiceField(
        choices=[("identity", "身份证号和姓名"), ("card", "实体社保卡"), ("qr", "电子社保卡")], help_text="查询方式"
    )

    def get_fields(self) -> dict[str, Any]:
        names = dict.fromkeys(name for needed in NEEDED.values() for name in needed)
        text = {
            name: serializers.CharField(required=False, default="", max_length=200, help_text=PERSON_LABELS[name])
            for name in names
        }
        return {**super().get_fields(), **text}


class EnquirySerializer(serializers.ModelSerializer[Enquiry]):
    """An enquiry and how far it is."""

    class Meta:
        model = Enquiry
        fields = [
            *("id", "environment", "kind", "title", "label", "state", "sentence", "code", "next_step", "count"),
            *("asked_at", "asked_as", "answered_at"),
        ]
        read_only_fields = fields


class ChoiceSerializer(serializers.Serializer[Any]):
    """Something that an admission can begin with, or why it cannot today."""

    flow = serializers.CharField(help_text="old、new 或 cross")
    key = serializers.CharField(help_text="办理入院时填在 choice")
    number = serializers.CharField(help_text="继续治疗申请编号；备案为认定书号；新发工伤为空", allow_blank=True)
    injury_no = serializers.CharField(help_text="认定书号", allow_blank=True)
    first = serializers.DateField(help_text="有效期起", allow_null=True)
    last = serializers.DateField(help_text="有效期止", allow_null=True)
    fault = serializers.CharField(help_text="今天不能使用的原因；空表示可以", allow_blank=True)


class PersonAnswerSerializer(EnquirySerializer):
    """The answer of an enquiry about a person: masked, with what is possible today."""

    advice = serializers.CharField(help_text="下一步的说明", allow_blank=True)
    choices = ChoiceSerializer(many=True)

    class Meta(EnquirySerializer.Meta):
        fields = [*EnquirySerializer.Meta.fields, "advice", "choices"]
        read_only_fields = fields


class UploadedSerializer(ReadSerializer[UploadedPerson]):
    """One admission as the centre has it, and how it differs from ours."""

    class Meta:
        model = UploadedPerson
        fields = [
            *("id", "number", "at_centre", "name_masked", "identity_masked", "injury_no", "admitted_on"),
            *("discharged_on", "visit_kind", "treatment", "total", "ours", "rejected", "drugs", "drug_share"),
            *("audit", "region", "entered_at", "difference"),
        ]
        read_only_fields = fields


class UploadedQuerySerializer(serializers.Serializer[Any]):
    """The period asked about; nothing means admitted this month."""

    admitted_from = serializers.DateField(required=False, help_text="入院日期从")
    admitted_to = serializers.DateField(required=False, help_text="入院日期到")
    discharged_from = serializers.DateField(required=False, help_text="出院日期从")
    discharged_to = serializers.DateField(required=False, help_text="出院日期到")
    number = Text(required=False, max_length=30, help_text="住院号/门诊号")

    WIRE = {
        "admitted_from": "akc192s",
        "admitted_to": "akc192e",
        "discharged_from": "akc194s",
        "discharged_to": "akc194e",
        "number": "akc190",
    }

    def said(self) -> dict[str, Any]:
        """By the names of 4.15; after is_valid()."""
        return {self.WIRE[name]: value for name, value in self.validated_data.items()}


class AuditSerializer(serializers.Serializer[Any]):
    state = serializers.CharField(help_text="审核状态")
    admissions = serializers.IntegerField(help_text="就诊")
    total = serializers.DecimalField(18, 4, help_text="金额，元")


class StatisticsSerializer(serializers.Serializer[Any]):
    """What an answer of 4.15 adds up to."""

    people = serializers.IntegerField(help_text="人数")
    admissions = serializers.IntegerField(help_text="就诊")
    total = serializers.DecimalField(18, 4, help_text="中心金额，元")
    ours = serializers.DecimalField(18, 4, help_text="本院已上传，元")
    difference = serializers.DecimalField(18, 4, help_text="相差，元")
    rejected = serializers.DecimalField(18, 4, help_text="剔除金额，元")
    drugs = serializers.DecimalField(18, 4, help_text="药品费用，元")
    drug_share = serializers.DecimalField(7, 2, help_text="药品占比，%", allow_null=True)
    differing = serializers.IntegerField(help_text="与本院不一致的就诊")
    missing = serializers.IntegerField(help_text="中心没有的就诊")
    foreign = serializers.IntegerField(help_text="本系统没有的就诊")
    by_audit = AuditSerializer(many=True)


class UploadedAnswerSerializer(EnquirySerializer):
    """The enquiry, and once answered its statistics."""

    statistics = StatisticsSerializer(allow_null=True)

    class Meta(EnquirySerializer.Meta):
        fields = [*EnquirySerializer.Meta.fields, "statistics"]
        read_only_fields = fields

"""How outpatient visits and their bills look to hospital systems."""

from typing import Any

from rest_framework import serializers

from portal.api.fields import Moment
from portal.api.reading import ReadSerializer
from settlement.api.serializers import NewLineSerializer
from settlement.models import Bill
from settlement.rules.outpatient import KINDS, MOST_LINES
from settlement.services.outpatient.information import DiagnosisGiven, InformationGiven
from settlement.services.outpatient.registration import RegistrationGiven


class RegistrationSerializer(serializers.Serializer[Any]):
    """Where and by whom somebody is seen."""

    med_type = serializers.ChoiceField(choices=KINDS, default="11", help_text="医疗类别 med_type")
    use_account = serializers.ChoiceField(
        choices=["0", "1", "2"], default="1", help_text="个人账户：0 不使用，1 本人，2 共济"
    )
    specialty = serializers.CharField(max_length=10, help_text="科别 caty（科室代码）")
    department_code = serializers.CharField(max_length=30, help_text="科室编码 dept_code")
    department_name = serializers.CharField(max_length=50, help_text="科室名称 dept_name")
    doctor_code = serializers.CharField(max_length=30, help_text="医师编码 atddr_no")
    doctor_name = serializers.CharField(max_length=50, help_text="医师姓名 dr_name")
    started_at = Moment(required=False, allow_null=True, default=None, help_text="开始时间，留空为现在")

    def given(self) -> RegistrationGiven:
        """After is_valid()."""
        return RegistrationGiven(**{str(name): self.validated_data[name] for name in RegistrationSerializer().fields})


class NewOutpatientSerializer(RegistrationSerializer):
    """A visit: for whom, where, by whom."""

    identification = serializers.UUIDField(help_text="识别结果的编号（POST identifications）")
    number = serializers.CharField(required=False, default="", max_length=30, help_text="门诊号，留空由门户编号")
    register = serializers.BooleanField(default=True, help_text="立即挂号（2201）")


class NewDiagnosisSerializer(serializers.Serializer[Any]):
    """One diagnosis; the first one is the main one."""

    type = serializers.ChoiceField(choices=["1", "2", "3"], default="1", help_text="诊断类别 diag_type")
    code = serializers.CharField(max_length=20, help_text="诊断代码 diag_code")
    name = serializers.CharField(max_length=100, help_text="诊断名称 diag_name")
    department = serializers.CharField(required=False, default="", max_length=50, help_text="诊断科室，留空为就诊科室")
    doctor_code = serializers.CharField(required=False, default="", max_length=30, help_text="诊断医生编码，留空为医师")
    doctor_name = serializers.CharField(required=False, default="", max_length=50, help_text="诊断医生姓名")
    diagnosed_at = Moment(required=False, allow_null=True, default=None, help_text="诊断时间")


class InformationSerializer(serializers.Serializer[Any]):
    """Kind of visit, disease and diagnoses: in place of what was there."""

    med_type = serializers.ChoiceField(choices=KINDS, default="11", help_text="医疗类别 med_type")
    disease_code = serializers.CharField(
        required=False, default="", max_length=30, help_text="病种编码：门诊慢特病、两病、特药必填，与备案一致"
    )
    disease_name = serializers.CharField(required=False, default="", max_length=500, help_text="病种名称")
    main_cond_dscr = serializers.CharField(required=False, default="", max_length=1000, help_text="主要病情描述")
    birctrl_type = serializers.CharField(required=False, default="", max_length=6, help_text="计划生育手术类别")
    birctrl_matn_date = serializers.CharField(
        required=False, default="", max_length=10, help_text="计划生育手术或生育日期 yyyy-MM-dd"
    )
    diagnoses = NewDiagnosisSerializer(many=True, help_text="诊断，第一条为主诊断")

    def given(self) -> tuple[InformationGiven, list[DiagnosisGiven]]:
        """After is_valid()."""
        data = dict(self.validated_data)
        rows = [DiagnosisGiven(**one) for one in data.pop("diagnoses")]
        own = {name: data.pop(name) for name in ("med_type", "disease_code", "disease_name")}
        return InformationGiven(**own, more=data), rows


class BillLinesSerializer(serializers.Serializer[Any]):
    """What is charged together."""

    disease_code = serializers.CharField(required=False, default="", max_length=30, help_text="病种编码，留空为就诊的")
    disease_name = serializers.CharField(required=False, default="", max_length=500, help_text="病种名称")
    lines = NewLineSerializer(many=True, help_text=f"费用明细，1 至 {MOST_LINES} 条")


class NewBillSerializer(BillLinesSerializer):
    """A bill: one batch of charges."""

    number = serializers.CharField(
        required=False, default="", max_length=30, help_text="收费批次号 chrg_bchno，留空由门户编号，不重复使用"
    )
    upload = serializers.BooleanField(default=True, help_text="立即上传明细（2204）")


class BillSerializer(ReadSerializer[Bill]):
    """One bill; `state` is draft, sending, sent, settled, removing or removed."""

    visit = serializers.UUIDField(source="visit_id", read_only=True)

    class Meta:
        model = Bill
        fields = [
            *("id", "environment", "visit", "number", "state", "disease_code", "disease_name", "lines_count", "total"),
            *("sent_at", "created_at", "created_as", "note"),
        ]
        read_only_fields = fields


class SettleBillSerializer(serializers.Serializer[Any]):
    """Which preview the patient agreed to, and what they showed for it."""

    preview = serializers.UUIDField(help_text="病人确认的预结算（POST bills/{id}/preview）")
    identification = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="重新出示的凭证的识别结果；电子凭证必填"
    )
    invoice = serializers.CharField(required=False, default="", max_length=20, help_text="发票号")

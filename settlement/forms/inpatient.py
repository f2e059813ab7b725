"""What a clerk types for a stay: admission, discharge, when charges go by themselves; lines pasted or from Excel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from portal.codes import code_list
from settlement.forms.outpatient import DiagnosisRows
from settlement.models import Visit
from settlement.rules.inpatient import KINDS
from settlement.services.inpatient.discharge import DischargeGiven, discharge_of
from settlement.services.inpatient.scenes import MORE, details_of
from settlement.services.inpatient.writing import COLUMNS, AdmissionGiven, DiagnosisGiven

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
#: Fields of an admission that the next one begins with.
REMEMBERED = ("department_code", "department_name", "ward", "doctor_code", "doctor_name")


def kinds() -> list[tuple[str, str]]:
    """Kinds of stay, as the desk meets them."""
    names = dict(code_list("national.med_type").choices())
    return [(code, names[code]) for code in KINDS if code in names]


class AdmissionForm(forms.Form):
    """Where somebody lies and who treats them."""

    med_type = forms.ChoiceField(label="医疗类别")
    number = forms.CharField(label="住院号", max_length=30, required=False, help_text="留空由系统编号")
    medrcdno = forms.CharField(label="病历号", max_length=30, required=False)
    started_at = forms.DateTimeField(label="入院时间", widget=MOMENT)
    department_code = forms.CharField(label="科室编码", max_length=30)
    department_name = forms.CharField(label="科室名称", max_length=100)
    ward = forms.CharField(label="病区", max_length=100, required=False)
    bed = forms.CharField(label="床位", max_length=30)
    doctor_code = forms.CharField(label="主治医师编码", max_length=30, help_text="国家医保医师编码")
    doctor_name = forms.CharField(label="主治医师", max_length=50)
    use_account = forms.ChoiceField(label="个人账户", initial="1")
    adm_diag_dscr = forms.CharField(label="入院诊断描述", max_length=200, required=False, help_text="留空用主诊断名称")
    coner_name = forms.CharField(label="联系人", max_length=50, required=False)
    tel = forms.CharField(label="联系电话", max_length=50, required=False)
    disease_code = forms.CharField(label="病种编码", max_length=30, required=False, help_text="按病种付费时填写")
    disease_name = forms.CharField(label="病种名称", max_length=500, required=False)
    matn_type = forms.ChoiceField(label="生育类别", required=False, help_text="生育住院填写")
    birctrl_matn_date = forms.DateField(label="手术或生育日期", required=False, widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        births = code_list("national.matn_type").choices()
        self.fields["med_type"].choices = kinds()  # type: ignore[attr-defined]
        self.fields["use_account"].choices = code_list("national.acct_used_flag").choices()  # type: ignore[attr-defined]
        self.fields["matn_type"].choices = [("", "—"), *births]  # type: ignore[attr-defined]

    def given(self, known: dict[str, Any] | None = None) -> AdmissionGiven:
        """After is_valid(); what the form does not show stays as it is `known`."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "number"}
        more = {name: str(value) for name, value in (known or {}).items() if name in MORE}
        more |= {name: str(data.pop(name) or "") for name in list(data) if name in MORE}
        return AdmissionGiven(**data, more=more)


def admission_of(visit: Visit) -> dict[str, Any]:
    """What is written down, as the form has it."""
    details = details_of(visit)
    own = {name: getattr(visit, name) for name in (*COLUMNS, "number")}
    return own | {"started_at": timezone.localtime(visit.started_at)} | {name: details.get(name, "") for name in MORE}


def first_admission(latest: Visit | None, med_type: str) -> dict[str, Any]:
    """A new admission begins with ward and doctor of the one before, and the kind that was identified for."""
    kept = {name: getattr(latest, name) for name in REMEMBERED} if latest else {}
    kind = med_type if med_type in KINDS else KINDS[0]
    return {**kept, "med_type": kind, "started_at": timezone.localtime()}


def diagnoses_given(rows: DiagnosisRows) -> list[DiagnosisGiven]:
    """The first one that was typed is the main one."""
    return [DiagnosisGiven(row.code, row.name, n == 0, row.type or "1") for n, row in enumerate(rows.filled)]


class DischargeForm(forms.Form):
    """How and when somebody leaves."""

    ended_at = forms.DateTimeField(label="出院时间", widget=MOMENT)
    way = forms.ChoiceField(label="离院方式")
    died_on = forms.DateField(label="死亡日期", required=False, widget=DAY, help_text="离院方式为死亡时填写")
    department_code = forms.CharField(label="出院科室编码", max_length=30)
    department_name = forms.CharField(label="出院科室", max_length=100)
    bed = forms.CharField(label="出院床位", max_length=30, required=False)
    has_complication = forms.BooleanField(label="伴有并发症", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = code_list("national.dscg_way").choices()  # type: ignore[attr-defined]

    def given(self) -> DischargeGiven:
        return DischargeGiven(**self.cleaned_data)


def first_discharge(visit: Visit) -> dict[str, Any]:
    """What is written down, or the admission's department and bed."""
    known = discharge_of(visit)
    if known is None:
        own = {"department_code": visit.department_code, "department_name": visit.department_name, "bed": visit.bed}
        return {**own, "ended_at": timezone.localtime(), "way": "1"}
    found = {name: getattr(known, name) for name in DischargeForm.base_fields}
    return found | {"ended_at": timezone.localtime(known.ended_at)}


class ChargeScheduleForm(forms.Form):
    """On or off, and when."""

    is_on = forms.BooleanField(label="每天自动上传待上传的住院费用", required=False)
    at = forms.TimeField(
        label="上传时刻", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), help_text="如 22:00"
    )


class PasteForm(forms.Form):
    """Lines pasted from a table, or out of an Excel file; the text is what is looked at and taken."""

    file = forms.FileField(
        label="Excel 文件（.xlsx）", required=False, widget=forms.FileInput(attrs={"accept": ".xlsx"})
    )
    text = forms.CharField(
        label="或粘贴",
        required=False,
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "pasted"}),
        help_text="从 Excel 复制后粘贴：首行为列名，列的顺序不限，各列以制表符分隔",
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("file") and not (said.get("text") or "").strip():
            self.add_error("text", "请选择文件或粘贴明细")
        return said

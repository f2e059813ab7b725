"""An admission as it is typed: nothing is required for a draft; the rules say what is missing, all at once."""

from typing import Any

from django import forms

from injury.forms.people import DayField
from injury.models import Admission, Flow
from injury.rules.admission import LABELS, needed
from injury.services.drafts import PROVEN
from portal.codes import code_list

CODES = {
    "visit_kind": "injury.aka130",
    "treatment": "injury.akc191",
    "self_pay_by": "injury.akc666",
    "gender": "injury.aac004",
}
HELP = {
    "number": "本院的住院号或门诊号，登记后不能修改",
    "diseases": "ICD-10 编码，多个用逗号分隔，如 T14.900,S72.000",
    "employer_no": "工伤发生单位的编号",
    "card": "读卡得到的实体卡卡号",
    "ward": "住院必填",
    "bed": "住院必填",
}
#: The form's groups: what is shown under which heading, in this order.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("病人", ("identity", "name", "gender", "person_no", "employer_no", "card", "injured_on", "injured_part")),
    ("就诊", ("number", "visit_kind", "treatment", "admitted_on", "department", "ward", "bed", "doctor")),
    ("诊断", ("diseases", "diagnosis_code", "diagnosis", "self_pay_by", "remark")),
)
WIDE = {"diseases", "diagnosis", "remark", "injured_part"}
CROSS_ONLY = {"diagnosis_code", "diagnosis"}
NOT_CROSS = {"gender", "person_no", "employer_no", "self_pay_by", "remark", "injured_on", "injured_part"}


class BeginForm(forms.Form):
    """Which choice of an answer an admission begins with."""

    flow = forms.ChoiceField(choices=Flow.choices)
    choice = forms.CharField(max_length=20)


class ReasonForm(forms.Form):
    """Why somebody's full name and identity number are looked at."""

    reason = forms.CharField(
        label="理由（写入操作日志）",
        min_length=4,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写查看的理由", "min_length": "理由：至少 4 个字"},
    )


class AdmissionForm(forms.Form):
    """The fields of one admission's flow; what the centre's answer proves is not among them.

    Only what cannot be read at all is an error of the form (a day of another format); everything else is the rules'.
    """

    injured_on = DayField("工伤发生日期")
    admitted_on = DayField(LABELS["admitted_on"])

    def __init__(self, admission: Admission, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.admission = admission
        self._days = dict(self.fields)  # the form's own copies
        self.fields = {name: self._field(name) for _, names in GROUPS for name in names if self._asks(name)}

    def _asks(self, name: str) -> bool:
        elsewhere = self.admission.flow == Flow.CROSS
        if name in (CROSS_ONLY if not elsewhere else NOT_CROSS):
            return False
        known = self.admission.enquiry_id is not None and (name in PROVEN or name == "card")
        return not (known and getattr(self.admission, name))

    def _field(self, name: str) -> forms.Field:
        if name in self._days:
            return self._days[name]
        helping = HELP.get(name, "")
        if name in CODES:
            listed = code_list("injury.aka1300" if name == "visit_kind" and self._is_elsewhere else CODES[name])
            choices = [("", "请选择"), *listed.choices()]
            return forms.ChoiceField(label=LABELS[name], required=False, choices=choices, help_text=helping)
        if name == "injured_part":
            return forms.CharField(label="伤害部位", required=False)
        return forms.CharField(label=LABELS[name], required=False, strip=True, help_text=helping, max_length=1000)

    @property
    def _is_elsewhere(self) -> bool:
        return self.admission.flow == Flow.CROSS

    @property
    def groups(self) -> list[tuple[str, list[tuple[Any, bool, bool]]]]:
        """Headings with their fields, whether a field is wide, and whether registering needs it."""
        found = []
        must = {"identity", *needed(self.admission.flow)}
        for title, names in GROUPS:
            fields = [(self[name], name in WIDE, name in must) for name in names if name in self.fields]
            if fields:
                found.append((title, fields))
        return found

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("identity"):
            given["identity"] = given["identity"].upper()
        if given.get("diseases"):
            given["diseases"] = ",".join(part.strip() for part in given["diseases"].replace("，", ",").split(","))
        return given

    def readable(self) -> dict[str, Any]:
        """What could be read, for the draft; after is_valid()."""
        kept = ("admitted_on",)
        return {name: value for name, value in self.cleaned_data.items() if not (name in kept and value is None)}

    def typed(self) -> dict[str, str]:
        """Everything as it was typed."""
        return {name: str(self.data.get(name, "")) for name in self.fields}


def first_values(admission: Admission) -> dict[str, Any]:
    """What the form of a draft begins with: as it was typed last, or as it is stored."""
    if admission.typed:
        typed: dict[str, Any] = admission.typed.reveal()
        return typed
    sealed = {name: getattr(admission, name) for name in ("identity", "name", "card")}
    shown = {name: value.reveal() if value else "" for name, value in sealed.items()}
    names = [name for _, names in GROUPS for name in names if name not in shown]
    return shown | {name: getattr(admission, name) for name in names}

"""What a clerk types for an outpatient: registration, information with diagnoses, and what holds for a whole bill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms

from portal.codes import code_list
from settlement.models import Diagnosis, Visit
from settlement.rules.outpatient import KINDS
from settlement.services.outpatient.information import MOST, DiagnosisGiven, InformationGiven
from settlement.services.outpatient.registration import RegistrationGiven
from settlement.services.outpatient.scenes import TOLD, details_of

#: Rows that are free for another diagnosis.
FREE = 2


def kinds() -> list[tuple[str, str]]:
    """Outpatient kinds of visit, as the desk meets them."""
    names = dict(code_list("national.med_type").choices())
    return [(code, names[code]) for code in KINDS if code in names]


class RegistrationForm(forms.Form):
    """Where and by whom somebody is seen."""

    med_type = forms.ChoiceField(label="医疗类别")
    use_account = forms.ChoiceField(label="个人账户", initial="1")
    number = forms.CharField(label="门诊号", max_length=30, required=False, help_text="留空由系统编号")
    specialty = forms.ChoiceField(label="科别")
    department_code = forms.CharField(label="科室编码", max_length=30)
    department_name = forms.CharField(label="科室名称", max_length=50)
    doctor_code = forms.CharField(label="医师编码", max_length=30, help_text="国家医保医师编码")
    doctor_name = forms.CharField(label="医师姓名", max_length=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["med_type"].choices = kinds()  # type: ignore[attr-defined]
        self.fields["use_account"].choices = code_list("national.acct_used_flag").choices()  # type: ignore[attr-defined]
        departments = sorted(code_list("national.dept").choices())
        self.fields["specialty"].choices = [(code, f"{code} {name}") for code, name in departments]  # type: ignore[attr-defined]

    def given(self) -> RegistrationGiven:
        """After is_valid()."""
        return RegistrationGiven(**{name: value for name, value in self.cleaned_data.items() if name != "number"})


#: Fields of a registration that the next one begins with.
REMEMBERED = ("department_code", "department_name", "doctor_code", "doctor_name")


def registration_of(visit: Visit) -> dict[str, Any]:
    """What is written down, as the form has it."""
    names = ("med_type", "use_account", "number", *REMEMBERED)
    return {name: getattr(visit, name) for name in names} | {"specialty": details_of(visit).get("caty", "")}


def first_registration(latest: Visit | None, med_type: str) -> dict[str, Any]:
    """A new registration begins with department and doctor of the one before, and the kind that was identified for."""
    kept = {name: getattr(latest, name) for name in REMEMBERED} if latest else {}
    specialty = {"specialty": details_of(latest).get("caty", "")} if latest else {}
    return {**kept, **specialty, "med_type": med_type if med_type in KINDS else KINDS[0]}


class InformationForm(forms.Form):
    """Kind of visit, disease, and what mothers need."""

    med_type = forms.ChoiceField(label="医疗类别")
    disease_code = forms.CharField(
        label="病种编码", max_length=30, required=False, help_text="门诊慢特病、两病、特药必填，与备案一致"
    )
    disease_name = forms.CharField(label="病种名称", max_length=500, required=False)
    main_cond_dscr = forms.CharField(label="主要病情描述", max_length=1000, required=False)
    birctrl_type = forms.ChoiceField(label="计划生育手术类别", required=False, help_text="生育门诊填写")
    birctrl_matn_date = forms.DateField(
        label="手术或生育日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["med_type"].choices = kinds()  # type: ignore[attr-defined]
        births = code_list("national.birctrl_type").choices()
        self.fields["birctrl_type"].choices = [("", "—"), *births]  # type: ignore[attr-defined]

    def given(self) -> InformationGiven:
        """After is_valid()."""
        data = self.cleaned_data
        more = {name: str(data.get(name) or "") for name in TOLD if name in self.fields}
        return InformationGiven(data["med_type"], data["disease_code"].strip(), data["disease_name"].strip(), more)


def information_of(visit: Visit) -> dict[str, Any]:
    details = details_of(visit)
    own = {name: getattr(visit, name) for name in ("med_type", "disease_code", "disease_name")}
    return own | {name: details.get(name, "") for name in TOLD}


@dataclass
class DiagnosisRow:
    """One diagnosis as it stands on the page."""

    type: str = "1"
    code: str = ""
    name: str = ""
    errors: list[str] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        return not (self.code or self.name)


class DiagnosisRows:
    """The rows that were posted, or those that are written down, and a few free ones."""

    def __init__(self, data: Mapping[str, str] | None = None, stored: Sequence[Diagnosis] = (), more: int = 0) -> None:
        if data is not None:
            rows = [_posted(data, n) for n in range(_count(data))]
        else:
            rows = [DiagnosisRow(one.type, one.code, one.name) for one in stored]
        self.filled = [row for row in rows if not row.is_empty]
        free = FREE if data is None else max(0, len(rows) - len(self.filled)) + more
        self.rows = self.filled + [DiagnosisRow() for _ in range(min(free, MOST - len(self.filled)) or 0)]
        self.types = code_list("national.diag_type").choices()

    def given(self) -> list[DiagnosisGiven]:
        return [DiagnosisGiven(row.code, row.name, row.type or "1") for row in self.filled]

    def blame(self, faults: Sequence[tuple[str, str]], form: forms.Form) -> None:
        """Put the service's faults beside their rows and fields."""
        for where, sentence in faults:
            parts = where.split(".")
            if parts[0] == "diagnoses" and len(parts) == 3:
                row = self.filled[int(parts[1])]
                row.errors.append(sentence)
                row.wrong.add(parts[2])
            else:
                form.add_error(where if where in form.fields else None, sentence)


def _posted(data: Mapping[str, str], n: int) -> DiagnosisRow:
    kind, code, name = (data.get(f"diagnosis-{n}-{one}", "").strip()[:100] for one in ("type", "code", "name"))
    return DiagnosisRow(kind, code, name)


def _count(data: Mapping[str, str]) -> int:
    text = data.get("diagnoses", "0")
    return min(int(text), MOST) if text.isdigit() else 0


class BillForm(forms.Form):
    """What holds for all lines of one batch."""

    number = forms.CharField(label="收费批次号", max_length=30, required=False, help_text="留空由系统编号，不重复使用")
    disease_code = forms.CharField(
        label="病种编码", max_length=30, required=False, help_text="慢特病等按病种收费时填写"
    )
    disease_name = forms.CharField(label="病种名称", max_length=500, required=False)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["number"]

    def given(self) -> dict[str, str]:
        return {name: str(value).strip() for name, value in self.cleaned_data.items()}

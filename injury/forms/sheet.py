"""The limit on drugs, and what stands on the application for continued treatment (4.17, 6.7)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from injury.rules.identity import identity_fault
from portal.codes import code_list

#: How much of a form's free text fits its room on paper.
ROOM = 600


class DrugLimitForm(forms.Form):
    """Percentages with at most two places."""

    warn_at = forms.DecimalField(label="提醒线（%）", max_digits=5, decimal_places=2, min_value=0, max_value=100)
    limit = forms.DecimalField(label="上限（%）", max_digits=5, decimal_places=2, min_value=0, max_value=100)


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class TreatmentFormForm(forms.Form):
    """The form of 6.7; only the person is needed, the rest may be written by hand."""

    name = forms.CharField(label="姓名", max_length=20)
    identity = forms.CharField(label="身份证号", max_length=18, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    person_no = forms.CharField(label="个人编号", max_length=20, required=False)
    injury_no = forms.CharField(label="工伤认定书号", max_length=30, required=False)
    way = forms.ChoiceField(label="继续治疗方式", required=False)
    kind = forms.ChoiceField(label="继续治疗类别", required=False)
    begins = _day("开始时间")
    ends = _day("结束时间")
    doctor = forms.CharField(label="主治医生", max_length=30, required=False)
    head = forms.CharField(label="科室主任", max_length=30, required=False)
    opinion = forms.CharField(
        label="医生诊断意见、申请项目", max_length=ROOM, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, codes in (("way", "injury.jxzl"), ("kind", "injury.ale021")):
            self.fields[name].choices = [("", "不填，手写"), *code_list(codes).choices()]  # type: ignore[attr-defined]

    def clean_identity(self) -> str:
        number = str(self.cleaned_data["identity"]).strip().upper()
        if fault := identity_fault(number, timezone.localdate()):
            raise forms.ValidationError(fault)
        return number

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        begins, ends = self.cleaned_data.get("begins"), self.cleaned_data.get("ends")
        if begins and ends and begins > ends:
            self.add_error("ends", "结束时间不能早于开始时间")
        return data

    def person(self) -> dict[str, str]:
        """Label and text of the person's part, as printed."""
        names = ("name", "identity", "person_no", "injury_no")
        return {str(self.fields[name].label): str(self.cleaned_data[name]) for name in names}

    def treatment(self) -> dict[str, str]:
        """Label and text of the treatment's part, as printed."""
        data, codes = self.cleaned_data, {"way": "injury.jxzl", "kind": "injury.ale021"}
        found = {name: code_list(codes[name]).label(data[name]) if data[name] else "" for name in codes}
        found |= {name: data[name].isoformat() if data[name] else "" for name in ("begins", "ends")}
        found |= {name: data[name] for name in ("doctor", "head")}
        return {str(self.fields[name].label): text for name, text in found.items()}

"""Which days of which gateway are reconciled, and when by themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from reconciliation.models import RunKind

DAY = {"type": "date"}


class RunForm(forms.Form):
    """One day, or some days; whole months have a page of their own. `to` is the last day that belongs to it."""

    family = forms.ChoiceField(label="接口")
    begin = forms.DateField(label="日期从", widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    to = forms.DateField(
        label="日期到", widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), help_text="只对一天的账时与开始日期相同"
    )

    def __init__(self, *arguments: Any, families: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["family"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = families

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        begin, to = given.get("begin"), given.get("to")
        if begin and to and to < begin:
            self.add_error("to", "结束日期不能早于开始日期")
        return given

    @property
    def asked(self) -> dict[str, Any]:
        """What the service takes: kind, begin, the day after the last one, family."""
        begin: date = self.cleaned_data["begin"]
        end: date = self.cleaned_data["to"] + timedelta(days=1)
        kind = RunKind.DAY if (end - begin).days == 1 else RunKind.RANGE
        return {"kind": kind, "begin": begin, "end": end, "family": self.cleaned_data["family"]}


class ScheduleForm(forms.Form):
    """When yesterday is reconciled."""

    is_on = forms.BooleanField(label="每天自动对前一天的账", required=False)
    at = forms.TimeField(label="时间", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    scopes = forms.CharField(
        label="固定对账范围",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text="每行一个：险种/清算类别/清算经办机构，例如 310/11/430100。"
        "有结算的范围自动对账，这里填写没有结算也要向中心核对的范围",
    )

    @property
    def asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"is_on": given["is_on"], "at": given["at"], "scopes": given["scopes"].splitlines()}


class CloseForm(forms.Form):
    """The end of a month."""

    note = forms.CharField(label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

"""Which paper: a scope, and the institutions that it is restricted to."""

import re

from django import forms

from clearing.forms.scope import WideScopeForm
from clearing.models import Scope

MOST = 50
LONGEST = 30


class PaperForm(WideScopeForm):
    """Year, insurance, one agency or all, and codes of institutions when not all of them are wanted."""

    provider = forms.CharField(
        label="医疗机构编号",
        required=False,
        max_length=MOST * (LONGEST + 1),
        widget=forms.TextInput(attrs={"placeholder": "不填为全部机构", "autocomplete": "off"}),
        error_messages={"max_length": f"医疗机构编号：最多 {MOST} 个"},
    )

    def clean_provider(self) -> tuple[str, ...]:
        """The codes, each once; people separate them as they like."""
        codes = tuple(dict.fromkeys(re.split(r"[\s,，、;；]+", self.cleaned_data["provider"].strip())))
        codes = tuple(code for code in codes if code)
        if len(codes) > MOST:
            raise forms.ValidationError(f"医疗机构编号：最多 {MOST} 个，已填 {len(codes)} 个")
        wrong = [code for code in codes if len(code) > LONGEST or not re.fullmatch(r"[0-9A-Za-z_-]+", code)]
        if wrong:
            raise forms.ValidationError(f"医疗机构编号：{wrong[0][:LONGEST]} 不是编号，应为字母和数字，多个用逗号分开")
        return codes


class YearPaperForm(PaperForm):
    """The same for a paper that knows no agency (9.2)."""

    agency = None  # type: ignore[assignment]

    def scope(self, environment: str) -> Scope:
        data = self.cleaned_data
        return Scope(environment, data["year"], data["insurance"])

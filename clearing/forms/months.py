"""What the manual's month query asks for (6.1, 6.2)."""

from typing import Any

from django import forms

from clearing.forms.scope import WideScopeForm, codes
from clearing.messages import INSUTYPE_OF
from clearing.models import MonthKind
from clearing.models.month import MONTHS
from clearing.services.months import MonthQuery
from portal.codes import code_list


def insurances() -> list[tuple[str, str]]:
    """The insurances by the numbers that the month query knows them by: 310 and 390."""
    listed = code_list("clearing.aka080").choices()
    return [(code, f"{label.removesuffix('基本医疗保险')}（{INSUTYPE_OF[code]}）") for code, label in listed]


def months() -> list[tuple[int, str]]:
    return [(month, f"{month} 月") for month in MONTHS]


class MonthQueryForm(WideScopeForm):
    """A kind of months, a scope, and perhaps one settlement type and one month."""

    field_order = ("kind", "year", "insurance", "agency", "visit_type", "month")

    kind = forms.ChoiceField(label="内容", choices=MonthKind.choices, error_messages={"invalid_choice": "没有这个选项"})
    insurance = forms.ChoiceField(
        label="险种",
        choices=insurances,
        error_messages={"required": "请选择险种", "invalid_choice": "险种：应为 310（城镇职工）或 390（城乡居民）"},
    )
    visit_type = forms.ChoiceField(
        label="结算类型",
        required=False,
        choices=lambda: [("", "全部"), *codes("akc191")],
        error_messages={"invalid_choice": "结算类型：应为 001、002、003、005 或全部"},
    )
    month = forms.TypedChoiceField(
        label="月份",
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [("", "全年"), *months()],
        error_messages={"invalid_choice": "月份：应为 1 至 12 或全年"},
    )

    def query(self, environment: str) -> MonthQuery:
        """What was chosen; only after is_valid()."""
        data: dict[str, Any] = self.cleaned_data
        return MonthQuery(MonthKind(data["kind"]), self.scope(environment), data["visit_type"], data["month"])


class PersonForm(forms.Form):
    """Whose settlements are looked for; the number is searched by its keyed index and never enters an address."""

    certno = forms.CharField(
        label="证件号码",
        min_length=4,
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "完整的证件号码"}),
        error_messages={"required": "请填写完整的证件号码", "min_length": "请填写完整的证件号码"},
    )


class IdentityReasonForm(forms.Form):
    """Why somebody's full name and certificate number are looked at."""

    reason = forms.CharField(
        label="理由（写入操作日志）",
        min_length=4,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写查看的理由", "min_length": "理由：至少 4 个字"},
    )

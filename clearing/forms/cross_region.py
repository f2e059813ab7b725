"""What people fill in for the cross-region clearing: a month, a decision, a file of our own settlements."""

from typing import Any

from django import forms
from django.utils import timezone

from clearing.forms.scope import year_choices
from clearing.models import RowDecision
from clearing.models.scope import known_years
from clearing.services.cross_region.decisions import LONGEST, SHORTEST
from portal.papers.xlsx_reading import Limits, Line, UnreadableFile, read_xlsx


def month_choices() -> list[tuple[int, str]]:
    return [(month, f"{month} 月") for month in range(1, 13)]


def last_month() -> tuple[int, int]:
    """Year and number of the month that is usually cleared."""
    today = timezone.localdate()
    return (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)


class CrossMonthForm(forms.Form):
    """A month of settlements."""

    year = forms.TypedChoiceField(
        label="结算年度",
        choices=year_choices,
        coerce=int,
        initial=lambda: last_month()[0],
        error_messages={"required": "请选择结算年度", "invalid_choice": "结算年度：没有这个选项"},
    )
    month = forms.TypedChoiceField(
        label="结算月份",
        choices=month_choices,
        coerce=int,
        initial=lambda: last_month()[1],
        error_messages={"required": "请选择结算月份", "invalid_choice": "结算月份：应在 1 至 12 之间"},
    )


class DecisionForm(forms.Form):
    """Yes or no to the chosen settlements, and why."""

    decision = forms.ChoiceField(
        label="决定",
        choices=[
            (RowDecision.CONFIRM, "确认：纳入本次清分"),
            (RowDecision.DECLINE, "不确认：本次不纳入清分"),
            (RowDecision.UNDECIDED, "撤销决定：恢复为未决定"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择确认或不确认", "invalid_choice": "没有这个选项"},
    )
    reason = forms.CharField(
        label="理由",
        required=False,
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不确认、或确认有差异的明细，必须写明理由",
        error_messages={
            "min_length": f"理由：至少 {SHORTEST} 个字",
            "max_length": f"理由：最多 {LONGEST} 个字",
        },
    )


class SettlementFileForm(forms.Form):
    """An Excel file of our own settlements; `lines` after is_valid() are its rows."""

    file = forms.FileField(
        label="Excel 文件（.xlsx）",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text="须有结算流水号（setl_sn）、总费用（medfee_sumamt）、经办机构支付总额（optins_pay_sumamt）三列，其他列不读取",
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )
    lines: list[Line]

    def clean_file(self) -> Any:
        file: Any = self.cleaned_data["file"]
        limits = Limits()
        if (file.size or 0) > limits.file:
            raise forms.ValidationError(f"文件超过 {limits.file // 1024 // 1024} MB，请分成几个文件")
        try:
            self.lines = read_xlsx(file.read(), limits)
        except UnreadableFile as error:
            raise forms.ValidationError(error.sentence) from error
        return file


def known_months() -> list[tuple[str, str]]:
    """Every month that may be asked for, newest first, as the filter `2025-11`."""
    today = timezone.localdate()
    newest = (today.year, today.month)
    found = [(year, month) for year in reversed(known_years()) for month in range(12, 0, -1) if (year, month) <= newest]
    return [(f"{year}-{month:02}", f"{year} 年 {month} 月") for year, month in found]

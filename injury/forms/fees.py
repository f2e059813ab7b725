"""What people type: fee lines, advices, a file, a reason. The rules judge the content, so the fields only carry it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils import timezone

from injury.models import Content, FeeItem
from injury.models.fee import NO_ADVICE
from injury.rules.fee_fields import ADVICE_LABELS, LABELS
from injury.rules.fee_lines import Fault
from injury.services.mapping import sendable_categories
from portal.codes import code_list
from portal.gateway.messages.amounts import PLAIN
from portal.papers.xlsx_reading import Limits, Line, UnreadableFile, read_xlsx

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
#: In the order of the page; what stands behind 更多 comes last.
MAIN = (
    *("line_id", "own_code", "own_name", "kind", "price", "quantity", "amount"),
    *("prescription", "prescribed_on", "days", "advice_no", "specification", "trace_codes", "refunds"),
)
MORE = (
    *("common_name", "dosage_form", "maker", "own_category", "own_grade", "is_unrelated", "is_rescue"),
    *("remark", "explanation"),
)
#: What every line needs; the rules say so again, and say why.
NEEDED = (
    *("line_id", "own_code", "own_name", "kind", "price", "quantity"),
    *("prescription", "prescribed_on", "days", "advice_no"),
)
HELP = {
    "amount": "留空则按单价 × 数量计算",
    "advice_no": "无法关联填 999",
    "trace_codes": "药品填，用半角逗号分隔",
    "specification": "药品必填",
    "quantity": "退费填负数",
    "refunds": "退费时填；留空自动匹配",
    "common_name": "留空用项目名称",
    "dosage_form": "目录外药品必填",
    "own_category": "目录外项目用",
}
CENT = Decimal("0.01")


class SaidForm(forms.Form):
    """Fields as text, empty ones left out; faults of the rules are put beside them."""

    def said(self) -> dict[str, Any]:
        """What was typed, for the service."""
        values = ((name, self.data.get(self.add_prefix(name), "")) for name in self.fields)
        return {name: value.strip() for name, value in values if value.strip()}

    def blame(self, faults: Sequence[Fault]) -> None:
        """Put each fault beside its field."""
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.sentence)

    @property
    def has_hidden_errors(self) -> bool:
        return bool(set(self.errors) & set(MORE)) if self.is_bound else False

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in MAIN if name in self.fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in MORE if name in self.fields]


def choices(name: str, empty: str = "") -> list[tuple[str, str]]:
    return [("", empty), *((code, f"{code} {label}") for code, label in code_list(f"injury.{name}").choices())]


class FeeLineForm(SaidForm):
    """One fee item."""

    def __init__(self, *args: Any, numbered: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*MAIN, *MORE):
            if name != "line_id" or numbered:
                self.fields[name] = _field(name)
                self.fields[name].is_needed = name in NEEDED  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """An amount that was left out is price × quantity, rounded to the cent."""
        found = super().said()
        price, quantity = found.get("price", ""), found.get("quantity", "")
        if not found.get("amount") and PLAIN.fullmatch(price) and PLAIN.fullmatch(quantity):
            with suppress(InvalidOperation):  # too many digits: the rules say so
                found["amount"] = f"{(Decimal(price) * Decimal(quantity)).quantize(CENT, ROUND_HALF_UP):f}"
        return found


def _field(name: str) -> forms.Field:
    more: dict[str, Any] = {"label": LABELS[name], "required": False, "help_text": HELP.get(name, "")}
    match name:
        case "kind":
            return forms.CharField(widget=forms.Select(choices=choices("alc404")), **more)
        case "own_category":
            return forms.CharField(
                widget=forms.Select(
                    choices=[("", ""), *((code, f"{code} {label}") for code, label in sendable_categories())]
                ),
                **more,
            )
        case "own_grade":
            return forms.CharField(widget=forms.Select(choices=choices("aka065")), **more)
        case "is_unrelated" | "is_rescue":
            return forms.CharField(widget=forms.Select(choices=[("", "否"), ("1", "是")]), **more)
        case "prescribed_on":
            return forms.CharField(widget=DAY, **more)
        case "price" | "quantity" | "amount":
            return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "number"}), **more)
    return forms.CharField(**more)


class FeeLines:
    """One or many lines on one page: “增加一行” and “去掉” keep everything that was typed."""

    MOST = 50

    def __init__(self, data: Any = None, *, initial: dict[str, str] | None = None) -> None:
        count = data.get("count", "1") if data is not None else "1"
        self.count = min(max(int(count), 1), self.MOST) if str(count).isdecimal() else 1
        first = new_line() | (initial or {})
        self.forms = [
            FeeLineForm(data, prefix=f"line{place}", initial=first if data is None else None)
            for place in range(self.count)
        ]

    def more(self) -> None:
        """Another line, which takes over prescription, day and advice from the one before."""
        last = self.forms[-1].said()
        kept = {name: last[name] for name in ("prescription", "prescribed_on", "days", "advice_no") if name in last}
        self._again([*(form.said() for form in self.forms), new_line(len(self.forms)) | kept][: self.MOST])

    def less(self, place: int) -> None:
        """Without the line at that place; one always stays."""
        kept = [form.said() for at, form in enumerate(self.forms) if at != place]
        self._again(kept or [new_line()])

    def _again(self, lines: list[dict[str, Any]]) -> None:
        self.count = len(lines)
        self.forms = [FeeLineForm(prefix=f"line{place}", initial=line) for place, line in enumerate(lines)]

    def said(self) -> list[dict[str, Any]]:
        return [form.said() for form in self.forms]

    def blame(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            self.forms[fault.index].blame([fault])


def new_line(place: int = 0) -> dict[str, str]:
    """What an empty line begins with: a number of our own, today, one day, no advice."""
    now = timezone.localtime()
    return {
        "line_id": f"M{now:%y%m%d%H%M%S}{place:02}",
        "prescribed_on": f"{now:%Y-%m-%d}",
        "days": "1",
        "advice_no": NO_ADVICE,
    }


def refund_of(item: FeeItem) -> dict[str, str]:
    """The line that gives back all of a charge, for the page: quantity and amount may be made smaller there."""
    kept = ("prescription", "own_code", "own_name", "common_name", "kind", "own_category", "own_grade", "dosage_form")
    more = ("specification", "maker", "advice_no", "trace_codes")
    line = {name: str(getattr(item, name)) for name in (*kept, *more)}
    line |= {"price": plain(item.price), "quantity": plain(-item.quantity), "amount": plain(-item.amount)}
    line |= {"days": str(item.days), "refunds": item.line_id}
    for name in ("is_unrelated", "is_rescue"):
        line[name] = "1" if getattr(item, name) else ""
    return line


def correction_of(item: FeeItem) -> dict[str, str]:
    """What a stored item says, for the page."""
    line = refund_of(item)
    line |= {"quantity": plain(item.quantity), "amount": plain(item.amount)}
    line |= {"prescribed_on": f"{item.prescribed_on}", "remark": item.remark, "explanation": item.explanation}
    return line | {"refunds": item.refunds.line_id if item.refunds else ""}


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


class AdviceForm(SaidForm):
    """One doctor's advice."""

    LONG = ("text", "usage", "caution")
    NEEDED = ("number", "started_on", "text", "doctor", "nurse")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in ADVICE_LABELS.items():
            widget: Any = forms.TextInput()
            if name in ("started_on", "ended_on"):
                widget = DAY
            elif name == "kind":
                widget = forms.Select(choices=choices("alk022"))
            elif name in self.LONG:
                widget = forms.Textarea(attrs={"rows": 2})
            self.fields[name] = forms.CharField(label=label, required=False, widget=widget)
            self.fields[name].is_long = name in self.LONG  # type: ignore[attr-defined]
            self.fields[name].is_needed = name in self.NEEDED  # type: ignore[attr-defined]


class NumberForm(forms.Form):
    """Which admission is meant, where the address does not say."""

    number = forms.CharField(label="住院号/门诊号", max_length=30, error_messages={"required": "请填写住院号或门诊号"})


class FeeFileForm(forms.Form):
    """An Excel file of fee items or advices; `lines` after is_valid() are its rows."""

    content = forms.ChoiceField(
        label="内容", choices=Content.choices, initial=Content.FEES, error_messages={"required": "请选择内容"}
    )
    file = forms.FileField(
        label="Excel 文件（.xlsx）",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text="最多 5,000 行、5 MB；读取后先预览，确认才导入",
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


class DropForm(forms.Form):
    """Why fee items are not uploaded."""

    reason = forms.CharField(
        label="不上传的理由",
        min_length=2,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "请写明不上传的理由",
            "min_length": "理由至少 2 个字",
            "max_length": "理由最多 200 个字",
        },
    )

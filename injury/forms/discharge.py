"""What people fill in for a discharge: its head, record entries, invoices and materials (4.13, 4.18, 4.26).

Nothing of a draft is required by the form: what is missing is said beside the field after it was saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from injury.rules.discharge import INVOICE
from injury.rules.files import DISCHARGE_TYPES, MATERIAL_TYPES, too_large
from injury.rules.records import GIVEN, Field, fields_of
from portal.codes import code_list

NO_CHOICE = "没有这个选项"


def choices(codes: str, empty: str = "请选择") -> list[tuple[str, str]]:
    return [("", empty), *((code, f"{code} {label}") for code, label in code_list(codes).choices())]


class DayField(forms.DateField):
    """A day, by the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date", "min": "1900-01-01", "max": "2099-12-31"}, format="%Y-%m-%d")
        super().__init__(widget=widget, error_messages={"invalid": "应为日期，如 2025-01-31"}, **options)


class HeadForm(forms.Form):
    """Day, reason, diagnosis and days."""

    discharged_on = DayField(label="出院日期", required=False)
    days = forms.IntegerField(
        label="住院天数",
        required=False,
        min_value=0,
        max_value=99_999,
        help_text="中心以入院和出院日期之差计算；本院把入院和出院当天都算时可多 1 天",
        error_messages={"invalid": "应为整数", "min_value": "不能小于 0", "max_value": "数字太大"},
    )
    reason = forms.ChoiceField(
        label="出院原因",
        required=False,
        choices=lambda: choices("injury.akc195"),
        error_messages={"invalid_choice": NO_CHOICE},
    )
    diagnosis_code = forms.CharField(
        label="出院诊断疾病编码",
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "如 S82.200，多个用半角逗号分开"}),
        error_messages={"max_length": "最多 255 个字符"},
    )
    diagnosis = forms.CharField(
        label="出院诊断说明", required=False, max_length=200, error_messages={"max_length": "最多 200 个字符"}
    )


class RecordForm(forms.Form):
    """One entry of a record node, made of its declaration; takes anything that somebody may have typed."""

    def __init__(self, node: str, *args: Any, given: Mapping[str, str] | None = None, **more: Any) -> None:
        """`given`: what the admission knows of GIVEN items, masked; nobody types them."""
        super().__init__(*args, **{**more, "initial": dict(given or {})})
        for field in fields_of(node):
            self.fields[field.name] = _control(field)
            self.fields[field.name].disabled = field.name in GIVEN.get(node, ())

    def typed(self) -> dict[str, str]:
        """What was typed, as it was typed."""
        return {name: str(self.data.get(name, "")) for name, field in self.fields.items() if not field.disabled}

    def tell(self, faults: Iterable[tuple[str, str]]) -> None:
        """Put what is missing or wrong beside the fields."""
        self.is_valid()
        for name, sentence in faults:
            self.add_error(name if name in self.fields else None, sentence)


def _control(field: Field) -> forms.Field:
    made: forms.Field
    if field.codes:
        # A code that was imported and does not exist stays visible, and is named as wrong.
        made = forms.CharField(label=field.label, required=False, widget=forms.Select(choices=choices(field.codes)))
    elif field.is_day:
        made = forms.CharField(label=field.label, required=False, widget=forms.DateInput(attrs={"type": "date"}))
    elif field.is_long:
        lines = forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
        made = forms.CharField(label=field.label, required=False, widget=lines)
    else:
        line = forms.TextInput(attrs={"autocomplete": "off"})
        made = forms.CharField(label=field.label, required=False, widget=line)
    made.is_essential, made.is_wide = field.is_essential, field.is_long  # type: ignore[attr-defined]
    made.is_broad = field.is_broad  # type: ignore[attr-defined]
    made.most = 0 if field.codes or field.is_day else field.size  # type: ignore[attr-defined]
    return made


class PaperForm(forms.Form):
    """A file with its kind, number and amount; the size is judged before the file is read."""

    kind = forms.ChoiceField(
        label="材料类型",
        choices=lambda: choices("injury.filetype"),
        initial=INVOICE,
        error_messages={"required": "请选择材料类型", "invalid_choice": NO_CHOICE},
    )
    number = forms.CharField(
        label="编号",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写编号", "max_length": "最多 50 个字符"},
    )
    amount = forms.DecimalField(
        label="金额（元）",
        min_value=0,
        max_digits=16,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": "请填写金额",
            "invalid": "应为数字，如 1234.50",
            "min_value": "不能小于 0",
            "max_digits": "数字太大",
            "max_whole_digits": "数字太大",
            "max_decimal_places": "最多两位小数",
        },
    )
    file = forms.FileField(
        label="文件",
        error_messages={"required": "请选择文件", "empty": "文件是空的", "invalid": "文件没有传完，请重新选择"},
    )

    def clean_file(self) -> Any:
        file: Any = self.cleaned_data["file"]
        if fault := too_large(file.size or 0):
            raise forms.ValidationError(fault)
        return file


class InvoiceForm(PaperForm):
    """An invoice of the discharge: PDF. Only another province takes other papers with it."""

    field_order = ("number", "amount", "file")
    kind = None  # type: ignore[assignment]
    file = forms.FileField(
        label="发票文件（PDF）",
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        help_text="只能是 PDF，最大 10 MB",
        error_messages=PaperForm.base_fields["file"].error_messages,
    )


class CrossInvoiceForm(PaperForm):
    """For another province: an invoice, the rehabilitation plan or another paper, all PDF."""

    field_order = ("kind", "number", "amount", "file")
    file = forms.FileField(
        label="文件（PDF）",
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        help_text="只能是 PDF，最大 10 MB",
        error_messages=PaperForm.base_fields["file"].error_messages,
    )


class MaterialForm(PaperForm):
    """A paper after discharge: PDF or a picture."""

    field_order = ("kind", "number", "amount", "file")
    file = forms.FileField(
        label="文件",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{one}" for one in (*MATERIAL_TYPES, "jpeg"))}),
        help_text=f"{'、'.join(MATERIAL_TYPES)}，推荐 {DISCHARGE_TYPES[0]}，最大 10 MB",
        error_messages=PaperForm.base_fields["file"].error_messages,
    )

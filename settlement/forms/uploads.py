"""What people say about uploads: files, plans, reasons."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.papers.xlsx_reading import Limits, Line, UnreadableFile, read_xlsx
from settlement.rules.uploads import KINDS

#: A sheet of a stay's front page has more columns than other tables.
SHEET = Limits(columns=600, rows=20_000)
MOST_JSON = 20 * 1024 * 1024


class RecordsFileForm(forms.Form):
    """An Excel or JSON file of one number's records; `lines` after is_valid() are an Excel's rows, None for JSON."""

    file = forms.FileField(
        label="文件（.xlsx 或 .json）",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.json"}),
        help_text="最多 5,000 条；读取后先预览，确认才导入",
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )
    lines: list[Line] | None = None
    content: bytes = b""

    def clean_file(self) -> Any:
        file: Any = self.cleaned_data["file"]
        is_json = str(file.name).lower().endswith(".json")
        limit = MOST_JSON if is_json else SHEET.file
        if (file.size or 0) > limit:
            raise forms.ValidationError(f"文件超过 {limit // 1024 // 1024} MB，请分成几个文件")
        self.content = file.read()
        if not is_json:
            try:
                self.lines = read_xlsx(self.content, SHEET)
            except UnreadableFile as error:
                raise forms.ValidationError(error.sentence) from error
        return file


class PlanForm(forms.Form):
    """Which numbers go by themselves, when, and how many messages wait in the queue at once."""

    numbers = forms.MultipleChoiceField(
        label="交易",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择交易"},
    )
    is_on = forms.BooleanField(label="自动上传", required=False)
    at = forms.TimeField(
        label="每天的时刻",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="医保中心空闲的时候，如 01:30",
        error_messages={"required": "请填写时刻", "invalid": "应为 01:30 这样的时刻"},
    )
    every = forms.IntegerField(
        label="间隔（分钟）",
        min_value=0,
        initial=0,
        help_text="0 为每天一次；5 至 720 为每隔若干分钟，适合实时交易",
        error_messages={"required": "请填写，0 为每天一次", "invalid": "应为整数"},
    )
    at_once = forms.IntegerField(
        label="同时排队（条）",
        min_value=1,
        initial=5,
        help_text="窗口结算最多等待这么多条报文，建议不超过 10",
        error_messages={"required": "请填写", "invalid": "应为整数"},
    )

    def __init__(self, *args: Any, numbers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(number, f"{number} {KINDS[number].title}") for number in numbers]
        self.fields["numbers"].choices = choices  # type: ignore[attr-defined]


class DropReasonForm(forms.Form):
    """Why a record never has to go."""

    reason = forms.CharField(
        label="理由",
        min_length=2,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明理由", "min_length": "理由至少 2 个字"},
    )

"""What an administrator brings: an edition as a file, or one that comes with the product."""

from typing import Any

from django import forms

from portal.gateway.national.keeping import LARGEST, presets


class EditionForm(forms.Form):
    """One of both: a file, or a preset."""

    file = forms.FileField(
        label="文件（JSON 或 Excel）",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,.xlsx"}),
        help_text="由“导出 JSON”“导出 Excel”得到的格式",
        error_messages={"empty": "文件是空的"},
    )
    preset = forms.ChoiceField(
        label="或选择随附的版本",
        required=False,
        choices=lambda: [
            ("", "不使用"),
            *((name, f"{said['province']} {said['version']}") for name, said in presets().items()),
        ],
        error_messages={"invalid_choice": "没有这个版本"},
    )

    def clean_file(self) -> Any:
        file: Any = self.cleaned_data.get("file")
        if file and file.size > LARGEST:
            raise forms.ValidationError(f"文件超过 {LARGEST // 1024 // 1024} MB")
        return file

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if not self.errors and bool(data.get("file")) == bool(data.get("preset")):
            self.add_error("file", "请选择一个文件，或者选择一个随附的版本")
        return data

"""What people fill in for the catalogue: a mapping, an Excel file."""

from typing import Any

from django import forms

from injury.models import FileKind
from injury.models.fee import OUTSIDE
from injury.services.catalogue_reading import LIMITS
from injury.services.mapping import CATEGORY_WIDTH, sendable_categories
from injury.services.mapping_changes import Wish
from portal.codes import code_list

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def too_long(label: str, longest: int) -> dict[str, str]:
    return {"required": f"请填写{label}", "max_length": f"{label}最多 {longest} 个字"}


class MappingForm(forms.Form):
    """An own item and which item of the catalogue it is; `wish` after is_valid()."""

    own_code = forms.CharField(label="医院内码", max_length=30, error_messages=too_long("医院内码", 30))
    own_name = forms.CharField(label="医院项目名称", max_length=100, error_messages=too_long("医院项目名称", 100))
    kind = forms.ChoiceField(
        label="种类",
        choices=lambda: [("", "请选择"), *code_list("injury.alc404").choices()],
        error_messages={"required": "请选择种类", "invalid_choice": "种类：没有这个选项"},
    )
    own_price = forms.DecimalField(
        label="医院单价（元）",
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=6,
        error_messages={"invalid": "医院单价应为数字", "min_value": "医院单价不能小于 0"},
    )
    specification = forms.CharField(label="规格", required=False, max_length=50, error_messages=too_long("规格", 50))
    category = forms.ChoiceField(
        label="目录外收费类别",
        required=False,
        choices=lambda: [("", "按种类：药费、治疗费、材料费"), *sendable_categories()],
        help_text="只用于目录外项目；目录内项目用中心的类别",
        error_messages={
            "invalid_choice": f"收费类别：没有这个选项，或超过 {CATEGORY_WIDTH} 位，目录外项目不能按它上传"
        },
    )
    valid_from = forms.DateField(
        label="对照生效日期", required=False, widget=DAY, error_messages={"invalid": "应为日期，例如 2026-01-31"}
    )
    valid_to = forms.DateField(
        label="对照失效日期", required=False, widget=DAY, error_messages={"invalid": "应为日期，例如 2026-01-31"}
    )
    centre_code = forms.CharField(
        label="对照到", max_length=20, error_messages={"required": "请在右侧选择中心目录项目，或选择目录外"}
    )
    q = forms.CharField(
        label="查找中心目录",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "编码、名称、拼音首字母、规格或厂家"}),
    )

    def keep(self, own_code: str, kind: str) -> None:
        """Which own item it is stays as it is."""
        for name, value in (("own_code", own_code), ("kind", kind)):
            self.fields[name].disabled, self.initial[name] = True, value

    def clean_own_code(self) -> str:
        code = str(self.cleaned_data["own_code"])
        if any(sign.isspace() for sign in code):
            raise forms.ValidationError("医院内码中不能有空格")
        return code

    def clean(self) -> dict[str, Any]:
        """An own item outside of the catalogue goes under the code of its kind, whatever kind was chosen last."""
        data: dict[str, Any] = self.cleaned_data
        if data.get("centre_code") in OUTSIDE.values() and data.get("kind"):
            data["centre_code"] = OUTSIDE[data["kind"]]
        return data

    @property
    def wish(self) -> Wish:
        return Wish(**{name: value for name, value in self.cleaned_data.items() if name != "q"})


class CatalogueUploadForm(forms.Form):
    """An Excel file of the centre's catalogue or of own mappings; a worker reads it."""

    file = forms.FileField(
        label="Excel 文件（.xlsx）",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )
    is_complete = forms.BooleanField(
        label="这是完整目录",
        required=False,
        help_text="文件中没有的编码将标为停用；只含变动部分的文件不要勾选",
    )

    def __init__(self, *args: Any, kind: FileKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = LIMITS[kind]
        if kind == FileKind.MAPPINGS:
            del self.fields["is_complete"]

    def clean_file(self) -> Any:
        file: Any = self.cleaned_data["file"]
        if file.size > self.limits.file:
            raise forms.ValidationError(f"文件超过 {self.limits.file // 1024 // 1024} MB，请分成几个文件")
        if not file.read(4).startswith(b"PK\x03\x04"):
            raise forms.ValidationError("文件不是 Excel 工作簿（.xlsx）；旧的 .xls 或 CSV 请先用 Excel 另存为 .xlsx")
        file.seek(0)
        return file

"""What an acceptance run is begun with: the enabled transactions, a test person, what is charged."""

from __future__ import annotations

from typing import Any

from django import forms

#: Name, label, whether it may be empty, most characters, help.
FIELDS = (
    ("document", "测试人员身份证号", False, 18, "由医保经办提供，只在测试环境使用，加密保存"),
    ("person_name", "姓名", True, 50, "当地 1101 要求时填写"),
    ("voucher", "医保电子凭证码", True, 50, "验证“一码一用”；不填则跳过这两项"),
    ("item_code", "药品的医保编码", False, 50, "测试环境目录中有效的一个药品"),
    ("own_code", "本院药品编码", True, 150, "不填则与医保编码相同"),
    ("department_code", "科室编码", False, 30, ""),
    ("department_name", "科室名称", False, 100, ""),
    ("doctor_code", "医师编码", False, 30, "国家医保医师编码"),
    ("doctor_name", "医师姓名", False, 50, ""),
    ("diagnosis_code", "诊断编码", False, 20, "医保版疾病编码"),
    ("diagnosis_name", "诊断名称", False, 100, ""),
    ("disease_code", "慢特病编码", False, 30, "用于慢特病备案"),
    ("disease_name", "慢特病名称", False, 100, ""),
)


class AcceptanceForm(forms.Form):
    """The test person and what is charged; the numbers are check boxes of the page."""

    def __init__(self, *arguments: Any, lends: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, label, optional, size, words in FIELDS:
            borrowed = lends and name in ("document", "item_code")
            self.fields[name] = forms.CharField(
                label=label,
                max_length=size,
                required=not (optional or borrowed),
                help_text="不填则由沙箱提供" if lends and name in ("document", "voucher", "item_code") else words,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def clean_document(self) -> str:
        number = str(self.cleaned_data["document"]).strip().upper()
        if number and (len(number) not in (15, 18) or not number[:-1].isdigit()):
            raise forms.ValidationError("身份证号应为 18 位")
        return number

    @property
    def given(self) -> dict[str, Any]:
        """As `begin_run` takes it; without a certificate when no number was typed."""
        found = {name: str(value).strip() for name, value in self.cleaned_data.items()}
        number, name = found.pop("document"), found.pop("person_name")
        if not number:
            return {key: value for key, value in found.items() if value}
        shown = {"mdtrt_cert_type": "02", "mdtrt_cert_no": number, "psn_cert_type": "01", "certno": number}
        return {**{key: value for key, value in found.items() if value}, "certificate": {**shown, "psn_name": name}}

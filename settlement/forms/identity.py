"""What a clerk scans or types to find out who stands at the desk, and check media taken from the control."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from portal.codes import code_list
from portal.gateway.national.control.reach import INPATIENT, OUTPATIENT, PHARMACY, is_controlled
from settlement.rules.identity import FIELDS, NEEDED, Certificate, Way, WrongCertificate, read_line, shown

HELP = {
    "code": "把光标放在这里，用扫码枪扫描病人手机上的医保电子凭证；一个码只能用一次",
    "identity": "可以手工输入，也可以用读卡器读身份证或社保卡",
    "card": "可以用读卡器整行读入：用“|”分开的各项会自动填到下面",
    "card_sn": "社保卡的卡识别码，随卡号一起读出",
    "document": "港澳居民来往内地通行证、台湾居民来往大陆通行证、护照等的号码",
}
#: Where a reader's line arrives.
FIRST = {Way.IDENTITY: "identity", Way.CARD: "identity", Way.CROSS_CARD: "card"}


class CertificateForm(forms.Form):
    """The fields of one way; a reader that types a whole line into the first of them fills all."""

    def __init__(self, way: Way, *args: Any, usual: str = "", wants_medium: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way = way
        self.certificate: Certificate | None = None
        for name in NEEDED[way]:
            self.fields[name] = _text(name)
        if way is not Way.VOUCHER:
            self.fields["name"] = _text("name", "可以不填；填写后由医保中心核对")
        self.fields[NEEDED[way][0]].widget.attrs["autofocus"] = True
        kinds = code_list("national.med_type").choices()
        self.fields["med_type"] = forms.ChoiceField(
            label="医疗类别", choices=kinds, initial=usual, help_text="检查这类就诊能享受的待遇（2001）"
        )
        if wants_medium:
            self.fields["medium"] = forms.CharField(
                label="校验介质",
                max_length=2000,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-no-draft": True}),
                help_text="在安全控件上取得：药店用 2102A，门诊用 2207A，住院用 1101",
            )

    def clean(self) -> dict[str, Any]:
        given = {name: str(value or "").strip() for name, value in (super().clean() or {}).items()}
        first = FIRST.get(self.way)
        if first and (read := read_line(given.get(first, ""))):
            given |= {name: value for name, value in read.items() if name in self.fields}
        try:
            self.certificate = shown(self.way, given, timezone.localdate())
        except WrongCertificate as wrong:
            for field, sentence in wrong.faults:
                self.add_error(field if field in self.fields else None, sentence)
        return given


def _text(name: str, helping: str = "") -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false", "data-no-draft": True}
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(
        label=FIELDS[name], required=False, max_length=400, help_text=helping or HELP.get(name, ""), widget=widget
    )


class MediumForm(forms.Form):
    """A check medium that the security control gave at the desk."""

    kind = forms.ChoiceField(
        label="就诊类型", choices=[(PHARMACY, "药店购药"), (OUTPATIENT, "门诊"), (INPATIENT, "住院")]
    )
    code = forms.CharField(label="取得时的交易", max_length=10, help_text="例如门诊 2207A、药店 2102A")
    about = forms.CharField(label="就诊号", max_length=40, help_text="介质用于哪一次就诊")
    medium = forms.CharField(
        label="校验介质",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off", "data-no-draft": True}),
        help_text="安全控件返回的内容；设置了安全控件服务地址时可以留空，由系统取得",
    )

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip().upper()
        if not is_controlled(code):
            raise forms.ValidationError("这个交易不需要校验介质")
        return code

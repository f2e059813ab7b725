"""What is typed for a check of the channel: a test person's certificate, which is not kept."""

from __future__ import annotations

from django import forms


class JoiningForm(forms.Form):
    """The identity number of a test person; name only where the centre wants it."""

    number = forms.CharField(
        label="测试人员身份证号",
        required=False,
        max_length=18,
        help_text="用于“测试人员的参保地”一步；不填则跳过，检查后不保存",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label="姓名",
        required=False,
        max_length=50,
        help_text="当地 1101 要求时填写",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"]).strip().upper()
        if number and (len(number) not in (15, 18) or not number[:-1].isdigit()):
            raise forms.ValidationError("身份证号应为 18 位")
        return number

    @property
    def certificate(self) -> dict[str, str]:
        """Under the names of 1101; empty without a number."""
        number = self.cleaned_data.get("number", "")
        if not number:
            return {}
        found = {"mdtrt_cert_type": "02", "mdtrt_cert_no": number, "psn_cert_type": "01", "certno": number}
        return found | {"psn_name": self.cleaned_data.get("name", "").strip()}

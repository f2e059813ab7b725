"""A desk as it is typed; what is right is decided by the services, for the API as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from portal.gateway.desk.services import LABELS

HELP = {
    "name": "例如：门诊收费 1 号窗口",
    "address": "窗口电脑的桥接程序，例如 https://10.20.3.15:9521；与门户同一台电脑时可用 http://127.0.0.1:9521",
    "device_no": "自助机填写，电脑可空",
    "term_no": "统一支付平台分配，留空时用系统配置中的终端编号",
    "dept_code": "留空时用系统配置中的科室",
    "dept_name": "",
}


class DeskForm(forms.Form):
    name = forms.CharField(label=LABELS["name"], max_length=40, help_text=HELP["name"])
    address = forms.CharField(label=LABELS["address"], max_length=200, help_text=HELP["address"])
    dept_code = forms.CharField(label=LABELS["dept_code"], max_length=20, required=False, help_text=HELP["dept_code"])
    dept_name = forms.CharField(label=LABELS["dept_name"], max_length=30, required=False)
    term_no = forms.CharField(label=LABELS["term_no"], max_length=30, required=False, help_text=HELP["term_no"])
    device_no = forms.CharField(label=LABELS["device_no"], max_length=100, required=False, help_text=HELP["device_no"])
    is_active = forms.BooleanField(label=LABELS["is_active"], required=False, initial=True)

    def add_faults(self, faults: Mapping[str, str]) -> None:
        """Put the services' sentences beside their fields."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)


def values_of(desk: Any) -> dict[str, Any]:
    """A desk as the form shows it first."""
    return {name: getattr(desk, name) for name in DeskForm.base_fields}

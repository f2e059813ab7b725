"""Asking for a wipe, and when fees go by themselves."""

from __future__ import annotations

from django import forms

from injury.services.uploading.scheduling import LEAST, MOST


class WipeForm(forms.Form):
    """Why everything at the centre has to go, and what follows."""

    reason = forms.CharField(
        label="作废的原因",
        min_length=4,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"required": "请写明作废的原因", "min_length": "原因：至少 4 个字"},
    )
    again = forms.BooleanField(
        label="核实为空后，马上全部重新上传", required=False, help_text="不勾选：这些费用转为待上传，改正后再上传"
    )


class ScheduleForm(forms.Form):
    """On or off, and when."""

    is_on = forms.BooleanField(label="自动上传待上传的费用", required=False)
    times = forms.CharField(
        label="每天的上传时刻",
        max_length=200,
        required=False,
        help_text="如 08:00 12:30 18:00，以空格分开；留空则按间隔上传",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    every = forms.IntegerField(
        label="间隔（分钟）",
        min_value=LEAST,
        max_value=MOST,
        help_text="没有填写时刻时使用",
        error_messages={
            "required": "请填写间隔",
            "invalid": "应为整数",
            "min_value": f"最短 {LEAST} 分钟",
            "max_value": f"最长 {MOST} 分钟",
        },
    )

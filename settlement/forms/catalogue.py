"""Which catalogues are downloaded, and when they keep themselves new."""

from __future__ import annotations

from django import forms


class RefreshForm(forms.Form):
    """On or off, and at what time of the night."""

    is_on = forms.BooleanField(label="每天自动更新已下载的目录", required=False)
    at = forms.TimeField(
        label="时刻",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="医保中心空闲的时候，如 02:30",
        error_messages={"required": "请填写时刻", "invalid": "应为 02:30 这样的时刻"},
    )

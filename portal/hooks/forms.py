from typing import Any

from django import forms

from portal.hooks.services import event_choices


class WebhookForm(forms.Form):
    name = forms.CharField(label="名称", max_length=50, help_text="说明由哪个系统接收，例如“住院 HIS”")
    url = forms.CharField(
        label="推送地址",
        max_length=300,
        help_text="http:// 或 https:// 开头；主机须在平台允许的地址名单中",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label="事件", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请选择至少一个事件"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = event_choices()  # type: ignore[attr-defined]

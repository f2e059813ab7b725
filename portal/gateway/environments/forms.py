"""What people type when they switch or import; what is right is decided by the services."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.gateway.channels.fields import label_of, secret_fields

PASSWORD = forms.PasswordInput(attrs={"autocomplete": "current-password"})
#: A settings file is a few hundred characters (bytes).
MOST = 64 * 1024


class SwitchForm(forms.Form):
    """The three things that are asked before a switch is even requested."""

    reason = forms.CharField(label="切换理由", max_length=200, error_messages={"required": "请写明切换理由"})
    phrase = forms.CharField(label="确认文字", max_length=200, error_messages={"required": "请输入确认文字"})
    password = forms.CharField(
        label="您的登录密码", widget=PASSWORD, strip=False, error_messages={"required": "请输入您的登录密码"}
    )

    def __init__(self, phrase: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["phrase"].help_text = f"请原样输入：{phrase}"
        self.fields["phrase"].widget.attrs["autocomplete"] = "off"


class PasswordForm(forms.Form):
    """The second person's own password."""

    password = forms.CharField(
        label="您的登录密码", widget=PASSWORD, strip=False, error_messages={"required": "请输入您的登录密码"}
    )


class FileForm(forms.Form):
    """The file, chosen or pasted."""

    file = forms.FileField(label="配置文件", required=False, help_text="由“导出配置”得到的 JSON 文件")

    def text(self) -> str:
        """The file's text. Raises ValueError, with a sentence, when there is none or it cannot be one of ours."""
        given = self.files.get("file")
        if given is None:
            raise ValueError("请选择配置文件")
        if (given.size or 0) > MOST:
            raise ValueError("文件过大：配置文件不超过 64 KB")
        try:
            return str(given.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValueError("不是有效的 JSON 文件") from None


class ImportForm(forms.Form):
    """The file once more, keys to paste beside it, and for another institution's file that it is meant."""

    document = forms.CharField(widget=forms.HiddenInput, max_length=MOST)
    foreign = forms.BooleanField(label="我确认：这是其他机构的配置文件，只取其中的地址、开关和等待时间", required=False)

    def __init__(self, gateway: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        options = {"autocomplete": "off", "spellcheck": "false"}
        for name in secret_fields(gateway):
            hidden = forms.PasswordInput(attrs={**options, "autocomplete": "new-password"})
            self.fields[name] = forms.CharField(label=label_of(gateway, name), required=False, widget=hidden)
        self.secrets = secret_fields(gateway)

    @property
    def key_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.secrets]

    def keys(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in self.secrets}

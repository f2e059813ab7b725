"""The settings page's form. It only reads what was typed; what is right is decided by the services for everybody."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.gateway.channels.faults import TIMES, presets, regions
from portal.gateway.channels.models import KEYS, LABELS, Channel
from portal.gateway.seals.switches import EnvelopeSwitches

SWITCH = "switch_"
KEY_HELP = {
    "provider_public_key": "由医保中心提供：04 开头的 130 位十六进制字符",
    "private_key": "由医保中心分配：64 位十六进制字符，保存后不再显示",
    "public_key": "由医保中心分配：04 开头的 130 位十六进制字符，须与私钥是一对",
    "iv": "由医保中心提供：32 位十六进制字符，或 16 个半角字符",
}
VALUES = {True: "是", False: "否", "text": "文本", "raw": "字节", "cipher": "密文", "plain": "明文", "number": "数字"}


class ChannelForm(forms.Form):
    """The seven items of the manual (4.1), the region, waiting times and, folded away, the envelope's switches."""

    app_code = forms.CharField(label=LABELS["app_code"], required=False, help_text="由医保中心分配的机构唯一标识")
    base_url = forms.CharField(label=LABELS["base_url"], required=False)
    provider_public_key = forms.CharField(label=LABELS["provider_public_key"], required=False)
    public_key = forms.CharField(label=LABELS["public_key"], required=False)
    private_key = forms.CharField(label=LABELS["private_key"], required=False)
    iv = forms.CharField(label=LABELS["iv"], required=False)
    region = forms.ChoiceField(label=LABELS["region"], required=False)
    connect_timeout = forms.CharField(label=LABELS["connect_timeout"], required=False)
    read_timeout = forms.CharField(
        label=LABELS["read_timeout"], required=False, help_text="留空时按每个交易自己的等待时间"
    )
    is_active = forms.BooleanField(label=LABELS["is_active"], required=False, initial=True)
    wire_names = forms.CharField(
        label=LABELS["wire_names"],
        required=False,
        help_text="本地接口使用其他交易名时填写，每行一个：generateClearing=本地名称",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, gateway: str, environment: str, channel: Channel | None, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"initial": _initial(channel, environment), **options})
        self.stored = channel
        address = presets(gateway)["addresses"].get(environment, "")
        field = self.fields["base_url"]
        field.help_text = f"留空使用默认地址 {address}" if address else "以 http:// 或 https:// 开头"
        listed = regions(gateway)
        codes = [(code, f"{label}（{code}）") for code, label in listed.choices()] if listed else []
        chosen = self.fields["region"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", "未选择"), *codes]
        for name in KEYS:
            self._key(name)
        for name, label, values, default in EnvelopeSwitches.choices():
            self.fields[SWITCH + name] = _switch(label, values, default)

    def _key(self, name: str) -> None:
        secret = name == "private_key"
        options = {"autocomplete": "off", "spellcheck": "false"}
        widget = forms.PasswordInput(attrs={**options, "autocomplete": "new-password"}) if secret else None
        rows = 1 if name == "iv" else 2
        self.fields[name].widget = widget or forms.Textarea(attrs={**options, "rows": rows})
        stored = self.stored.fingerprints.get(name, "") if self.stored else ""
        self.fields[name].help_text = f"已设置，指纹 {stored}；留空表示不修改" if stored else KEY_HELP[name]

    def given(self) -> dict[str, Any]:
        """What the services take; call it after is_valid()."""
        data = self.cleaned_data
        switches: dict[str, Any] = {}
        for name, _, values, default in EnvelopeSwitches.choices():
            typed = data.get(SWITCH + name, "")
            value = _read(typed, values, default)
            if value != default:
                switches[name] = value
        plain = {name: data[name] for name in ("app_code", "base_url", *KEYS, "region", "is_active")}
        times = {name: _number(data[name]) for name in TIMES}
        return {**plain, **times, "switches": switches, "wire_names": _names(data["wire_names"])}

    def add_faults(self, faults: dict[str, str]) -> None:
        """Put the services' sentences beside their fields."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Side by side, so that the whole form fits a screen of 768 lines."""
        names = [("app_code", "base_url"), ("provider_public_key", "public_key"), ("private_key", "iv")]
        return [(self[left], self[right]) for left, right in names]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("region", "connect_timeout", "read_timeout")]

    @property
    def switch_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(SWITCH)] + [self["wire_names"]]

    @property
    def has_switch_errors(self) -> bool:
        return any(field.errors for field in self.switch_fields)


class ReasonForm(forms.Form):
    """Why something is refused or taken off a list."""

    reason = forms.CharField(
        label="理由",
        min_length=2,
        max_length=200,
        error_messages={
            "required": "请写明理由",
            "min_length": "理由：至少 2 个字",
            "max_length": "理由：最多 200 个字",
        },
    )


class AddressForm(forms.Form):
    """A host that is to be allowed."""

    host = forms.CharField(
        label="主机",
        max_length=200,
        help_text="域名或 IP，可带端口，例如 10.30.22.117:8090",
        error_messages={"required": "主机：必填", "max_length": "主机：最多 200 个字符"},
    )
    note = forms.CharField(
        label="用途",
        max_length=200,
        error_messages={"required": "用途：必填", "max_length": "用途：最多 200 个字"},
    )


def _initial(channel: Channel | None, environment: str) -> dict[str, Any]:
    if channel is None:
        return {"connect_timeout": 10, "is_active": True}
    plain = ("app_code", "base_url", "region", "connect_timeout", "read_timeout", "is_active")
    names = "\n".join(f"{code}={name}" for code, name in channel.wire_names.items())
    switches = {SWITCH + name: value for name, value in channel.switches.items()}
    return {**{name: getattr(channel, name) for name in plain}, "wire_names": names, **switches}


def _switch(label: str, values: tuple[object, ...], default: object) -> forms.Field:
    allowed = values or ((True, False) if isinstance(default, bool) else ())
    if allowed:
        choices = [(str(value), VALUES.get(value, str(value))) for value in allowed]
        return forms.ChoiceField(label=label, choices=choices, required=False, initial=str(default))
    return forms.CharField(label=label, required=False, initial=str(default), max_length=100)


def _read(typed: str, values: tuple[object, ...], default: object) -> object:
    """The switch's own type; what does not fit goes on as typed, for the services to refuse."""
    if typed == "":
        return default
    if isinstance(default, bool):
        return typed == "True"
    if isinstance(default, int):
        return _number(typed)
    return typed


def _number(typed: str) -> Any:
    text = str(typed).strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _names(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if line.strip())
    return {code.strip(): name.strip() for code, _, name in pairs}

"""The settings page's form. It only reads what was typed; what is right is decided by the services for everybody."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.access.models import Institution
from portal.gateway.channels.faults import TIMES, presets, regions
from portal.gateway.channels.fields import KEYS, LABELS, label_of, settings_of, wire_of
from portal.gateway.channels.models import Channel
from portal.gateway.wire import Setting

SWITCH = "switch_"
#: A key longer than this is typed in two lines.
ONE_LINE = 40
#: Choices of switches in words.
VALUES = {
    True: "是",
    False: "否",
    "text": "文本",
    "raw": "字节",
    "cipher": "密文",
    "plain": "明文",
    "number": "数字",
    "tif": "x-tif 请求头",
    "hmac-sha1": "_api 请求头（HMAC-SHA1）",
    "cainfo": "cainfo（SM2 签名）",
    "none": "不鉴权",
    "object": "对象",
    "hex": "十六进制",
    "uuid": "带连字符",
    "dated": "格式和时间",
    "present": "只要求不为空",
}


class ChannelForm(forms.Form):
    """What the gateway's wire declares, waiting times and, folded away, the wire's switches."""

    region = forms.CharField(label=LABELS["region"], required=False)
    connect_timeout = forms.CharField(label=LABELS["connect_timeout"], required=False)
    read_timeout = forms.CharField(
        label=LABELS["read_timeout"], required=False, help_text="留空时按每个交易自己的等待时间"
    )
    is_active = forms.BooleanField(label=LABELS["is_active"], required=False, initial=True)
    wire_names = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        gateway: str,
        environment: str,
        channel: Channel | None,
        *args: Any,
        institution: Institution | None = None,
        **options: Any,
    ) -> None:
        self.settings = settings_of(gateway)
        self.switches = wire_of(gateway).switches.choices()
        self.stored = channel
        initial = _initial(channel, self.settings, institution)
        super().__init__(*args, **{"initial": initial, **options})
        for one in self.settings:
            self.fields[one.name] = self._field(one)
        address = presets(gateway)["addresses"].get(environment, "")
        if address:
            self.fields["base_url"].help_text = f"留空使用默认地址 {address}"
        if listed := regions(gateway):
            codes = [(code, f"{label}（{code}）") for code, label in listed.choices()]
            label = label_of(gateway, "region")
            self.fields["region"] = forms.ChoiceField(label=label, required=False, choices=[("", "未选择"), *codes])
        self.fields["wire_names"].label = label_of(gateway, "wire_names")
        self.fields["wire_names"].help_text = wire_of(gateway).names_hint
        for name, label, values, default in self.switches:
            self.fields[SWITCH + name] = _switch(label, values, default)

    def _field(self, one: Setting) -> forms.Field:
        plain = {"autocomplete": "off", "spellcheck": "false"}
        widget: forms.Widget | None = None
        if one.form == "secret":
            widget = forms.PasswordInput(attrs={**plain, "autocomplete": "new-password"})
        elif one.form == "key":
            widget = forms.Textarea(attrs={**plain, "rows": 1 if one.size <= ONE_LINE else 2})
        stored = self.stored.fingerprints.get(one.name, "") if self.stored and one.is_sealed else ""
        hint = f"已设置，指纹 {stored}；留空表示不修改" if stored else one.hint
        return forms.CharField(label=one.label, required=False, help_text=hint, widget=widget)

    def given(self) -> dict[str, Any]:
        """What the services take; call it after is_valid()."""
        data = self.cleaned_data
        switches: dict[str, Any] = {}
        for name, _, values, default in self.switches:
            typed = data.get(SWITCH + name, "")
            value = _read(typed, values, default)
            if value != default:
                switches[name] = value
        plain = {name: data[name] for name in (*(one.name for one in self.settings), "region", "is_active")}
        times = {name: _number(data[name]) for name in TIMES}
        return {**plain, **times, "switches": switches, "wire_names": _names(data["wire_names"])}

    def add_faults(self, faults: dict[str, str]) -> None:
        """Put the services' sentences beside their fields."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)

    @property
    def pairs(self) -> list[list[forms.BoundField]]:
        """Side by side, so that the whole form fits a screen of 768 lines."""
        shown = [self[one.name] for one in self.settings if not one.rare and one.name != "region"]
        return [shown[n : n + 2] for n in range(0, len(shown), 2)]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("region", "connect_timeout", "read_timeout")]

    @property
    def switch_fields(self) -> list[forms.BoundField]:
        rare = [self[one.name] for one in self.settings if one.rare]
        return rare + [self[name] for name in self.fields if name.startswith(SWITCH)] + [self["wire_names"]]

    @property
    def has_switch_errors(self) -> bool:
        return any(field.errors for field in self.switch_fields)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What may be read by everybody who sees the channel."""
        plain = [one for one in self.settings if not one.is_sealed and one.name != "region"]
        return [(one.label, str(getattr(self.stored, one.name))) for one in plain] if self.stored else []

    @property
    def prints(self) -> list[tuple[str, str]]:
        """The keys that are set, as fingerprints."""
        prints = self.stored.fingerprints if self.stored else {}
        return [(one.label, prints[one.name]) for one in self.settings if one.name in KEYS and prints.get(one.name)]


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


def _initial(channel: Channel | None, settings: tuple[Setting, ...], institution: Institution | None) -> dict[str, Any]:
    if channel is None:
        known = {one.name: getattr(institution, one.like)[: one.size] for one in settings if institution and one.like}
        return {"connect_timeout": 10, "is_active": True, **known}
    own = [one.name for one in settings if not one.is_sealed]
    plain = {name: getattr(channel, name) for name in (*own, "region", *TIMES, "is_active")}
    names = "\n".join(f"{code}={name}" for code, name in channel.wire_names.items())
    return {**plain, "wire_names": names, **{SWITCH + name: value for name, value in channel.switches.items()}}


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

"""配置导出、导入: a channel's settings as a file without any secret; what comes in goes the way of every change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.access.services.refusals import NotAllowed
from portal.audit import record
from portal.gateway.channels.fields import GUESSABLE, label_of, plain_fields, secret_fields
from portal.gateway.channels.models import Channel, ChannelChange, channel_label
from portal.gateway.channels.services import ChannelFault, change_channel, channel_for
from portal.gateway.crypto.sm3 import sm3
from portal.gateway.environments.actions import EXPORTED, IMPORTED
from portal.gateway.environments.fields import OWN, has_right_type
from portal.gateway.messages import gateways

FORMAT, VERSION = "yibao-channel-settings", 1
MEMBERS = {
    *("format", "version", "exported_at", "institution", "gateway", "environment"),
    *("values", "fingerprints", "key_set_at", "checksum"),
}
#: A settings file is a few hundred characters (bytes).
MOST = 64 * 1024


class TransferFault(NotAllowed):
    """The file is refused; `message` is the sentence."""


class ForeignFile(TransferFault):
    """The file belongs to another institution, and nobody has said that this is meant."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What importing the file would change. `differences` are (label, now, then); `notes` are about keys."""

    gateway: str
    environment: str
    source: str
    is_foreign: bool
    checksum: str
    given: dict[str, Any]
    differences: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    missing_keys: tuple[str, ...]

    @property
    def label(self) -> str:
        return channel_label(self.gateway, self.environment)


def export_settings(channel: Channel, *, by: Member) -> dict[str, Any]:
    """The channel as a JSON document: settings, fingerprints of its keys, and a checksum; never a key."""
    institution = cast(Institution, by.institution)
    prints = {
        name: channel.fingerprints[name]
        for name in secret_fields(channel.gateway)
        if name in channel.fingerprints and name not in GUESSABLE
    }
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": timezone.localtime().isoformat(timespec="seconds"),
        "institution": institution.code,
        "gateway": channel.gateway,
        "environment": channel.environment,
        "values": {name: getattr(channel, name) for name in plain_fields(channel.gateway)},
        "fingerprints": prints,
        "key_set_at": timezone.localtime(channel.key_set_at).isoformat(timespec="seconds")
        if channel.key_set_at
        else None,
    }
    record(EXPORTED, channel, by=by, channel=str(channel))
    return {**document, "checksum": checksum_of(document)}


def checksum_of(document: Mapping[str, Any]) -> str:
    """SM3 of everything but the checksum itself, written with sorted names and without blanks; lower hex."""
    rest = {name: value for name, value in document.items() if name != "checksum"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sm3(text.encode()).hex()


def preview_import(text: str, *, by: Member) -> Preview:
    """What the file would change here; inside the door. Raises TransferFault for anything that is not such a file."""
    document = _document(text)
    gateway, environment = document["gateway"], document["environment"]
    institution = cast(Institution, by.institution)
    is_foreign = document["institution"] != institution.code
    given = dict(document["values"])
    if is_foreign:
        given = {name: value for name, value in given.items() if name not in OWN}
    stored = channel_for(gateway, environment)
    differences = tuple(
        (label_of(gateway, name), before, after)
        for name, value in given.items()
        if (before := _as_text(getattr(stored, name) if stored else None)) != (after := _as_text(value))
    )
    prints = stored.fingerprints if stored else {}
    secrets = secret_fields(gateway)
    return Preview(
        gateway=gateway,
        environment=environment,
        source=document["institution"],
        is_foreign=is_foreign,
        checksum=document["checksum"],
        given=given,
        differences=differences,
        notes=tuple(_key_notes(gateway, document["fingerprints"], prints)),
        missing_keys=tuple(name for name in secrets if name not in prints),
    )


def import_settings(text: str, *, keys: Mapping[str, str], foreign: bool, by: Member) -> ChannelChange | None:
    """Change the channel to what the file says; keys are pasted beside it or kept as stored.

    Returns the change (applied, or waiting for a second person), None when nothing differs. Raises TransferFault for
    a bad file, ForeignFile unless `foreign` says that another institution's file is meant, ChannelFault for values
    that may not be saved.
    """
    preview = preview_import(text, by=by)
    if preview.is_foreign and not foreign:
        raise ForeignFile(f"文件属于其他机构（{preview.source}），请先勾选确认")
    if unknown := set(keys) - set(secret_fields(preview.gateway)):
        raise TransferFault(f"没有名为 {min(unknown)[:40]} 的密钥")
    given = {**preview.given, **{name: value for name, value in keys.items() if value.strip()}}
    try:
        change = change_channel(preview.gateway, preview.environment, given, by=by)
    except ChannelFault as fault:
        own = OWN & fault.faults.keys() if preview.is_foreign else set()
        hints = {name: f"{label_of(preview.gateway, name)}：其他机构的不导入，请先在系统配置中填写" for name in own}
        raise ChannelFault({**fault.faults, **hints}) from None
    if change is not None:
        source = f"本机构 {preview.source}" if not preview.is_foreign else f"其他机构 {preview.source}"
        record(IMPORTED, change, by=by, channel=preview.label, source=source, checksum=preview.checksum)
    return change


# --- reading a file that anybody may have written


def _document(text: str) -> dict[str, Any]:
    if len(text.encode("utf-8", "surrogatepass")) > MOST:
        raise TransferFault("文件过大：配置文件不超过 64 KB")
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TransferFault("不是有效的 JSON 文件") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise TransferFault("不是本系统导出的配置文件")
    if document.get("version") != VERSION:
        raise TransferFault(f"文件格式版本应为 {VERSION}")
    _refuse_names(set(document) - MEMBERS, "不认识的项目")
    _refuse_names(MEMBERS - set(document), "缺少项目")
    if not all(isinstance(document[name], str) for name in ("institution", "gateway", "environment", "checksum")):
        raise TransferFault("机构、接口、运行环境和校验码应为文字")
    if document["checksum"] != checksum_of(document):
        raise TransferFault("校验码不符：文件被改动过或不完整，请重新导出")
    if document["gateway"] not in {one.name for one in gateways()}:
        raise TransferFault(f"没有名为 {document['gateway'][:40]} 的接口")
    if document["environment"] not in Environment.values:
        raise TransferFault(f"没有名为 {document['environment'][:20]} 的运行环境")
    _check_values(document)
    return document


def _check_values(document: dict[str, Any]) -> None:
    values, prints, gateway = document["values"], document["fingerprints"], document["gateway"]
    if not isinstance(values, dict) or not isinstance(prints, dict):
        raise TransferFault("values 和 fingerprints 应为一组字段")
    _refuse_names(set(values) - set(plain_fields(gateway)), "不认识的配置项")
    _refuse_names(set(prints) - set(secret_fields(gateway)), "不认识的密钥")
    for name, value in values.items():
        if not has_right_type(name, value):
            raise TransferFault(f"{label_of(gateway, name)}：内容类型不对")
    if not all(isinstance(one, str) and len(one) <= 40 for one in prints.values()):
        raise TransferFault("指纹应为文字")


def _refuse_names(names: set[str], why: str) -> None:
    if names:
        raise TransferFault(f"{why}：{'、'.join(sorted(name[:40] for name in names)[:5])}")


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _key_notes(gateway: str, theirs: Mapping[str, str], ours: Mapping[str, str]) -> list[str]:
    notes = []
    for name in secret_fields(gateway):
        label, there, here = label_of(gateway, name), theirs.get(name, ""), ours.get(name, "")
        if not here:
            notes.append(f"{label}：本机构还没有设置，请在下面粘贴")
        elif there and there != here:
            notes.append(f"{label}：与导出时不同（文件中指纹 {there}，现在 {here}）；密钥不随文件导入，保留现在的")
    return notes


def _as_text(value: Any) -> str:
    if value in (None, "", {}):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "，".join(f"{key}={one}" for key, one in sorted(value.items()))
    return str(value)

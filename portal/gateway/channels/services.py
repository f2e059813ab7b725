"""Changing a channel: check, apply or wait for a second person, record (clearing manual 4.1; design 4.2, 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.audit import record
from portal.gateway.channels.actions import (
    CHANGE_APPROVED,
    CHANGE_PROPOSED,
    CHANGE_REFUSED,
    CHANGE_WITHDRAWN,
    CHANGED,
    KEYS_SET,
)
from portal.gateway.channels.faults import faults_of, presets
from portal.gateway.channels.fields import GUESSABLE, KEYS, LABELS, clean, fields_of, label_of
from portal.gateway.channels.models import GUARDED, ChangeState, Channel, ChannelChange
from portal.vault import fingerprint

SYSTEM = "系统安装"
DEFAULTS: dict[str, Any] = {
    "region": "",
    "switches": {},
    "wire_names": {},
    "connect_timeout": 10,
    "read_timeout": None,
    "is_active": True,
}


class ChannelFault(Exception):
    """The values or the decision are refused; `faults` is {field: sentence}, with "" for none in particular."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("；".join(faults.values()))
        self.faults = dict(faults)


def channel_for(gateway: str, environment: str) -> Channel | None:
    """The open institution's channel; inside the door."""
    return Channel.objects.filter(gateway=gateway, environment=environment).first()


def candidate(gateway: str, environment: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values the channel would have: what is given, over what is stored, over the defaults.

    An empty key keeps the stored one; an empty address means the gateway's own for this environment (manual 4.1).
    Raises ChannelFault naming every field that is wrong.
    """
    stored = channel_for(gateway, environment)
    values = {**DEFAULTS, **(stored.values() if stored else {})}
    known = fields_of(gateway)
    for name, value in given.items():
        if name not in known:
            raise ChannelFault({"": f"没有名为 {name} 的配置项"})
        tidy = clean(gateway, name, value)
        if not tidy and (name in KEYS or name == "connect_timeout"):
            continue
        values[name] = tidy
    if not values.get("base_url"):
        for name, addresses in (("base_url", "addresses"), ("host_address", "host_addresses")):
            if name in known:
                values[name] = values.get(name) or presets(gateway).get(addresses, {}).get(environment, "")
    if found := faults_of(gateway, environment, values):
        raise ChannelFault(found)
    return values


@transaction.atomic
def change_channel(gateway: str, environment: str, given: Mapping[str, Any], *, by: Member) -> ChannelChange | None:
    """Save new values. Returns the change (applied, or waiting for a second person), None when nothing differs.

    What is not guarded (region, waiting times, switching off) applies at once, also beside a waiting change.
    Raises ChannelFault.
    """
    Institution.objects.select_for_update().get(pk=by.institution_id)  # one change at a time
    values = candidate(gateway, environment, given)
    stored = channel_for(gateway, environment)
    before = stored.values() if stored else {}
    differing = {name: value for name, value in values.items() if name not in before or before[name] != value}
    if not differing:
        return None
    guarded = {name: value for name, value in differing.items() if name in GUARDED}
    institution = cast(Institution, by.institution)
    change = ChannelChange(
        gateway=gateway,
        environment=environment,
        values=differing,
        fields=[name for name in LABELS if name in differing],
        shown=_shown(gateway, before, differing),
        base_version=stored.version if stored else 0,
        proposed_by=by.user,
        proposed_label=by.label,
    )
    if not guarded or not institution.four_eyes:
        change.state = ChangeState.APPLIED
        change.save(force_insert=True)
        _apply(change, by=by)
        return change
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError:
        raise ChannelFault({"": "已有一项修改在等待复核，请先由复核人处理，或撤回后重新提交"}) from None
    record(CHANGE_PROPOSED, change, by=by, channel=str(change), fields=_labels(change))
    return change


@transaction.atomic
def approve_change(change: ChannelChange, *, by: Member) -> Channel:
    """Apply a waiting change, at once. Raises ChannelFault for the person who proposed it, or when it is stale."""
    locked = _open(change)
    if by.user is None or by.is_user(locked.proposed_by_id):
        raise ChannelFault({"": "申请人不能复核自己的修改，请由另一人复核"})
    stored = channel_for(locked.gateway, locked.environment)
    if (stored.version if stored else 0) != locked.base_version:
        raise ChannelFault({"": "申请之后配置又有变化，请撤回后重新提交"})
    merged = {**DEFAULTS, **(stored.values() if stored else {}), **_values(locked)}
    if found := faults_of(locked.gateway, locked.environment, merged):
        raise ChannelFault(found)
    locked.state, locked.decided_by, locked.decided_label = ChangeState.APPLIED, by.user, by.label
    locked.decided_at = timezone.now()
    channel = _apply(locked, by=by)
    record(CHANGE_APPROVED, channel, by=by, fields=_labels(locked))
    return channel


@transaction.atomic
def refuse_change(change: ChannelChange, reason: str, *, by: Member) -> None:
    """End a waiting change; the proposer withdraws, anybody else refuses. Its values are forgotten."""
    locked = _open(change)
    own = by.is_user(locked.proposed_by_id)
    locked.state = ChangeState.WITHDRAWN if own else ChangeState.REFUSED
    locked.decided_by, locked.decided_label, locked.decided_at = by.user, by.label, timezone.now()
    locked.reason, locked.values = reason[:200], None
    locked.save()
    if own:
        record(CHANGE_WITHDRAWN, locked, by=by, channel=str(locked))
    else:
        record(CHANGE_REFUSED, locked, by=by, channel=str(locked), reason=reason)


@transaction.atomic
def install_channel(gateway: str, environment: str, given: Mapping[str, Any]) -> Channel:
    """A channel set up by the installation itself, for demonstrations: nobody acts, so nobody confirms.

    Raises ChannelFault.
    """
    values = candidate(gateway, environment, given)
    stored = channel_for(gateway, environment)
    before = stored.values() if stored else {}
    differing = {name: value for name, value in values.items() if name not in before or before[name] != value}
    if stored is not None and not differing:
        return stored
    change = ChannelChange(
        gateway=gateway,
        environment=environment,
        values=differing,
        fields=[name for name in LABELS if name in differing],
        shown=_shown(gateway, before, differing),
        base_version=stored.version if stored else 0,
        state=ChangeState.APPLIED,
        proposed_label=SYSTEM,
    )
    change.save(force_insert=True)
    return _apply(change, by=None)


def _open(change: ChannelChange) -> ChannelChange:
    locked = ChannelChange.objects.select_for_update().get(pk=change.pk)
    if locked.state != ChangeState.PROPOSED:
        raise ChannelFault({"": f"该修改{ChangeState(locked.state).label}，不能再处理"})
    return locked


def _apply(change: ChannelChange, *, by: Member | None) -> Channel:
    """Write the change's values into the channel and forget them in the change."""
    values = _values(change)
    channel = Channel.objects.select_for_update().filter(gateway=change.gateway, environment=change.environment).first()
    if channel is None:
        channel = Channel(gateway=change.gateway, environment=change.environment, version=0)
    for name, value in values.items():
        setattr(channel, name, value)
    keys = [name for name in KEYS if values.get(name)]
    if keys:
        channel.fingerprints = {**channel.fingerprints, **{name: _print(name, values[name]) for name in keys}}
        channel.key_set_at, channel.key_set_label = timezone.now(), by.label if by else SYSTEM
    if channel.version == 0 or set(values) & set(GUARDED):
        channel.version += 1  # a waiting change is out of date only when what it is about has changed
    channel.save()
    change.values = None
    change.save()
    plain = [one for one in change.shown if one["field"] not in KEYS]
    if plain:
        record(CHANGED, channel, by=by, changes={one["field"]: (one["before"], one["after"]) for one in plain})
    if keys:
        named = "、".join(f"{label_of(channel.gateway, name)}（指纹 {channel.fingerprints[name]}）" for name in keys)
        record(KEYS_SET, channel, by=by, keys=named)
    return channel


def _values(change: ChannelChange) -> dict[str, Any]:
    """What the change wants; only a change that has not ended still has it."""
    if change.values is None:
        raise ChannelFault({"": "该修改已经结束，不能再处理"})
    values: dict[str, Any] = change.values.reveal()
    return values


def _shown(gateway: str, before: Mapping[str, Any], differing: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a second person sees: labels, and values before and after; of keys their fingerprints only."""
    return [
        {
            "field": name,
            "label": label_of(gateway, name),
            "before": _as_text(name, before.get(name)),
            "after": _as_text(name, differing[name]),
        }
        for name in LABELS
        if name in differing and (name in before or differing[name] not in ("", {}, None))
    ]


def _as_text(name: str, value: Any) -> str:
    if value in (None, "", {}):
        return ""
    if name in KEYS:
        return f"指纹 {fingerprint(str(value))}" if name not in GUESSABLE else "已设置"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "，".join(f"{key}={one}" for key, one in sorted(value.items()))
    return str(value)


def _print(name: str, value: str) -> str:
    """A key's fingerprint; of what could be guessed from it, only that it was set."""
    return "已设置" if name in GUESSABLE else fingerprint(value)


def _labels(change: ChannelChange) -> str:
    return "、".join(label_of(change.gateway, name) for name in change.fields)


__all__ = [
    "ChannelFault",
    "approve_change",
    "candidate",
    "change_channel",
    "channel_for",
    "install_channel",
    "refuse_change",
]

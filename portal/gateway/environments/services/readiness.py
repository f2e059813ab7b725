"""Whether an environment's channels could carry the work: complete, right, tried, and how old their keys are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils import timezone

from portal.access.member import Member
from portal.access.models.institution import Environment
from portal.audit import record
from portal.gateway.channels.models import Channel, ChannelTrial
from portal.gateway.channels.services import ChannelFault, candidate, channel_for
from portal.gateway.channels.trials import is_lost, start_trial
from portal.gateway.environments.actions import CHECKED
from portal.gateway.environments.models import ChannelCheck
from portal.gateway.messages import gateways
from portal.vault import BrokenSeal

#: Keys older than this are marked: they should have been renewed (days).
OLD_KEY = 365


@dataclass(frozen=True, slots=True)
class Readiness:
    """One gateway in one environment. `faults` are sentences; empty when the channel could be used now."""

    gateway: str
    title: str
    environment: str
    channel: Channel | None
    is_used: bool
    faults: tuple[str, ...]
    trial: ChannelTrial | None

    @property
    def is_ready(self) -> bool:
        return self.channel is not None and not self.faults

    @property
    def is_proven(self) -> bool:
        """Whether the settings, exactly as they are saved now, were tried with success."""
        return self.trial is not None and bool(self.trial.is_good)

    @property
    def is_trying(self) -> bool:
        return self.trial is not None and self.trial.ended_at is None and not is_lost(self.trial)

    @property
    def host(self) -> str:
        return urlsplit(self.channel.base_url).netloc if self.channel else ""

    @property
    def key_days(self) -> int | None:
        """Days since the keys were set; None when there are none."""
        set_at = self.channel.key_set_at if self.channel else None
        return (timezone.now() - set_at).days if set_at else None

    @property
    def has_old_keys(self) -> bool:
        return (self.key_days or 0) > OLD_KEY

    @property
    def obstacle(self) -> str:
        """Why nobody can switch to this environment because of this channel; "" when it is in nobody's way."""
        if not self.is_used:
            return ""
        if self.channel is None:
            return f"{self.title}：尚未配置"
        if self.faults:
            return f"{self.title}：{'；'.join(self.faults)}"
        if self.environment == Environment.PRODUCTION and not self.is_proven:
            return f"{self.title}：现有配置还没有测试成功，请先点“测试”"
        return ""


def readiness(environment: str) -> list[Readiness]:
    """Every gateway that the institution uses in any environment, as it stands in this one; inside the door.

    A gateway is used where it has an active channel. Those without any channel are left out.
    """
    channels = {(one.gateway, one.environment): one for one in Channel.objects.all()}
    used = {one.gateway for one in channels.values() if one.is_active}
    known = {name for name, _ in channels}
    return [
        _ready(one.name, one.title, environment, channels.get((one.name, environment)), one.name in used)
        for one in gateways()
        if one.name in known
    ]


def obstacles(environment: str, *, found: Sequence[Readiness] | None = None) -> list[str]:
    """Sentences that name what stands in the way of working in this environment; empty when nothing does."""
    channels = readiness(environment) if found is None else found
    if not any(one.is_used for one in channels):
        return ["还没有配置任何接口，请先在系统配置中填写"]
    return [one.obstacle for one in channels if one.obstacle]


def check_channel(gateway: str, environment: str, *, by: Member) -> ChannelCheck:
    """Try the channel exactly as it is saved, as a job. Raises ChannelFault when it is not complete or not right."""
    channel = channel_for(gateway, environment)
    if channel is None:
        raise ChannelFault({"": "这个接口还没有配置，请先填写"})
    trial = start_trial(gateway, environment, {}, by=by)
    check = ChannelCheck.objects.create(channel=channel, version=channel.version, trial=trial, by_label=by.label)
    record(CHECKED, channel, by=by, channel=str(channel))
    return check


def _ready(gateway: str, title: str, environment: str, channel: Channel | None, is_used: bool) -> Readiness:
    faults: tuple[str, ...] = ()
    trial = None
    if channel is not None:
        faults = _faults(channel)
        check = ChannelCheck.objects.filter(channel=channel, version=channel.version).select_related("trial").first()
        trial = check.trial if check else None
    return Readiness(gateway, title, environment, channel, is_used, faults, trial)


def _faults(channel: Channel) -> tuple[str, ...]:
    if not channel.is_active:
        return ("已停用",)
    try:
        candidate(channel.gateway, channel.environment, {})
    except ChannelFault as fault:
        return tuple(fault.faults.values())
    except BrokenSeal:
        return ("密钥无法读取，请重新设置",)
    return ()

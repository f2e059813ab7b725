"""An institution's way to a gateway, changes that wait for a second person, trials, and the allowed addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.gateway.channels.fields import KEYS, LABELS, fields_of, settings_of, wire_of
from portal.gateway.channels.hosts import allowed_hosts, leads_home
from portal.gateway.channels.numbers import next_stamp
from portal.gateway.desk.stations import stations
from portal.gateway.errors import NotSent
from portal.gateway.messages import gateway
from portal.gateway.wire import WireSettings
from portal.vault import SealedField, SealedJson

#: What decides where money messages go and who can read them: a second person confirms it (design 4.2).
GUARDED = (
    *("base_url", "host_address", "app_code", "user_name", "medins_code", "medins_name"),
    *(*KEYS, "switches", "wire_names"),
)
OPEN = ("region", "connect_timeout", "read_timeout", "is_active")


def person() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Channel(TenantModel):
    """One institution's settings for one gateway in one environment (clearing manual, chapter 4).

    Which of them are used says the gateway's wire (`fields_of`); the others are empty. Keys are text as the insurer
    hands them out; reveal them only to build WireSettings.
    """

    platform_rows = True
    reached_anywhere = True

    gateway = models.CharField("接口", max_length=40)
    environment = models.CharField("运行环境", max_length=10, choices=Environment)
    base_url = models.CharField(LABELS["base_url"], max_length=200)
    host_address = models.CharField(LABELS["host_address"], max_length=45, blank=True, default="")
    app_code = models.CharField(LABELS["app_code"], max_length=100, blank=True, default="")
    user_name = models.CharField(LABELS["user_name"], max_length=100, blank=True, default="")
    medins_code = models.CharField(LABELS["medins_code"], max_length=12, blank=True, default="")
    medins_name = models.CharField(LABELS["medins_name"], max_length=100, blank=True, default="")
    region = models.CharField(LABELS["region"], max_length=6, blank=True)
    provider_public_key = SealedField(LABELS["provider_public_key"], null=True)
    public_key = SealedField(LABELS["public_key"], null=True)
    private_key = SealedField(LABELS["private_key"], null=True)
    iv = SealedField(LABELS["iv"], null=True)
    secret_key = SealedField(LABELS["secret_key"], null=True)
    password = SealedField(LABELS["password"], null=True)
    fingerprints = models.JSONField("指纹", default=dict)
    key_set_at = models.DateTimeField("密钥设置时间", null=True)
    key_set_label = models.CharField("密钥设置人", max_length=100, blank=True)
    switches = models.JSONField(LABELS["switches"], default=dict, blank=True)
    wire_names = models.JSONField(LABELS["wire_names"], default=dict, blank=True)
    connect_timeout = models.PositiveSmallIntegerField(LABELS["connect_timeout"], default=10)
    read_timeout = models.PositiveSmallIntegerField(LABELS["read_timeout"], null=True, blank=True)
    is_active = models.BooleanField(LABELS["is_active"], default=True)
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口通道"
        ordering: ClassVar[list[str]] = ["gateway", "environment"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["institution", "gateway", "environment"], name="one_channel_a_gateway")
        ]

    def __str__(self) -> str:
        return channel_label(self.gateway, self.environment)

    def settings(self) -> WireSettings:
        """What the wire needs, with revealed keys; inside the door. NotSent when the channel may not be used."""
        if not self.is_active:
            raise NotSent(f"{self}已停用，请求没有发出")
        at_desks = wire_of(self.gateway).at_desks
        if settings.PRODUCTION and leads_home(self.base_url, self.host_address) and not at_desks:
            raise NotSent("API 地址指向本机的沙箱，正式环境不能使用，请求没有发出")
        return wire_settings(self.gateway, self.values(), self.environment)

    def values(self) -> dict[str, Any]:
        """Everything that this gateway's channels have, with revealed keys; inside the door."""
        found: dict[str, Any] = {name: getattr(self, name) for name in fields_of(self.gateway)}
        for name in KEYS:
            if name in found:
                found[name] = found[name].reveal() if found[name] is not None else ""
        return found


def wire_settings(gateway_name: str, values: Mapping[str, Any], environment: str) -> WireSettings:
    """Settings from a channel's values, saved or not; ValueError for a switch that does not exist."""
    at_desks = wire_of(gateway_name).at_desks
    texts: dict[str, Any] = {one.name: str(values.get(one.name) or "") for one in settings_of(gateway_name)}
    return WireSettings(
        **{"region": str(values.get("region") or ""), **texts},
        gateway=gateway(gateway_name),
        allowed_hosts=allowed_hosts(),
        names=values.get("wire_names") or {},
        switches=wire_of(gateway_name).switches.read(values.get("switches") or {}),
        connect_timeout=float(values.get("connect_timeout") or 10),
        read_timeout=float(values["read_timeout"]) if values.get("read_timeout") else None,
        next_stamp=next_stamp,
        stations=stations(environment, values) if at_desks else {},
    )


def channel_label(gateway_name: str, environment: str) -> str:
    """How people call a channel: 医保清算接口（测试环境）."""
    try:
        title = gateway(gateway_name).title
    except LookupError:
        title = gateway_name
    return f"{title}（{Environment(environment).label}）"


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", "等待复核"
    APPLIED = "applied", "已生效"
    REFUSED = "refused", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"


class ChannelChange(TenantModel):
    """Values somebody wants a channel to have; with four eyes they wait for another person, then apply at once.

    `values` are the changed values only, sealed. `base_version` is the channel's version they were made on (0: new).
    """

    app_may = ("SELECT", "INSERT", "UPDATE")
    reached_anywhere = True

    gateway = models.CharField("接口", max_length=40)
    environment = models.CharField("运行环境", max_length=10, choices=Environment)
    values = SealedJson("内容", null=True)
    fields = models.JSONField("修改的项目", default=list)
    shown = models.JSONField("修改内容", default=list)
    base_version = models.PositiveIntegerField("依据的版本")
    state = models.CharField("状态", max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)
    reason = models.CharField("理由", max_length=200, blank=True)
    proposed_by = person()
    proposed_label = models.CharField("申请人", max_length=100)
    proposed_at = models.DateTimeField("申请时间", default=timezone.now)
    decided_by = person()
    decided_label = models.CharField("复核人", max_length=100, blank=True)
    decided_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "系统配置修改"
        ordering: ClassVar[list[str]] = ["-proposed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["institution", "gateway", "environment"],
                condition=Q(state="proposed"),
                name="one_open_change_a_channel",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="channel_change_two_people",
            ),
        ]

    def __str__(self) -> str:
        return channel_label(self.gateway, self.environment)


class ChannelTrial(TenantModel):
    """One test of a connection with settings that are not saved yet; the values go when it is over."""

    app_may = ("SELECT", "INSERT", "UPDATE")
    reached_anywhere = True

    gateway = models.CharField("接口", max_length=40)
    environment = models.CharField("运行环境", max_length=10, choices=Environment)
    values = SealedJson("内容", null=True)
    by_label = models.CharField("测试人", max_length=100)
    started_at = models.DateTimeField("开始时间", default=timezone.now)
    ended_at = models.DateTimeField("结束时间", null=True)
    is_good = models.BooleanField("连接正常", null=True)
    sentence = models.CharField("结果", max_length=500, blank=True)
    field = models.CharField("有问题的项目", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "连接测试"
        ordering: ClassVar[list[str]] = ["-started_at"]

    def __str__(self) -> str:
        return channel_label(self.gateway, self.environment)


class AllowedAddress(models.Model):
    """A host that the portal may call, set by two people of the platform (design 4.7). `host` or `host:port`."""

    app_may = ("SELECT", "INSERT", "UPDATE")

    host = models.CharField("主机", max_length=200)
    note = models.CharField("用途", max_length=200)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField("申请时间", default=timezone.now)
    approved_by = person()
    approved_at = models.DateTimeField("允许时间", null=True)
    removed_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "允许的接口地址"
        ordering: ClassVar[list[str]] = ["host"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["host"], condition=Q(removed_at=None), name="one_entry_a_host"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="allowed_address_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.host

    @property
    def is_allowed(self) -> bool:
        return self.approved_at is not None and self.removed_at is None


__all__ = ["KEYS", "LABELS", "AllowedAddress", "ChangeState", "Channel", "ChannelChange", "ChannelTrial"]

"""Who wants to hear what, what there was to say, and each time it was said."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from portal.access.models.institution import Environment
from portal.access.rows import LargeTenantModel, TenantModel
from portal.vault import SealedField


class Webhook(TenantModel):
    """An address of the institution's own systems that wants to hear of some events in one environment."""

    app_may = ("SELECT", "INSERT", "UPDATE")

    environment = models.CharField("运行环境", max_length=10, choices=Environment)
    name = models.CharField("名称", max_length=50)
    url = models.CharField("推送地址", max_length=300)
    events = ArrayField(models.CharField(max_length=60), verbose_name="事件")
    secret = SealedField("签名密钥")
    is_active = models.BooleanField("启用", default=True)
    made_label = models.CharField("创建人", max_length=100)
    created_at = models.DateTimeField("创建时间", db_default=Now())
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "消息推送"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        return "启用" if self.is_active else "已停用"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "等待推送"
    DELIVERED = "delivered", "已送达"
    GIVEN_UP = "given_up", "未送达"
    STOPPED = "stopped", "推送已停用"


class Delivery(LargeTenantModel):
    """One message to one address. `message` is the number its receiver knows it by: a repeated message keeps it.

    `body` is what is sent, without anything about people: it says what happened and where to read it.
    """

    app_may = ("SELECT", "INSERT", "UPDATE", "DELETE")

    webhook = models.ForeignKey(
        Webhook, verbose_name="推送", on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    environment = models.CharField("运行环境", max_length=10, choices=Environment)
    message = models.UUIDField("消息编号")
    event = models.CharField("事件", max_length=60)
    about = models.CharField("业务编号", max_length=200, blank=True)
    body = models.JSONField("内容", encoder=DjangoJSONEncoder)
    state = models.CharField("状态", max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField("推送次数", default=0)
    replays = models.PositiveSmallIntegerField("重新推送", default=0)
    status = models.PositiveSmallIntegerField("HTTP 状态", null=True)
    sentence = models.CharField("结果", max_length=300, blank=True)
    created_at = models.DateTimeField("发生时间", db_default=Now())
    next_at = models.DateTimeField("下次推送", db_default=Now(), null=True)
    delivered_at = models.DateTimeField("送达时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "推送记录"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="hooks_delivery_state")]
        indexes = [
            models.Index(fields=["institution", "environment", "-id"], name="hooks_delivery_recent"),
            models.Index(fields=["institution", "webhook", "-id"], name="hooks_delivery_webhook"),
            models.Index(fields=["institution", "next_at"], condition=Q(state="waiting"), name="hooks_delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.about}"


class DeliveryTry(LargeTenantModel):
    """One sending of a message, and what came back."""

    app_may = ("SELECT", "INSERT", "DELETE")

    delivery = models.ForeignKey(
        Delivery, verbose_name="推送记录", on_delete=models.CASCADE, related_name="try_rows", db_index=False
    )
    sent_at = models.DateTimeField("时间", db_default=Now())
    took_ms = models.PositiveIntegerField("耗时（毫秒）")
    status = models.PositiveSmallIntegerField("HTTP 状态", null=True)
    sentence = models.CharField("结果", max_length=300)
    answer = SealedField("对方的回应", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "推送尝试"
        ordering = ["sent_at", "id"]
        indexes = [models.Index(fields=["institution", "delivery", "sent_at"], name="hooks_try_delivery")]

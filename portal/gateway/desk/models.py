"""The desks of an institution: computers with a bridge, and who sits where."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.gateway.desk.station import Station
from portal.vault import SealedField


class Desk(TenantModel):
    """One computer with a bridge. Its address is https, or http where portal and bridge share a computer.

    `certificate` is the bridge's (PEM): it is the only one believed there. `client_certificate` and `client_key` are
    what the bridge knows the portal by. `health` is what it last said about itself.
    """

    app_may = ("SELECT", "INSERT", "UPDATE")

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    name = models.CharField("名称", max_length=40)
    address = models.CharField("桥接地址", max_length=200)
    token = SealedField("令牌", null=True)
    certificate = models.TextField("桥接证书", blank=True, default="")
    client_certificate = models.TextField("门户证书", blank=True, default="")
    client_key = SealedField("门户证书私钥", null=True)
    token_set_at = models.DateTimeField("令牌设置时间", null=True)
    device_no = models.CharField("设备编号", max_length=100, blank=True, default="")
    term_no = models.CharField("终端编号", max_length=30, blank=True, default="")
    dept_code = models.CharField("医保科室编号", max_length=20, blank=True, default="")
    dept_name = models.CharField("医保科室名称", max_length=30, blank=True, default="")
    is_active = models.BooleanField("启用", default=True)
    version = models.PositiveIntegerField("版本", default=1)
    health = models.JSONField("最近检查", null=True)
    checked_at = models.DateTimeField("检查时间", null=True)
    created_label = models.CharField("登记人", max_length=100, blank=True)
    created_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "终端"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "name"], name="one_desk_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def station(self) -> Station:
        """What the wire needs, with the revealed token; inside the door."""
        return Station(
            key=str(self.pk),
            name=self.name,
            address=self.address,
            token=self.token.reveal() if self.token is not None else "",
            certificate=self.certificate,
            client_certificate=self.client_certificate,
            client_key=self.client_key.reveal() if self.client_key is not None else "",
            device_no=self.device_no,
            term_no=self.term_no,
            dept_code=self.dept_code,
            dept_name=self.dept_name,
            real=settings.PRODUCTION or self.environment == Environment.PRODUCTION,
        )


class DeskSeat(TenantModel):
    """Which desk somebody works at, in one environment; chosen by themselves, and kept until they choose another."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="人员", on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey(Desk, verbose_name="终端", on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField("选定时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "人员所在终端"
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "user"], name="one_seat_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.desk_id}"

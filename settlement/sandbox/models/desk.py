"""What a desk's library remembers of one party: its reader, prepaid accounts and trades, charges, permissions."""

from typing import ClassVar, Self

from django.db import models

from portal.gateway.sandbox.models import Party
from settlement.sandbox.models.people import Insured


class Reader(models.Model):
    """The party's card reader: whose card lies there, PIN typed (right, wrong, locked), bills that wait."""

    class Kind(models.TextChoices):
        SOCIAL = "social", "社保卡"
        IDENTITY = "identity", "身份证"
        CODE = "code", "医保电子凭证"
        HEALTH = "health", "电子健康卡"
        NOTHING = "", "没有卡"

    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SOCIAL, blank=True)
    insured = models.ForeignKey(Insured, on_delete=models.CASCADE, null=True, related_name="+")
    pin = models.CharField(max_length=8, default="right")
    changed_pins = models.IntegerField(default=0)
    bills = models.JSONField(default=dict)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"

    def __str__(self) -> str:
        return self.kind


class Purse(models.Model):
    """A prepaid account of one patient."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    patient = models.CharField(max_length=32)
    account_type = models.CharField(max_length=2)
    balance = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        constraints = [
            models.UniqueConstraint(fields=["party", "patient", "account_type"], name="one_purse_a_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} {self.account_type}"


class Trade(models.Model):
    """A recharge, or a refund of one. `asked`: how many queries found it under way; a duplicate has its number too."""

    class Kind(models.TextChoices):
        RECHARGE = "hop.trade.recharge", "充值"
        REFUND = "hop.trade.refund", "退款"

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    purse = models.ForeignKey(Purse, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    number = models.CharField(max_length=32)
    trace_no = models.CharField(max_length=32, unique=True)
    original = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="+")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    result = models.CharField(max_length=10)
    way = models.CharField(max_length=32, blank=True)
    asked = models.IntegerField(default=0)
    msgid = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        indexes = [models.Index(fields=["party", "kind", "number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.result}"


class Charge(models.Model):
    """An outpatient's settlement through the settling window. `order_no` is its setl_id, too."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    order_no = models.CharField(max_length=30, unique=True)
    mdtrt_id = models.CharField(max_length=30)
    psn_no = models.CharField(max_length=30, blank=True)
    certno = models.CharField(max_length=20)
    insutype = models.CharField(max_length=6, blank=True)
    total = models.DecimalField(max_digits=16, decimal_places=2)
    fund = models.DecimalField(max_digits=16, decimal_places=2)
    account = models.DecimalField(max_digits=16, decimal_places=2)
    cash = models.DecimalField(max_digits=16, decimal_places=2)
    is_cancelled = models.BooleanField(default=False)
    msgid = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"

    def __str__(self) -> str:
        return self.order_no


class Permission(models.Model):
    """The code that a patient is to scan, and what came of it (ing, succ, fail, cancel)."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=32)
    status = models.CharField(max_length=8, default="ing")
    asked = models.IntegerField(default=0)
    insured = models.ForeignKey(Insured, on_delete=models.CASCADE, null=True, related_name="+")
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="one_permission_a_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.status}"

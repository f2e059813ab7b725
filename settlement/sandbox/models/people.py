"""The insured of one party with their insurances, cards and e-voucher codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

from portal.gateway.sandbox.models import Party

# Relations that end here are written down for the type checker: it runs with the portal's settings, which do not
# install these tables.
if TYPE_CHECKING:
    from settlement.sandbox.models.papers import Filing
    from settlement.sandbox.models.visits import Visit


class Insured(models.Model):
    """A person who does not exist. `identities` are rows of 1101's idetinfo; `kind` says what they are for."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    psn_no = models.CharField(max_length=30, unique=True)
    psn_name = models.CharField(max_length=50)
    psn_cert_type = models.CharField(max_length=6)
    certno = models.CharField(max_length=50, db_index=True)
    gend = models.CharField(max_length=1)
    brdy = models.DateField()
    card_no = models.CharField(max_length=50)
    card_sn = models.CharField(max_length=32)
    tel = models.CharField(max_length=50, blank=True)
    identities = models.JSONField(default=list)
    insurances: models.QuerySet[Insurance]
    filings: models.QuerySet[Filing]
    visits: models.QuerySet[Visit]
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"

    def __str__(self) -> str:
        return self.psn_no


class Insurance(models.Model):
    """One insurance of a person: state, region, account. `pooled_before`: what the pool paid in the year elsewhere."""

    insured = models.ForeignKey(Insured, on_delete=models.CASCADE, related_name="insurances")
    insutype = models.CharField(max_length=6)
    psn_type = models.CharField(max_length=6)
    psn_insu_stas = models.CharField(max_length=6, default="1")
    cvlserv_flag = models.CharField(max_length=1, default="0")
    insuplc_admdvs = models.CharField(max_length=6)
    emp_name = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    paused = models.DateField(null=True)
    balance = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    family_balance = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    pooled_before = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        constraints = [models.UniqueConstraint(fields=["insured", "insutype"], name="one_insurance_a_type")]

    def __str__(self) -> str:
        return f"{self.insutype} {self.insuplc_admdvs}"


class Voucher(models.Model):
    """An e-voucher code. 1101 takes it once (`read_at`), and one registration or settlement after that (`spent_on`)."""

    insured = models.ForeignKey(Insured, on_delete=models.CASCADE, related_name="vouchers")
    code = models.CharField(max_length=50, unique=True)
    read_at = models.DateTimeField(null=True)
    spent_on = models.CharField(max_length=10, blank=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"

    def __str__(self) -> str:
        return self.code[-6:]

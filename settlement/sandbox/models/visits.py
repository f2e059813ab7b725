"""Visits of a party's patients with their lines and settlements."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.db import models

from portal.gateway.sandbox.models import Party
from settlement.sandbox.models.people import Insurance, Insured


def money() -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=16, decimal_places=2)


class Visit(models.Model):
    """A visit by `mdtrt_id`. `facts`: what registering told; `diagnoses`, `leaving`, `left_with`: what came later."""

    class Kind(models.TextChoices):
        PHARMACY = "pharmacy"
        OUTPATIENT = "outpatient"
        INPATIENT = "inpatient"

    class State(models.TextChoices):
        OPEN = "open"
        LEFT = "left"
        UNDONE = "undone"

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    insured = models.ForeignKey(Insured, on_delete=models.CASCADE, related_name="visits")
    insurance = models.ForeignKey(Insurance, on_delete=models.CASCADE, related_name="+")
    mdtrt_id = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    number = models.CharField(max_length=30, blank=True)
    med_type = models.CharField(max_length=6)
    begins = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    msgid = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    diagnoses = models.JSONField(default=list)
    leaving = models.JSONField(default=dict)
    left_with = models.JSONField(default=list)
    opter = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    lines: models.QuerySet[Line]
    settlements: models.QuerySet[Settlement]
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        indexes = [models.Index(fields=["party", "kind", "state"]), models.Index(fields=["party", "number"])]

    def __str__(self) -> str:
        return self.mdtrt_id


class Settlement(models.Model):
    """What was paid. `state`: live, undone (by 2103, 2208 or 2305, under `undo_setl_id`), or reversed (2601)."""

    class State(models.TextChoices):
        LIVE = "live"
        UNDONE = "undone"
        REVERSED = "reversed"

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="settlements")
    setl_id = models.CharField(max_length=30, unique=True)
    msgid = models.CharField(max_length=40, db_index=True)
    infno = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=State, default=State.LIVE)
    batch = models.CharField(max_length=30, blank=True)
    is_interim = models.BooleanField(default=False)
    year = models.IntegerField()
    kind = models.CharField(max_length=10)
    settled_at = models.DateTimeField()
    undo_setl_id = models.CharField(max_length=30, blank=True)
    undone_at = models.DateTimeField(null=True)
    balance = money()
    medfee_sumamt = money()
    fulamt_ownpay_amt = money()
    overlmt_selfpay = money()
    preselfpay_amt = money()
    inscp_scp_amt = money()
    act_pay_dedc = money()
    pool_prop_selfpay = models.DecimalField(max_digits=5, decimal_places=4)
    hifp_pay = money()
    cvlserv_pay = money()
    hifob_pay = money()
    hifmi_pay = money()
    maf_pay = money()
    fund_pay_sumamt = money()
    psn_part_amt = money()
    hosp_part_amt = money()
    acct_pay = money()
    acct_mulaid_pay = money()
    psn_cash_pay = money()
    shares = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    lines: models.QuerySet[Line]
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        indexes = [models.Index(fields=["visit", "state"])]

    def __str__(self) -> str:
        return self.setl_id


class Line(models.Model):
    """One fee line of a visit, cut up; `settlement` while it takes part in a live one. `facts`: all that was sent."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="lines")
    settlement = models.ForeignKey(Settlement, on_delete=models.SET_NULL, null=True, related_name="lines")
    feedetl_sn = models.CharField(max_length=30)
    batch = models.CharField(max_length=30, blank=True)
    dise_codg = models.CharField(max_length=30, blank=True)
    med_list_codg = models.CharField(max_length=50)
    name = models.CharField(max_length=200)
    at = models.DateTimeField()
    cnt = models.DecimalField(max_digits=16, decimal_places=4)
    pric = models.DecimalField(max_digits=16, decimal_places=6)
    amount = money()
    own = money()
    over = money()
    first = money()
    in_scope = money()
    price_limit = models.DecimalField(max_digits=16, decimal_places=6)
    selfpay_prop = models.DecimalField(max_digits=5, decimal_places=4)
    list_type = models.CharField(max_length=6)
    chrgitm_lv = models.CharField(max_length=3)
    med_chrgitm_type = models.CharField(max_length=6)
    refunds = models.CharField(max_length=30, blank=True)
    facts = models.JSONField(default=dict)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        constraints = [models.UniqueConstraint(fields=["visit", "feedetl_sn"], name="line_once_a_visit")]

    def __str__(self) -> str:
        return self.feedetl_sn

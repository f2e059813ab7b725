"""The centre's book of what it has settled with an institution, and how its files look: people may spoil both."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from portal.gateway.sandbox.models import Party
from settlement.sandbox.models.visits import Settlement, money


class BookRow(models.Model):
    """One row of the book: a settlement, or with `is_refund` what was paid back (negative amounts, its own number).

    `settlement` when it was settled over the wire; others were written in by `fill_book` or by a fault. `fault`: what
    spoiled it. `is_hidden`: the centre has lost it. `before`: what stood there before, for mending.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    settlement = models.ForeignKey(Settlement, on_delete=models.CASCADE, null=True, related_name="+")
    is_refund = models.BooleanField(default=False)
    setl_id = models.CharField(max_length=30)
    mdtrt_id = models.CharField(max_length=30)
    psn_no = models.CharField(max_length=30)
    msgid = models.CharField(max_length=40, blank=True)
    insutype = models.CharField(max_length=6)
    clr_type = models.CharField(max_length=6)
    setl_optins = models.CharField(max_length=6)
    at = models.DateTimeField()
    medfee_sumamt = money()
    fund_pay_sumamt = money()
    acct_pay = money()
    cash_payamt = money()
    refunds = models.CharField(max_length=30, blank=True)
    is_hidden = models.BooleanField(default=False)
    fault = models.CharField(max_length=20, blank=True)
    before = models.JSONField(default=dict)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        indexes = [models.Index(fields=["party", "at"]), models.Index(fields=["party", "setl_id"])]

    def __str__(self) -> str:
        return self.setl_id


class BookForm(models.Model):
    """How result files of 3202 come: `layout` (settlement.sandbox.book_files), and how many seconds late."""

    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="+")
    layout = models.CharField(max_length=20, blank=True)
    seconds = models.FloatField(default=0)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"

    def __str__(self) -> str:
        return self.layout


class Applied(models.Model):
    """A month that a balanced total account has turned into an application for clearing."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    month = models.CharField(max_length=7)
    insutype = models.CharField(max_length=6)
    clr_type = models.CharField(max_length=6)
    setl_optins = models.CharField(max_length=6)
    times = models.IntegerField(default=1)
    msgid = models.CharField(max_length=40)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "month", "insutype", "clr_type", "setl_optins"], name="applied_once_a_scope"
            )
        ]

    def __str__(self) -> str:
        return self.month

"""The centre's books: what was generated, verified and applied for."""

from typing import ClassVar, Self

from django.db import models


class Book(models.Model):
    """One year of one party. Its row is locked by every changing call, so they come one after another."""

    party = models.ForeignKey("sandbox.Party", on_delete=models.CASCADE, related_name="+")
    year = models.CharField(max_length=4)
    generations = models.IntegerField(default=0)
    applications = models.IntegerField(default=0)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "clearing_sandbox"
        constraints = [models.UniqueConstraint(fields=["party", "year"], name="one_book_a_year")]

    def __str__(self) -> str:
        return f"{self.party}/{self.year}"


class Application(models.Model):
    """A clearing application; live until it is cancelled."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="submitted")
    application_no = models.CharField(max_length=40, unique=True)
    aka080 = models.CharField(max_length=3)
    qsjg00 = models.CharField(max_length=3)
    audit_state = models.CharField(max_length=20, default="pending")
    row_count = models.IntegerField()
    medfee_sumamt = models.DecimalField(max_digits=18, decimal_places=2)
    fund_due_amt = models.DecimalField(max_digits=18, decimal_places=2)
    disburse_amt = models.DecimalField(max_digits=18, decimal_places=2)
    applied_at = models.DateTimeField(auto_now_add=True)
    is_live = models.BooleanField(default=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "clearing_sandbox"
        constraints = [
            models.UniqueConstraint(
                fields=["book", "aka080", "qsjg00"], condition=models.Q(is_live=True), name="one_live_application"
            )
        ]

    def __str__(self) -> str:
        return self.application_no


class Row(models.Model):
    """One generated clearing row (clearing manual 5.3); `broken` names the identity that was spoilt on purpose."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="rows")
    row_id = models.CharField(max_length=40, unique=True)
    aka080 = models.CharField(max_length=3)
    qsjg00 = models.CharField(max_length=3)
    medins_code = models.CharField(max_length=12)
    medins_name = models.CharField(max_length=200)
    medins_type = models.CharField(max_length=20)
    insu_admdvs = models.CharField(max_length=6)
    akc191 = models.CharField(max_length=3)
    clr_type = models.CharField(max_length=6)
    visit_count = models.IntegerField()
    medfee_sumamt = models.DecimalField(max_digits=16, decimal_places=2)
    fund_due_amt = models.DecimalField(max_digits=16, decimal_places=2)
    monthly_paid_amt = models.DecimalField(max_digits=16, decimal_places=2)
    deposit_amt = models.DecimalField(max_digits=16, decimal_places=2)
    deduct_amt = models.DecimalField(max_digits=16, decimal_places=2)
    assess_score = models.DecimalField(max_digits=5, decimal_places=2)
    deposit_refund_amt = models.DecimalField(max_digits=16, decimal_places=2)
    disburse_amt = models.DecimalField(max_digits=16, decimal_places=2)
    hdzt00 = models.CharField(max_length=3, default="000")
    qssqzt = models.CharField(max_length=3, default="000")
    application = models.ForeignKey(Application, on_delete=models.SET_NULL, null=True, related_name="rows")
    broken = models.CharField(max_length=20, blank=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "clearing_sandbox"
        ordering = ["row_id"]
        indexes = [models.Index(fields=["book", "aka080", "qsjg00", "hdzt00"])]

    def __str__(self) -> str:
        return self.row_id


class CrossMonth(models.Model):
    """One month of cross-region settlements of one party (national interface, 3260 to 3262).

    Its row is locked by every call, so they come one after another; `is_closed`: nothing may be changed any more.
    """

    party = models.ForeignKey("sandbox.Party", on_delete=models.CASCADE, related_name="+")
    year = models.CharField(max_length=4)
    month = models.CharField(max_length=2)
    is_closed = models.BooleanField(default=False)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "clearing_sandbox"
        constraints = [models.UniqueConstraint(fields=["party", "year", "month"], name="one_cross_month")]

    def __str__(self) -> str:
        return f"{self.party}/{self.year}-{self.month}"


class CrossConfirmation(models.Model):
    """One 3261 that took effect, under the name the centre gave the message; live until it is rolled back."""

    month = models.ForeignKey(CrossMonth, on_delete=models.CASCADE, related_name="confirmations")
    refmsgid = models.CharField(max_length=30, unique=True)
    msgid = models.CharField(max_length=30)
    rows = models.IntegerField()
    is_live = models.BooleanField(default=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "clearing_sandbox"

    def __str__(self) -> str:
        return self.refmsgid


class CrossSettlement(models.Model):
    """One settlement of somebody insured elsewhere (table 6); `confirmation` and `cnfm_flag` are of the live 3261."""

    month = models.ForeignKey(CrossMonth, on_delete=models.CASCADE, related_name="settlements")
    seqno = models.IntegerField()
    certno = models.CharField(max_length=18)
    mdtrt_id = models.CharField(max_length=20)
    mdtrt_setl_time = models.CharField(max_length=19)
    setl_sn = models.CharField(max_length=30)
    fulamt_advpay_flag = models.CharField(max_length=3)
    medfee_sumamt = models.DecimalField(max_digits=16, decimal_places=2)
    optins_pay_sumamt = models.DecimalField(max_digits=16, decimal_places=2)
    confirmation = models.ForeignKey(
        CrossConfirmation, on_delete=models.SET_NULL, null=True, related_name="settlements"
    )
    cnfm_flag = models.CharField(max_length=1, blank=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "clearing_sandbox"
        constraints = [
            models.UniqueConstraint(fields=["month", "seqno"], name="one_cross_seqno"),
            models.UniqueConstraint(fields=["month", "setl_sn"], name="one_cross_setl_sn"),
        ]

    def __str__(self) -> str:
        return self.setl_sn

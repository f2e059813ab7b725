"""What an institution uploaded: stays, their advices, batches and fee items, papers; and new catalogue versions."""

from decimal import Decimal
from typing import ClassVar, Self

from django.db import models

from injury.sandbox.models.people import Person


class Published(models.Model):
    """A version of a catalogue item that the centre published after the party was registered."""

    party = models.ForeignKey("sandbox.Party", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=20)
    version = models.IntegerField()
    price_limit = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    valid_from = models.DateField()
    valid_to = models.DateField()
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"
        constraints = [models.UniqueConstraint(fields=["party", "code", "version"], name="injury_version_once")]

    def __str__(self) -> str:
        return f"{self.code}/{self.version}"


class State(models.TextChoices):
    """How far a stay is; undone ones are kept, but count for nothing."""

    ADMITTED = "admitted", "在院"
    DISCHARGED = "discharged", "已出院"
    CLAIMED = "claimed", "已提交结算申请"
    AUDITED = "audited", "经办机构已审核"
    UNDONE = "undone", "已撤销入院"


class Stay(models.Model):
    """One admission. Its row is locked by every changing call about it.

    `approved_total`: what the last approval (4.12) or sheet (4.16) told, None before. `deductions`: the auditor's own,
    rows of {name, price, quantity, amount, rejected, reason}.
    """

    party = models.ForeignKey("sandbox.Party", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="stays")
    akc190 = models.CharField(max_length=30)
    is_cross = models.BooleanField(default=False)
    is_new = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ADMITTED)
    is_restricted = models.BooleanField(default=False)
    number = models.IntegerField()
    alca02 = models.CharField(max_length=50, blank=True)
    aae073 = models.CharField(max_length=20, blank=True)
    aka130 = models.CharField(max_length=3)
    akc191 = models.CharField(max_length=3)
    admitted_on = models.DateField()
    discharged_on = models.DateField(null=True)
    alc028 = models.CharField(max_length=200)
    akc196 = models.CharField(max_length=255, blank=True)
    akc666 = models.CharField(max_length=1, blank=True)
    days = models.IntegerField(default=0)
    approved_total = models.DecimalField(max_digits=30, decimal_places=4, null=True)
    deductions = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    entered_at = models.DateTimeField(auto_now_add=True)
    lines: "models.QuerySet[Line]"
    batches: "models.QuerySet[Batch]"
    advices: "models.QuerySet[Advice]"
    materials: "models.QuerySet[Material]"
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "akc190"], condition=~models.Q(state=State.UNDONE), name="injury_stay_once"
            )
        ]
        indexes = [models.Index(fields=["person", "state"]), models.Index(fields=["akc190"])]

    def __str__(self) -> str:
        return self.akc190

    @property
    def state_label(self) -> str:
        return str(State(self.state).label)


class Advice(models.Model):
    """A doctor's advice; the same number again replaces it."""

    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="advices")
    aae080 = models.CharField(max_length=50)
    content = models.JSONField()
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"
        constraints = [models.UniqueConstraint(fields=["stay", "aae080"], name="injury_advice_once")]

    def __str__(self) -> str:
        return self.aae080


class Batch(models.Model):
    """One message of fee items that was stored; `digest` says what was in it, whatever the order."""

    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="batches")
    nonce = models.CharField(max_length=64)
    rows = models.IntegerField()
    amount = models.DecimalField(max_digits=30, decimal_places=4)
    digest = models.CharField(max_length=32)
    at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"
        indexes = [models.Index(fields=["stay", "digest"])]

    def __str__(self) -> str:
        return f"{self.stay}/{self.pk}"


class Line(models.Model):
    """One fee item as uploaded, under the names of 4.10; wiped lines are deleted.

    `reason` and `rejected`: what the automatic audit keeps back (AKA073) and how much of it.
    """

    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="lines", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="lines", db_index=False)
    alc400 = models.CharField(max_length=20)
    alc401 = models.DateField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    aka063 = models.CharField(max_length=5)
    kind = models.CharField(max_length=1)
    version = models.CharField(max_length=10)
    price = models.DecimalField(max_digits=18, decimal_places=6)
    quantity = models.DecimalField(max_digits=30, decimal_places=4)
    amount = models.DecimalField(max_digits=30, decimal_places=4)
    akc515 = models.CharField(max_length=30)
    aae080 = models.CharField(max_length=50)
    reason = models.CharField(max_length=2, blank=True)
    rejected = models.DecimalField(max_digits=30, decimal_places=4, default=Decimal(0))
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"
        indexes = [models.Index(fields=["stay", "alc400"])]

    def __str__(self) -> str:
        return f"{self.alc400}/{self.akc515}"


class Material(models.Model):
    """An invoice or other paper; an invoice number is used once, for one stay."""

    party = models.ForeignKey("sandbox.Party", on_delete=models.CASCADE, related_name="+")
    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="materials")
    number = models.CharField(max_length=50)
    money = models.DecimalField(max_digits=16, decimal_places=2)
    file_format = models.CharField(max_length=4)
    filetype = models.CharField(max_length=3)
    size = models.IntegerField()
    with_discharge = models.BooleanField(default=False)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="injury_invoice_once")]

    def __str__(self) -> str:
        return self.number

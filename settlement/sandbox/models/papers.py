"""What else a centre keeps of a party: filings, uploads, files, and how far its catalogues have come."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from portal.gateway.sandbox.models import Party
from settlement.sandbox.models.people import Insured


class Centre(models.Model):
    """The centre of one party. `versions`: how many versions of a catalogue there are beyond the first ones."""

    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="+")
    versions = models.JSONField(default=dict)
    vouchers = models.IntegerField(default=0)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"

    def __str__(self) -> str:
        return str(self.party)


class Filing(models.Model):
    """A filing under its `trt_dcla_detl_sn`; people at the centre decide it."""

    class Kind(models.TextChoices):
        TRANSFER = "transfer"
        CHRONIC = "chronic"
        DESIGNATED = "designated"
        TWO_DISEASES = "two"

    class State(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REFUSED = "refused"
        CANCELLED = "cancelled"

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    insured = models.ForeignKey(Insured, on_delete=models.CASCADE, related_name="filings")
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    insutype = models.CharField(max_length=6, blank=True)
    code = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=300, blank=True)
    begins = models.DateField()
    ends = models.DateField(null=True)
    msgid = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"

    def __str__(self) -> str:
        return self.number


class Upload(models.Model):
    """A collected record by its business key; sent again it is replaced (`times` counts)."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    family = models.CharField(max_length=10)
    key = models.CharField(max_length=200)
    number = models.CharField(max_length=40, blank=True)
    times = models.IntegerField(default=1)
    size = models.IntegerField(default=0)
    digest = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    msgid = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"
        constraints = [models.UniqueConstraint(fields=["party", "family", "key"], name="upload_once_a_key")]

    def __str__(self) -> str:
        return f"{self.family} {self.key}"


class File(models.Model):
    """A file that 9102 gives: a catalogue's version (made when it is fetched) or bytes that came with 9101.

    `ready_at`: when it can be fetched.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=40, unique=True)
    filename = models.CharField(max_length=200)
    infno = models.CharField(max_length=10, blank=True)
    version = models.IntegerField(default=0)
    content = models.BinaryField(null=True)
    ready_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "settlement_sandbox"

    def __str__(self) -> str:
        return self.number

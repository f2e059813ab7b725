"""What the sandbox remembers: who may call, what took effect, which faults are switched on."""

from typing import ClassVar, Self

from django.db import models


class Provider(models.Model):
    """The centre behind one gateway: its key pair and the IV it hands out."""

    gateway = models.CharField(max_length=20, unique=True)
    public_key = models.CharField(max_length=130)
    private_key = models.CharField(max_length=64)
    iv = models.CharField(max_length=32)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "sandbox"

    def __str__(self) -> str:
        return self.gateway


class Party(models.Model):
    """An institution that may call a gateway, with the public key it registered or the secret it was given.

    `options` steer what it sees: seed of its city, number of institutions, years, broken rows (docs/sandbox.md).
    """

    gateway = models.CharField(max_length=20)
    app_code = models.CharField(max_length=100)
    public_key = models.CharField(max_length=130, blank=True)
    secret_key = models.CharField(max_length=200, blank=True)
    password = models.CharField(max_length=100, blank=True)
    institution = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    switches = models.JSONField(default=dict)
    wire_names = models.JSONField(default=dict)
    registered_at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "sandbox"
        constraints = [models.UniqueConstraint(fields=["gateway", "app_code"], name="one_party_a_code")]

    def __str__(self) -> str:
        return f"{self.gateway}/{self.app_code}"


class UsedNonce(models.Model):
    """A nonce or message id that was accepted; it is refused a second time."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE)
    nonce = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "sandbox"
        constraints = [models.UniqueConstraint(fields=["party", "nonce"], name="nonce_once")]

    def __str__(self) -> str:
        return self.nonce


class OperatorShift(models.Model):
    """An operator who signed in at the national interface (9001); valid for 24 hours, until signed out."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE)
    operator = models.CharField(max_length=20)
    sign_no = models.CharField(max_length=30)
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "sandbox"
        constraints = [models.UniqueConstraint(fields=["party", "sign_no"], name="operator_sign_no_once")]

    def __str__(self) -> str:
        return f"{self.operator} {self.sign_no}"


class CheckMedium(models.Model):
    """What the security control of the national interface handed out for a transaction, and what it was used for."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE)
    infno = models.CharField(max_length=10)
    medium = models.CharField(max_length=100)
    used = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "sandbox"
        constraints = [models.UniqueConstraint(fields=["party", "medium"], name="check_medium_once")]

    def __str__(self) -> str:
        return f"{self.infno} {self.medium}"


class Effect(models.Model):
    """One changing transaction that took effect, written in the transaction that changed the state.

    `is_duplicate`: an effect like it was live already, so the institution's books are wrong now. `undone_by`: the
    effect that took this one back; an effect is live while it is empty.
    """

    gateway = models.CharField(max_length=20)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="effects")
    code = models.CharField(max_length=40)
    nonce = models.CharField(max_length=64)
    business_key = models.CharField(max_length=200)
    amounts = models.JSONField(default=dict)
    detail = models.JSONField(default=dict)
    is_duplicate = models.BooleanField(default=False)
    undone_by = models.ForeignKey("self", on_delete=models.CASCADE, null=True)
    at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "sandbox"
        indexes = [models.Index(fields=["party", "code", "business_key"]), models.Index(fields=["party", "nonce"])]

    def __str__(self) -> str:
        return f"{self.code} {self.business_key}"


class Fault(models.Model):
    """A fault that is switched on. Whether the n-th matching call is hit follows from `seed` and n alone."""

    kind = models.CharField(max_length=20)
    rate = models.FloatField(default=1.0)
    seed = models.CharField(max_length=40, default="0")
    count = models.IntegerField(null=True)
    gateway = models.CharField(max_length=20, blank=True)
    party = models.CharField(max_length=64, blank=True)
    codes = models.JSONField(default=list)
    seconds = models.FloatField(default=0)
    seen = models.IntegerField(default=0)
    hits = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "sandbox"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.hits}/{self.seen}"

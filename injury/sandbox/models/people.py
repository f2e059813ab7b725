"""The insured as the centre knows them: cards, injuries, approvals, accident reports, filings. All invented."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

# Relations that end here are written down for the type checker: it runs with the portal's settings, which do not
# install these tables.
if TYPE_CHECKING:
    from injury.sandbox.models.stays import Stay

GENDERS = (("1", "男"), ("2", "女"))


class Centre(models.Model):
    """One party's centre. Its row is locked by whoever admits, so that two admissions come one after another.

    `trouble`: transaction → code that is answered instead, while the centre's own storage "fails".
    """

    party = models.OneToOneField("sandbox.Party", on_delete=models.CASCADE, related_name="+")
    trouble = models.JSONField(default=dict)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"

    def __str__(self) -> str:
        return str(self.party)


class Person(models.Model):
    """An insured person who does not exist, with a plastic and an electronic card.

    `kind`: old, new, cross (another province) or none (nothing happened to them).
    """

    party = models.ForeignKey("sandbox.Party", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5)
    number = models.CharField(max_length=20)
    name = models.CharField(max_length=20)
    id_no = models.CharField(max_length=18)
    sex = models.CharField(max_length=1, choices=GENDERS)
    employer = models.CharField(max_length=20)
    card_no = models.CharField(max_length=9)
    card_code = models.CharField(max_length=32)
    qrcode = models.CharField(max_length=22)
    card_state = models.CharField(max_length=1, default="1")
    card_until = models.CharField(max_length=8)
    injuries: "models.QuerySet[Injury]"
    filings: "models.QuerySet[Filing]"
    stays: "models.QuerySet[Stay]"
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="injury_person_once"),
            models.UniqueConstraint(fields=["party", "id_no"], name="injury_identity_once"),
        ]
        indexes = [models.Index(fields=["party", "card_no"]), models.Index(fields=["party", "qrcode"])]

    def __str__(self) -> str:
        return self.number


class Injury(models.Model):
    """One injury; `alca02` is empty until it is recognised."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="injuries")
    alca02 = models.CharField(max_length=30, blank=True)
    aab001 = models.CharField(max_length=20)
    aab301 = models.CharField(max_length=6)
    happened_on = models.DateField()
    part = models.CharField(max_length=50)
    diagnosis = models.CharField(max_length=200)
    place = models.CharField(max_length=200)
    alc021 = models.CharField(max_length=3, default="3")
    alc027 = models.CharField(max_length=3, default="01")
    alc060 = models.CharField(max_length=3, blank=True)
    ala040 = models.CharField(max_length=3, blank=True)
    aae116 = models.CharField(max_length=3, default="1")
    treatments: "models.QuerySet[Treatment]"
    reports: "models.QuerySet[Report]"
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"
        indexes = [models.Index(fields=["alca02"])]

    def __str__(self) -> str:
        return self.alca02 or f"{self.person}/{self.happened_on}"


class Treatment(models.Model):
    """An application for continued treatment; akc175 1 means approved (4.4)."""

    injury = models.ForeignKey(Injury, on_delete=models.CASCADE, related_name="treatments")
    aae073 = models.CharField(max_length=20, db_index=True)
    akc175 = models.CharField(max_length=1)
    jxzl = models.CharField(max_length=1)
    ale021 = models.CharField(max_length=1)
    applied_on = models.DateField()
    decided_on = models.DateField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    doctor = models.CharField(max_length=20)
    chief = models.CharField(max_length=20)
    opinion = models.CharField(max_length=200, blank=True)
    special_item = models.CharField(max_length=100, blank=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"

    def __str__(self) -> str:
        return self.aae073


class Report(models.Model):
    """An accident report of an employer, and how far its recognition is (4.6)."""

    injury = models.ForeignKey(Injury, on_delete=models.CASCADE, related_name="reports")
    number = models.CharField(max_length=20)
    clc004 = models.CharField(max_length=2)
    alc029 = models.CharField(max_length=1)
    reported_on = models.DateField()
    handled_on = models.DateField()
    reporter = models.CharField(max_length=20)
    first_aid = models.CharField(max_length=100)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"

    def __str__(self) -> str:
        return self.number


class Filing(models.Model):
    """A filing for treatment in another province, to this institution (4.21)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="filings")
    alc011 = models.CharField(max_length=30)
    applied_on = models.DateField()
    aae100 = models.CharField(max_length=1)
    aae016 = models.CharField(max_length=1)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ala491 = models.CharField(max_length=2)
    diagnosis = models.CharField(max_length=200)
    part = models.CharField(max_length=50)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"

    def __str__(self) -> str:
        return self.alc011

"""Who is signed in, and who was."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

LASTS = timedelta(hours=2)


class Session(models.Model):
    """One sign-in. `foreign`: it was another program's; `tells`: a second sign-in is told its number (21003)."""

    class State(models.TextChoices):
        LIVE = "live"
        LEFT = "left"
        EXPIRED = "expired"

    party = models.ForeignKey("sandbox.Party", on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.LIVE)
    foreign = models.BooleanField(default=False)
    tells = models.BooleanField(default=False)
    signed_in_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(default=timezone.now)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "injury_sandbox"
        constraints = [
            models.UniqueConstraint(fields=["party"], condition=models.Q(state="live"), name="one_live_session_a_user")
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.number}"


def is_live(session: Session) -> bool:
    """Whether it still lasts; one that has run out is marked."""
    if session.state == Session.State.LIVE and session.last_used_at < timezone.now() - LASTS:
        session.state = Session.State.EXPIRED
        session.save(update_fields=["state"])
    return session.state == Session.State.LIVE

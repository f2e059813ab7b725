"""Passwords of people: one-time ones, changes, expiry (design 4.3)."""

import secrets
import string

from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from portal.access.models import PastPassword, User
from portal.access.passwords import HISTORY

#: Without characters that are mistaken for each other on paper.
LETTERS_AND_DIGITS = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lIoS5Z2")


def one_time_password() -> str:
    """A random password that passes every rule, in groups that can be read out: `kT7m-Wx4p-9Tdf`."""
    while True:
        groups = ["".join(secrets.choice(LETTERS_AND_DIGITS) for _ in range(4)) for _ in range(3)]
        password = "-".join(groups)
        if all(any(test(c) for c in password) for test in (str.islower, str.isupper, str.isdigit)):
            return password


def give_one_time_password(user: User) -> str:
    """Set and return a password that must be changed at the next sign-in, within 24 hours."""
    password = one_time_password()
    keep_in_history(user)
    user.set_password(password)
    user.must_change_password = True
    user.password_set_at = timezone.now()
    user.session_key = "-"  # no session is this one: whoever is signed in with the old password is not any more
    user.save()
    return password


def set_own_password(user: User, password: str) -> None:
    """Replace the password by one the person chose; raises ValidationError when it breaks a rule."""
    validate_password(password, user)
    keep_in_history(user)
    user.set_password(password)
    user.must_change_password = False
    user.password_set_at = timezone.now()
    user.save()


def keep_in_history(user: User) -> None:
    if not user.has_usable_password() or not user.password:
        return
    PastPassword.objects.create(user=user, password=user.password)
    old = user.past_passwords.values_list("pk", flat=True)[HISTORY:]
    PastPassword.objects.filter(pk__in=list(old)).delete()

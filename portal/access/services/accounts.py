"""One's own account: new password, forgotten password, second factor (design 4.3)."""

import base64
import secrets

from axes.utils import reset as forget_failures
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.access import actions
from portal.access.member import Member
from portal.access.models import ResetCode, User
from portal.access.models.codes import TRIES
from portal.access.services.chains import home_of, note
from portal.access.services.passwords import LETTERS_AND_DIGITS, set_own_password
from portal.access.services.refusals import NotAllowed

CODE_LENGTH = 10
WRONG_CODE = "用户名或重置码不正确，或重置码已失效"


def change_password(user: User, password: str, *, by: Member) -> None:
    """Replace one's own password; raises ValidationError when it breaks a rule. Other sessions end by themselves."""
    with transaction.atomic():
        set_own_password(user, password)
    note(actions.PASSWORD_CHANGED, user, by=by, institution=home_of(user), username=user.username)


def new_reset_code(user: User, *, by: Member) -> str:
    """A code that lets this person set a new password within half an hour; earlier codes stop working.

    The caller records it. Returned once, in the form `K7MQW-XT9DF`.
    """
    code = "".join(secrets.choice(LETTERS_AND_DIGITS.upper()) for _ in range(CODE_LENGTH))
    ResetCode.objects.filter(user=user, used_at=None).update(used_at=timezone.now())
    ResetCode.objects.create(user=user, institution=by.institution, made_by=by.person, code_hash=hash_of(user, code))
    return f"{code[:5]}-{code[5:]}"


def use_reset_code(username: str, code: str, password: str, *, by: Member) -> User:
    """Set a new password with a code; raises NotAllowed for a wrong code, ValidationError for a weak password.

    A wrong try counts even though nothing else happens; after five the code is void. A weak password costs no try.
    """
    with transaction.atomic():
        user = User.objects.filter(username=username, is_active=True).first()
        latest = ResetCode.objects.select_for_update().filter(user=user, used_at=None).first() if user else None
        fits = user is not None and latest is not None and latest.is_open
        if fits and user is not None and latest is not None:
            fits = constant_time_compare(latest.code_hash, hash_of(user, code))
            if fits:
                set_own_password(user, password)
                latest.used_at = timezone.now()
            else:
                latest.tries += 1
            latest.save(update_fields=["used_at", "tries"])
            if fits:
                user.session_key = User.NO_SESSION
                user.save(update_fields=["session_key"])
                forget_failures(username=username)
    if not fits or user is None:
        reason = "次数用尽" if latest and latest.tries >= TRIES else "不正确或已失效"
        note(actions.RESET_CODE_REFUSED, user, by=by, institution=home_of(user), username=username, reason=reason)
        raise NotAllowed(WRONG_CODE)
    note(actions.RESET_CODE_USED, user, by=by, institution=home_of(user), username=username)
    return user


def hash_of(user: User, code: str) -> str:
    plain = "".join(c for c in code.upper() if c.isalnum())
    return salted_hmac("portal.access.reset_code", f"{user.pk}:{plain}", algorithm="sha256").hexdigest()


# --- second factor


def confirmed_device(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def unconfirmed_device(user: User) -> TOTPDevice:
    """The secret a person is about to enter into the authenticator; stays the same until it is confirmed."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": user.username})
    return device


def confirm_device(user: User, token: str, *, by: Member) -> TOTPDevice:
    """Enrol the waiting secret once a code of it has been shown; raises NotAllowed for a wrong code."""
    device = unconfirmed_device(user)
    if not verify(device, token):
        raise NotAllowed("动态口令不正确，请核对手机时间后输入最新的 6 位数字", "token")
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device.confirmed = True
        device.save()
    note(actions.TOTP_ENROLLED, user, by=by, institution=home_of(user), username=user.username)
    return device


def verify(device: TOTPDevice, token: str) -> bool:
    """Whether the code is right; the device itself slows down guessing and refuses a code used before."""
    with transaction.atomic():
        locked = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        allowed, _ = locked.verify_is_allowed()
        return bool(allowed and locked.verify_token(token.strip()))


def remove_devices(user: User) -> bool:
    """Forget the second factor of somebody who lost it; the caller records it. False when there was none."""
    return bool(TOTPDevice.objects.filter(user=user).delete()[0])


def secret_of(device: TOTPDevice) -> str:
    """The secret as authenticator apps take it by hand: base 32 in groups of four."""
    text = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))

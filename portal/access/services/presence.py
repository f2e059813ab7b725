"""Is it still the person who signed in? Asked again before what cannot be taken back lightly (design 4.3)."""

from django.contrib import auth
from django.http import HttpRequest

from portal.access import actions
from portal.access.member import Member
from portal.access.models import User
from portal.access.services.chains import note
from portal.access.services.refusals import NotAllowed


def confirm_password(request: HttpRequest, password: str, *, purpose: str, by: Member) -> None:
    """The person's own password, counted and locked by axes like a sign-in; inside or outside a door.

    Raises NotAllowed for a wrong one, which is recorded; after five axes answers with the lock page instead. The caller
    must commit: return a page, do not raise further.
    """
    person = by.person
    found = auth.authenticate(request, username=person.username, password=password)
    if isinstance(found, User) and found.pk == person.pk:
        return
    note(actions.PASSWORD_REFUSED, person, by=by, institution=by.institution, username=person.username, purpose=purpose)
    raise NotAllowed("密码不正确，请输入您本人的登录密码", "password")

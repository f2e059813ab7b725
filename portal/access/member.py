"""Who is acting: the person or key behind a request, in one institution (or on the platform)."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from portal.access.models import Institution, User
from portal.access.permissions import Role, permission


@dataclass(frozen=True)
class Member:
    """Handed to every service as `by`. A hospital system acts as a Member with `key` and no user."""

    user: User | None
    institution: Institution | None
    roles: frozenset[str]
    address: str = ""
    request_id: str = ""
    key: str = ""
    #: What a key may do: permission names; None = everything the roles allow.
    scopes: frozenset[str] | None = field(default=None)

    def may(self, name: str) -> bool:
        """Whether this member has the permission; raises LookupError for an undeclared name."""
        if self.scopes is not None:
            return permission(name).name in self.scopes
        return bool(permission(name).roles & self.roles)

    @property
    def institution_id(self) -> int:
        """Raises RuntimeError on the platform's side."""
        if self.institution is None:
            raise RuntimeError("this member acts for the platform, not for an institution")
        return self.institution.pk

    @property
    def person(self) -> User:
        """The person; raises RuntimeError for a key, which may not do what needs a person."""
        if self.user is None:
            raise RuntimeError("this needs a person")
        return self.user

    @property
    def label(self) -> str:
        if self.user:
            return str(self.user)
        return f"接口密钥 {self.key}" if self.key else "未登录"

    @property
    def role_labels(self) -> str:
        return "、".join(Role(role).label for role in sorted(self.roles))

    def is_user(self, user_id: Any) -> bool:
        return self.user is not None and self.user.pk == user_id


class PortalRequest(HttpRequest):
    """What a view behind the gate receives."""

    member: Member
    request_id: str
    htmx: Any

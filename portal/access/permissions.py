"""Declared permissions: one line each, in each business's own permissions.py; an unknown name fails at import."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import models


class Role(models.TextChoices):
    """Who may do what; design 4.2."""

    CLERK = "clerk", "经办"
    REVIEWER = "reviewer", "复核"
    AUDITOR = "auditor", "审计"
    INSTITUTION_ADMIN = "institution_admin", "机构管理员"
    PLATFORM_ADMIN = "platform_admin", "平台管理员"


CLERK, REVIEWER, AUDITOR = Role.CLERK, Role.REVIEWER, Role.AUDITOR
INSTITUTION_ADMIN, PLATFORM_ADMIN = Role.INSTITUTION_ADMIN, Role.PLATFORM_ADMIN
#: Everybody who works in an institution.
MEMBERS = frozenset({CLERK, REVIEWER, AUDITOR, INSTITUTION_ADMIN})

_declared: dict[str, "Permission"] = {}


@dataclass(frozen=True)
class Permission:
    """A right by name (`clearing.rows.verify`), its Chinese label and the roles that have it."""

    name: str
    label: str
    roles: frozenset[Role]

    def __init__(self, name: str, label: str, *, roles: Collection[Role]) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "roles", frozenset(roles))
        if not name or _declared.setdefault(name, self) != self:
            raise ValueError(f"permission {name!r} is declared twice")

    def __str__(self) -> str:
        return self.name


def permission(name: str) -> Permission:
    """The declared permission; raises LookupError for a name nobody declared."""
    try:
        return _declared[name]
    except KeyError:
        raise LookupError(f"no permission {name!r} is declared") from None


def declared_permissions() -> tuple[Permission, ...]:
    return tuple(_declared[name] for name in sorted(_declared))


# --- the ground floor's own
USE_PORTAL = Permission("portal.use", "使用门户", roles=MEMBERS)
VIEW_MEMBERS = Permission("access.members.view", "查看本机构人员", roles={INSTITUTION_ADMIN, AUDITOR})
MANAGE_MEMBERS = Permission("access.members.manage", "管理本机构人员", roles={INSTITUTION_ADMIN})
APPROVE_ROLES = Permission("access.members.approve", "复核角色授予", roles={INSTITUTION_ADMIN, REVIEWER})
UNLOCK_MEMBERS = Permission("access.members.unlock", "解锁人员", roles={INSTITUTION_ADMIN})
MANAGE_KEYS = Permission("access.keys.manage", "管理接口密钥", roles={INSTITUTION_ADMIN})
MANAGE_PLATFORM = Permission("platform.manage", "管理平台", roles={PLATFORM_ADMIN})

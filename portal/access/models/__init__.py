from portal.access.models.codes import ResetCode
from portal.access.models.glass import BreakGlass
from portal.access.models.grants import GrantState, RoleGrant
from portal.access.models.institution import Environment, Institution, Kind
from portal.access.models.keys import InstitutionKey, InstitutionKeyManager
from portal.access.models.people import Membership, PastPassword, User

__all__ = [
    "BreakGlass",
    "Environment",
    "GrantState",
    "Institution",
    "InstitutionKey",
    "InstitutionKeyManager",
    "Kind",
    "Membership",
    "PastPassword",
    "ResetCode",
    "RoleGrant",
    "User",
]

from portal.access.models.institution import Institution, Kind
from portal.access.models.people import Membership, PastPassword, User

__all__ = ["Institution", "Kind", "Membership", "PastPassword", "User"]

"""The rule of every view of the API; apart from the views, because REST framework's settings name it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from portal.access import actions
from portal.access.member import Member
from portal.access.permissions import permission
from portal.access.services.chains import note

if TYPE_CHECKING:
    from rest_framework.views import APIView


class Declared(BasePermission):
    """The view's own table of permissions; a method that is not in it does not exist. Refusals are recorded."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if request.auth is None or request.method is None:
            return False
        declared: Mapping[str, str] = getattr(view, "permissions", {})
        name = declared.get("GET" if request.method == "HEAD" else request.method)
        if name is None:
            raise MethodNotAllowed(request.method)
        member = cast(Member, request.auth)
        if member.may(name):
            return True
        label = permission(name).label
        note(actions.REFUSED, by=member, institution=member.institution, permission=label, path=request.path)
        raise PermissionDenied(f"没有“{label}”的权限")

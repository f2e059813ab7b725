"""What every page that goes to a desk shares: the desks, the own one, and a form that offers them."""

from __future__ import annotations

from typing import Any

from portal.access.member import PortalRequest
from portal.gateway.desk.services import desk_of, desks, sit_at
from portal.gateway.models import Desk
from settlement.services.cashier.asking import desk_for


def offered(request: PortalRequest) -> dict[str, Any]:
    """Arguments of a DeskForm."""
    return {"desks": list(desks()), "seat": seat(request)}


def seat(request: PortalRequest) -> Desk | None:
    """Where this person sits."""
    return desk_of(request.member.user) if request.member.user else None


def chosen(request: PortalRequest, desk_id: str) -> Desk:
    """The desk that was picked, remembered as the own one; Refused for none."""
    desk = desk_for(request.member, desk_id)
    mine = seat(request)
    if request.member.user and (mine is None or mine.pk != desk.pk):
        sit_at(desk, by=request.member)
    return desk

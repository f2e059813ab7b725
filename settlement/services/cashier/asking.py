"""What every call through a desk begins with: the desk, a number of our own, a request the library can be given."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils import timezone
from pydantic import ValidationError

from portal.access.door import required_institution
from portal.access.member import Member
from portal.gateway.desk import gbk_faults
from portal.gateway.desk.services import desk_of, desks
from portal.gateway.messages import Request, faults
from portal.gateway.models import Desk
from settlement.services.refusals import Refused

Q = TypeVar("Q", bound=Request[Any])


def desk_for(by: Member, chosen: Any = None) -> Desk:
    """The desk that is chosen, or where this person sits; Refused when there is none."""
    if chosen:
        found = desks().filter(pk=chosen).first()
        if found is None:
            raise Refused("没有这个终端，或已停用", field="desk")
        return found
    seat = desk_of(by.user) if by.user else None
    if seat is None:
        raise Refused("请先选择您所在的终端", field="desk")
    return seat


def new_number(prefix: str) -> str:
    """A number of 26 characters that no other call of anybody has: time, institution, eight random digits.

    It is committed with its row before the first call, and never changes (hop.trade.refund, note).
    """
    place = f"{required_institution() % 1000:03d}"
    return f"{prefix}{timezone.localtime():%Y%m%d%H%M%S}{place}{secrets.randbelow(10**8):08d}"


def made(kind: type[Q], values: Mapping[str, Any]) -> Q:
    """The request of these values; Refused with every item that is missing, wrong, or cannot be written in GBK."""
    given = {name: value for name, value in values.items() if value not in (None, "", {}, [])}
    try:
        request = kind.model_validate(given)
    except ValidationError as error:
        found = [
            (str(fault.path[-1]) if fault.path else "", f"{fault.label}：{fault.sentence}")
            for fault in faults(error, kind)
        ]
        raise Refused.of(found) from None
    if strange := gbk_faults(request):
        raise Refused.of([("", sentence) for sentence in strange.values()])
    return request

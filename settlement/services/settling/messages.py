"""Requests of the national interface, made from what a flow knows; faults come back in a clerk's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from pydantic import ValidationError

from portal.gateway.messages import Request, faults
from portal.gateway.national import compose, current_edition, transaction
from portal.gateway.national.editions import Edition
from settlement.models import Visit
from settlement.services.refusals import Refused


def request_for(number: str, content: Mapping[str, Any], visit: Visit, edition: Edition | None = None) -> Request[Any]:
    """The validated request under the edition in use, of which the door must be open unless it is given.

    An A variant that the edition does not have falls back to its base. Raises Refused with every item that the table
    refuses.
    """
    edition = edition or current_edition(visit.environment)
    if number.endswith("A") and not edition.has(number):
        number = number.removesuffix("A")
    try:
        return compose(number, content, edition=edition, insured_at=visit.insured_at)
    except ValidationError as error:
        found = [
            (".".join(str(one) for one in fault.path), f"{fault.label}：{fault.sentence}")
            for fault in faults(error, transaction(number, edition))
        ]
        raise Refused.of(found) from None


def said(moment: datetime | None) -> str:
    """A time as the interface writes it, in Asia/Shanghai; empty for none."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def day(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d") if moment else ""

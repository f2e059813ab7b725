"""Getting a transaction of the national interface, and a request of it from plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from portal.gateway.messages import Request, request_class, supply
from portal.gateway.national.building import INSURED_AT
from portal.gateway.national.classes import TableSource, keep, kept_class
from portal.gateway.national.editions import Edition
from portal.gateway.national.gateway import NATIONAL

supply(NATIONAL, TableSource())


def transaction(number: str, edition: Edition | str = "") -> type[Request[Any]]:
    """The Request class of that number, in that edition of the tables (`current_edition()`, or its digest).

    LookupError for a number that the interface does not have, or whose field table is not known there.
    """
    if isinstance(edition, Edition) and edition.digest:
        return kept_class(keep(edition), number)
    return request_class(NATIONAL, number, edition if isinstance(edition, str) else "")


def compose(
    number: str, content: Mapping[str, Any], *, edition: Edition | str = "", insured_at: str = ""
) -> Request[Any]:
    """A checked request from nested plain values under the names of the table; what is absent stays empty.

    `insured_at` is the insured's region, which must be known as soon as a psn_no is sent. Raises ValidationError with
    everything that is wrong at once (`portal.gateway.messages.faults` makes sentences of it).
    """
    kind = transaction(number, edition)
    values = {**content, INSURED_AT: insured_at} if insured_at else dict(content)
    lacking = INSURED_AT in kind.model_fields and not values.get(INSURED_AT) and _names_a_person(values)
    try:
        made = kind.model_validate(values)
    except ValidationError as error:
        raise _with_region(error, kind) if lacking else error from None
    if lacking:
        raise _with_region(None, kind)
    return made


def _with_region(error: ValidationError | None, kind: type[Request[Any]]) -> ValidationError:
    """The same faults, and that the insured's region is missing (access guide, table 2)."""
    wanted = PydanticCustomError("portal.insured_at", "带有人员编号的交易必须给出参保地医保区划")
    found = [
        InitErrorDetails(type=_again(one), loc=tuple(one["loc"]), input=None, ctx=one.get("ctx", {}))
        for one in (error.errors(include_url=False, include_input=False) if error else ())
    ]
    found.append(InitErrorDetails(type=wanted, loc=(INSURED_AT,), input=None))
    return ValidationError.from_exception_data(kind.code, found, hide_input=True)


def _again(one: Mapping[str, Any]) -> Any:
    """The type of an error as it is given to make it anew; our own bring their sentence."""
    if str(one["type"]).startswith("portal."):
        return PydanticCustomError(one["type"], str(one["msg"]).replace("{", "").replace("}", ""))
    return one["type"]


def _names_a_person(content: Any) -> bool:
    values: Iterable[Any] = ()
    if isinstance(content, Mapping):
        if content.get("psn_no"):
            return True
        values = content.values()
    elif isinstance(content, list | tuple):
        values = content
    return any(_names_a_person(one) for one in values)

"""The work-injury gateway as the declarations know it: code lists, errors, how days and flags are written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, get_origin

from pydantic import (
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from injury.messages.errors import definite, undecided
from portal import codes
from portal.gateway.messages import Gateway, Record, item

CODES = Path(__file__).parent.parent / "codes"
codes.load(CODES)

INJURY = Gateway(
    "injury",
    "工伤保险接口",
    wire="aes-session",
    refusals=definite(CODES / "errors.json"),
    explained=undecided(CODES / "errors.json"),
    subjects=("akc190",),
)

#: yyyy-mm-dd, as requests write a day.
Day = Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
#: yyyymmdd, as the queries about other provinces write it (4.21).
ShortDay = Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$")]
#: A file in Base64: for a form (4.18), and with - and _ for + and / inside a message (4.13, 4.26).
BASE64 = r"^[0-9A-Za-z+/_-]+={0,2}$"
URL_SAFE = r"^[0-9A-Za-z_-]+={0,2}$"
#: 1 yes, 0 no.
YesNo = Literal["0", "1"]


#: Sums and prices in replies. The specification prints (10,4), which one long stay overflows, and centres write
#: "0.0000" where it prints two places.
WIDE = (30, 6)


class Group(Record):
    """A group of items in a reply, as centres send them: empty text for what is absent, one row without its list.

    A text that is longer than printed is read all the same: what happened must not be lost for a word too many.
    """

    @model_validator(mode="before")
    @classmethod
    def _as_it_comes(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        found = {}
        for name, value in data.items():
            info = cls.model_fields.get(name)
            is_list = info is not None and get_origin(info.annotation) is list
            if value == "" or (value == [] and not is_list):
                continue
            found[name] = [value] if is_list and isinstance(value, dict) else value
        return found

    @field_validator("*", mode="wrap")
    @classmethod
    def _however_long(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            if any(one["type"] != "string_too_long" for one in error.errors()):
                raise
            return str(value)


class Ack(Group):
    """What every reply says; code 0 is the wire's to judge."""

    code: str = item("返回代码", 20, default="")
    msg: str = item("返回信息", 2000, default="")

"""The work-injury gateway as the declarations know it: code lists, errors, how days and flags are written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints

from injury.messages.errors import definite
from portal import codes
from portal.gateway.messages import Gateway, Record, item

CODES = Path(__file__).parent.parent / "codes"
codes.load(CODES)

INJURY = Gateway("injury", "工伤保险接口", wire="aes-session", refusals=definite(CODES / "errors.json"))

#: yyyy-mm-dd, as requests write a day.
Day = Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
#: yyyymmdd, as the queries about other provinces write it (4.21).
ShortDay = Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$")]
#: 1 yes, 0 no.
YesNo = Literal["0", "1"]


class Ack(Record):
    """What every reply says; code 0 is the wire's to judge."""

    code: str = item("返回代码", default="")
    msg: str = item("返回信息", default="")

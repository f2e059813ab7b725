"""The work-injury gateway as the declarations know it: code lists, errors, how days and flags are written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints

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


class Ack(Record):
    """What every reply says; code 0 is the wire's to judge."""

    code: str = item("返回代码", default="")
    msg: str = item("返回信息", default="")

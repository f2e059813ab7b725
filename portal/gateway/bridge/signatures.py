"""The C functions that the bridge may call, as a table; binding, buffers and checks follow from it.

`int __stdcall OneTrans(char*, char*)`: OneTrans specification, table 2-1. The card library's functions: access guide,
supplement. `stdcall` matters on Windows with 32 bits only; elsewhere there is one convention.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Bytes that each buffer of OneTrans has (table 2-1), with the byte that ends the text.
SIZE = 8192
#: What the guide advises for the card functions' buffers; a photo in an identity card needs far more.
SMALL, PHOTO = 1024, 65536


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `in`: text handed over; `out`: a buffer to be filled; `length`: the size of the buffer `of`;
    `number`: an int handed over."""

    name: str
    kind: Literal["in", "out", "length", "number"]
    size: int = 0
    of: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One function: which library has it, what it returns, what it takes."""

    name: str
    library: Literal["trans", "card"]
    returns: Literal["int", "long"]
    parameters: tuple[Parameter, ...]


def _out(name: str, size: int) -> tuple[Parameter, Parameter]:
    return Parameter(name, "out", size), Parameter(f"{name}_size", "length", of=name)


SIGNATURES = {
    one.name: one
    for one in (
        Signature("OneTrans", "trans", "int", (Parameter("text", "in", SIZE), Parameter("out", "out", SIZE))),
        Signature("Init", "card", "long", (Parameter("url", "in", SMALL), Parameter("user", "in", SMALL))),
        Signature("ReadCardBas", "card", "long", (*_out("out", SMALL), *_out("sign", SMALL))),
        Signature("VerifyPIN", "card", "long", _out("out", SMALL)),
        Signature("ChangePIN", "card", "long", _out("out", SMALL)),
        Signature("ReadSFZ", "card", "long", (*_out("out", PHOTO), *_out("sign", SMALL))),
        Signature(
            "GetQRBase", "card", "long", (Parameter("timeout", "number"), *_out("out", SMALL), *_out("sign", SMALL))
        ),
    )
}

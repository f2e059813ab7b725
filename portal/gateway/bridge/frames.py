"""How the bridge and its child talk: a length of four bytes, then JSON; bytes in it are Base64."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

LENGTH = struct.Struct(">I")


def write_frame(pipe: IO[bytes], message: dict[str, Any]) -> None:
    """Write it whole; OSError when the other side is gone."""
    data = json.dumps(message).encode()
    pipe.write(LENGTH.pack(len(data)) + data)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> dict[str, Any] | None:
    """The next one; None when the other side is gone."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = LENGTH.unpack(head)[0]
    data = pipe.read(size)
    found: dict[str, Any] | None = json.loads(data) if len(data) == size else None
    return found

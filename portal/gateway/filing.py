"""A reply that may be a file: in memory like any other until its first bytes show it, then written piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Into:
    """Where a reply goes that is a file: written piece by piece, whatever its size, up to `limit` bytes.

    A reply is a file when it begins with `magic`; anything else is an ordinary answer.
    """

    file: BinaryIO
    limit: int
    magic: bytes


class Filing:
    """Takes the pieces of a reply: into memory, or into the file once its first bytes show that it is one."""

    def __init__(self, into: Into | None, limit: int, status: int) -> None:
        self._into = into if status == 200 else None
        self._limit = limit
        self.size: int | None = None
        self.body = bytearray()

    @property
    def most(self) -> int:
        """Most bytes that the reply may have, as far as is known."""
        if self.size is not None and self._into is not None:
            return self._into.limit
        return max(self._limit, self._into.limit) if self._into is not None and not self.body else self._limit

    @property
    def count(self) -> int:
        return len(self.body) if self.size is None else self.size

    def take(self, chunk: bytes) -> None:
        if self.size is None:
            self.body += chunk
            if self._into is None or not self.body.startswith(self._into.magic):
                return
            self.size, chunk = 0, bytes(self.body)
            self.body.clear()
        assert self._into is not None
        self.size += len(chunk)
        if self.size <= self._into.limit:
            self._into.file.write(chunk)

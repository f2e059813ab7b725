"""Buffers for a library that is not trusted to keep to their size.

A buffer stands between two strips of a known pattern, and these between two pages that nobody may touch. What is
written past either end by a little is seen afterwards and harms nothing; what is written far past it ends the process,
which is the child's. Buffers are wiped after each call: they hold what a card said about a person.
"""

from __future__ import annotations

import ctypes
import mmap
import sys

STRIP = 65536
PATTERN = bytes(range(1, 252)) * (2 * STRIP // 251)


class Overflow(Exception):
    """The library wrote outside the buffer that it was given, or did not end its text."""


class Guarded:
    """A buffer of so many bytes, all zero."""

    def __init__(self, size: int) -> None:
        page = mmap.PAGESIZE
        self.size = size
        inner = -(-(2 * STRIP + size) // page) * page
        base = _reserve(inner + 2 * page)
        _forbid(base, page)
        _forbid(base + page + inner, page)
        self._first = base + page
        self.address = self._first + STRIP
        self._after = inner - STRIP - size
        self.wipe()

    def wipe(self) -> None:
        """All zero again, with fresh strips."""
        ctypes.memmove(self._first, PATTERN[:STRIP], STRIP)
        ctypes.memset(self.address, 0, self.size)
        ctypes.memmove(self.address + self.size, PATTERN[: self._after], self._after)

    def put(self, text: bytes) -> None:
        """The text and its end; ValueError when it does not fit."""
        if len(text) >= self.size or b"\0" in text:
            raise ValueError("the text does not fit its buffer")
        ctypes.memmove(self.address, text, len(text))

    def taken(self) -> bytes:
        """The text in it; Overflow when anything outside was touched or its end is missing."""
        self.check()
        text = ctypes.string_at(self.address, self.size)
        end = text.find(b"\0")
        if end < 0:
            raise Overflow
        return text[:end]

    def check(self) -> None:
        """Raises Overflow when a strip is not what it was."""
        before = ctypes.string_at(self._first, STRIP)
        after = ctypes.string_at(self.address + self.size, self._after)
        if before != PATTERN[:STRIP] or after != PATTERN[: self._after]:
            raise Overflow


def _reserve(size: int) -> int:
    """Memory of this process alone, never given back: a buffer lives as long as the child."""
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.VirtualAlloc.restype = ctypes.c_void_p
        kernel.VirtualAlloc.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint32, ctypes.c_uint32]
        found = kernel.VirtualAlloc(None, size, 0x3000, 0x04)  # commit and reserve; read and write
    else:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = [
            *(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
        ]
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        found = libc.mmap(None, size, mmap.PROT_READ | mmap.PROT_WRITE, flags, -1, 0)
        found = None if found == ctypes.c_void_p(-1).value else found
    if not found:
        raise MemoryError("no memory for a buffer")
    return int(found)


def _forbid(address: int, size: int) -> None:
    """Whoever reads or writes there ends the process."""
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        old = ctypes.c_uint32()
        kernel.VirtualProtect.argtypes = [
            *(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint32, ctypes.POINTER(ctypes.c_uint32))
        ]
        good = bool(kernel.VirtualProtect(address, size, 0x01, ctypes.byref(old)))  # no access
    else:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        good = libc.mprotect(address, size, 0) == 0
    if not good:
        raise MemoryError("no guard for a buffer")

"""A second memory on another path: one line for every changing message, on disk before its first byte leaves (I3).

It holds no content: message id, operation, institution, kind, fence, time, request hash. After a database restore it
is what tells that something was sent.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

SUFFIX = ".jsonl"


@dataclass(frozen=True)
class Line:
    msgid: str
    operation: str
    institution: int
    gateway: str
    environment: str
    kind: str
    n: int
    fence: int
    at: str
    hash: str


class TornLine(ValueError):
    """A line that was cut off (power, disk) or changed by hand."""


def folder() -> Path:
    return Path(settings.SPOOL_DIR)


def write(line: Line) -> None:
    """Append the line and wait until the disk has it. Raises OSError; then nothing may be sent."""
    path = folder() / f"{timezone.localdate():%Y-%m-%d}{SUFFIX}"
    fresh = not path.exists()
    if fresh:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    data = (json.dumps(asdict(line), separators=(",", ":")) + "\n").encode()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # One write: O_APPEND keeps the lines of several senders apart.
        if os.write(handle, data) != len(data):
            raise OSError("the spool took only part of a line")
        os.fsync(handle)
    finally:
        os.close(handle)
    if fresh:
        _fsync_folder()


def _fsync_folder() -> None:
    """A new file survives a power cut only when its folder is on disk as well."""
    handle = os.open(folder(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def own_name() -> str:
    """This spool's name in the marks of the database: every machine has its own."""
    path = folder() / "name"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(uuid4().hex)
        except FileExistsError:
            pass
        return path.read_text().strip()


def days() -> list[date]:
    """The days that have a file, the oldest first."""
    found = []
    for path in folder().glob(f"*{SUFFIX}"):
        try:
            found.append(date.fromisoformat(path.name.removesuffix(SUFFIX)))
        except ValueError:
            continue
    return sorted(found)


def size(day: date) -> int:
    try:
        return (folder() / f"{day:%Y-%m-%d}{SUFFIX}").stat().st_size
    except FileNotFoundError:
        return 0


def read(day: date, offset: int = 0) -> Iterator[tuple[Line | TornLine, int]]:
    """Complete lines from that byte on, each with the byte after it; a torn one comes as TornLine.

    The last line is not returned before its line end is there: another process may be writing it.
    """
    path = folder() / f"{day:%Y-%m-%d}{SUFFIX}"
    if not path.exists():
        return
    with open(path, "rb") as file:
        file.seek(offset)
        for data in file:
            if not data.endswith(b"\n"):
                return
            offset += len(data)
            yield _line(data), offset


def _line(data: bytes) -> Line | TornLine:
    try:
        given = json.loads(data)
        texts: dict[str, Any] = {field.name: str(given[field.name]) for field in fields(Line)}
        return Line(**texts | {name: int(given[name]) for name in ("institution", "n", "fence")})
    except (ValueError, KeyError, TypeError):
        return TornLine(data[:80].decode("ascii", "replace"))


def sent_at(line: Line) -> datetime:
    return datetime.fromisoformat(line.at)

"""Zip files from outside: looked at before anything is unpacked, and counted while it is (design 4.7)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

MAGIC = b"PK\x03\x04"
PIECE = 256 * 1024
NESTED = (".zip", ".rar", ".7z", ".gz", ".tar", ".jar", ".xlsx", ".docx")


class BadArchive(ValueError):
    """The file should not be unpacked; `sentence` tells people why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class ZipLimits:
    """What a file may cost: bytes as it came and unpacked, entries, how far it was packed."""

    file: int = 512 * 1024 * 1024
    unpacked: int = 4 * 1024 * 1024 * 1024
    entries: int = 200
    ratio: int = 200


def check_zip(path: Path, limits: ZipLimits | None = None) -> int:
    """The file's size in bytes when all of it can be unpacked safely; raises BadArchive. Reads it to its end once."""
    allowed, size = limits or ZipLimits(), path.stat().st_size
    if size > allowed.file:
        raise BadArchive(f"文件超过 {allowed.file // 1024 // 1024} MB，没有读取")
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            _look_at(entries, size, allowed)
            left = min(allowed.unpacked, max(size * allowed.ratio, PIECE))
            for entry in entries:
                left -= _counted(archive, entry, left)
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise BadArchive("压缩文件不完整或已损坏，请重新下载") from error
    return size


def _look_at(entries: list[ZipInfo], size: int, allowed: ZipLimits) -> None:
    if not entries or len(entries) > allowed.entries:
        raise BadArchive("压缩文件中没有文件" if not entries else "压缩文件内部结构异常（条目过多），没有读取")
    declared = sum(entry.file_size for entry in entries)
    if declared > allowed.unpacked or declared > max(size * allowed.ratio, PIECE):
        raise BadArchive("压缩文件解压后过大，没有读取")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or entry.flag_bits & 0x1:
            raise BadArchive("压缩文件内部结构异常，没有读取")
        if path.name.lower().endswith(NESTED):
            raise BadArchive("压缩文件中还有压缩文件，没有读取")


def _counted(archive: ZipFile, entry: ZipInfo, left: int) -> int:
    """Bytes that really come out of an entry; stops as soon as they are too many."""
    found = 0
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            found += len(piece)
            if found > left:
                raise BadArchive("压缩文件解压后过大，没有读取")
    return found

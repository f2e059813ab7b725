"""Whether a file is what it says it is: by its first bytes, not by its name (4.13, 4.18)."""

from __future__ import annotations

import re

#: Bytes of one file.
MOST = 10 * 1024 * 1024
#: Bytes of all files that go with one discharge: they travel in one message.
MOST_TOGETHER = 15 * 1024 * 1024
DISCHARGE_TYPES = ("pdf",)
MATERIAL_TYPES = ("pdf", "png", "img", "jpg", "bmp", "gif")
#: `img` is no format of its own: a file of that name must be one of the other pictures.
PICTURES = ("png", "jpg", "bmp", "gif")
SHOWN = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "bmp": "image/bmp", "gif": "image/gif"}
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_./-]{0,49}", re.ASCII)


def kind_of(content: bytes) -> str:
    """The format that the first bytes show (pdf, png, jpg, bmp, gif); empty for anything else."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content.startswith(b"BM") and len(content) > 26 and content[6:10] == b"\0\0\0\0":
        return "bmp"
    return ""


def ending_of(name: str) -> str:
    """The format that a file's name claims, in small letters; jpeg is jpg."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return "jpg" if ending == "jpeg" else ending


def too_large(size: int) -> str:
    """Why a file of so many bytes is refused; empty when it is not. Asked before its content is read."""
    if size == 0:
        return "文件是空的"
    if size > MOST:
        return f"文件 {size / 1024 / 1024:.1f} MB，最大 {MOST // 1024 // 1024} MB，请压缩后重新选择"
    return ""


def file_fault(name: str, content: bytes, allowed: tuple[str, ...]) -> str:
    """Why this file is refused, in a sentence; empty when name and content agree and the format is allowed."""
    if fault := too_large(len(content)):
        return fault
    ending, kind = ending_of(name), kind_of(content)
    if ending not in allowed:
        return f"只能是 {'、'.join(allowed)} 文件，这个文件名是“{name[-40:]}”"
    if ending == "img" and kind in PICTURES:
        return ""
    if kind != ending:
        told = f" {kind.upper()} 文件" if kind else "不能识别的内容"
        return f"文件名是 .{ending}，内容却是{told}，请重新导出后选择"
    if kind == "pdf" and b"%%EOF" not in content[-2048:]:
        return "PDF 不完整（没有结尾），请重新导出后选择"
    return ""


def number_fault(number: str) -> str:
    """Why this cannot be the number of an invoice or paper; empty when it can."""
    return "" if NUMBER.fullmatch(number) else "应为 1–50 个字母、数字或 - _ . /，以字母或数字开头"

"""The closing table; Chinese characters take two places."""

import unicodedata

from clearing.management.demo.walk import Line

HEAD = ("章节", "步骤", "范围", "门户", "沙箱")


def table(lines: list[Line]) -> str:
    """All lines under their headings."""
    rows = [HEAD, *((line.chapter, line.step, line.scope, line.ours, line.theirs) for line in lines)]
    widths = [max(width(row[place]) for row in rows) for place in range(len(HEAD))]
    told = ["  ".join(pad(cell, widths[place]) for place, cell in enumerate(row)).rstrip() for row in rows]
    return "\n".join([told[0], "  ".join("-" * one for one in widths), *told[1:]])


def pad(text: str, places: int) -> str:
    return text + " " * (places - width(text))


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)

"""What a kind of wire says about the settings it needs; forms, checks, fingerprints and trials follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

#: Settings that are stored sealed and shown as fingerprints only, whatever wire uses them.
SEALED = ("provider_public_key", "public_key", "private_key", "iv", "secret_key", "password")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a channel. `name` is its column and its field of WireSettings.

    `hint` is what a person reads below the field. `form` tells how it is typed: one line, a long key, or hidden. `size`
    is the most characters. `check` takes value and label and raises ValueError (CryptoFault is one) with a sentence;
    `clean` makes the stored form of what was typed. `rare` fields are folded away. `like` names the institution's own
    item that a new channel begins with.
    """

    name: str
    label: str
    hint: str = ""
    form: Literal["text", "key", "secret"] = "text"
    size: int = 200
    check: Callable[[str, str], object] | None = None
    clean: Callable[[str], str] = str.strip
    rare: bool = False
    like: str = ""

    @property
    def is_sealed(self) -> bool:
        return self.name in SEALED


def digits(length: int) -> Callable[[str, str], None]:
    """A check for exactly that many half-width digits."""

    def check(value: str, label: str) -> None:
        if not (len(value) == length and value.isascii() and value.isdecimal()):
            raise ValueError(f"{label}应为 {length} 位半角数字")

    return check


def printable(least: int, most: int) -> Callable[[str, str], None]:
    """A check for half-width characters without blanks, in a header or a key."""

    def check(value: str, label: str) -> None:
        if not least <= len(value) <= most or not value.isascii() or not value.isprintable() or " " in value:
            wanted = f"{least} 个" if least == most else f"{least} 到 {most} 个"
            raise ValueError(f"{label}应为 {wanted}半角字符，不含空格")

    return check

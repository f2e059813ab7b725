"""Missing glyphs print as boxes without any error, so the fonts are asked at start (design 4.7)."""

import shutil
import subprocess
from functools import cache

#: Common, and the rare name characters that only a complete font has: 医 䶮 㛃 𬱖.
NEEDED = (0x533B, 0x4DAE, 0x36C3, 0x2CC56)


@cache
def missing_characters() -> tuple[str, ...]:
    """Characters that no installed font can print; empty when all is well, every one when fontconfig is missing."""
    ask = shutil.which("fc-list")
    if ask is None:
        return tuple(chr(code) for code in NEEDED)
    return tuple(chr(code) for code in NEEDED if not _fonts_with(ask, code))


def _fonts_with(ask: str, code: int) -> str:
    found = subprocess.run(
        [ask, f":charset={code:x}", "family"], capture_output=True, text=True, timeout=30, check=True
    )
    return found.stdout.strip()

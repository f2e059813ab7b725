"""Text as it may be written to a document."""

import re

#: What XML 1.0 cannot hold (C0 controls but tab and line ends, lone surrogates, U+FFFE/FFFF), and DEL.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def writable(text: str) -> str:
    """The text without characters no document can hold; rare names outside the basic plane stay."""
    return _UNWRITABLE.sub("", text)

"""What a sealed column looks like on an instance: a value that shows itself to nobody."""

import json
import zlib
from typing import Any, NoReturn

from portal.vault.marks import fingerprint
from portal.vault.seal import OVERHEAD, BrokenSeal, Place, seal, unseal

HIDDEN = "***"
#: First byte of what was squeezed before it was sealed; a text that begins with it is always squeezed.
SQUEEZED = b"\0"
#: Bytes from which a text is squeezed. Short ones gain nothing, and a password's size says nothing about its content.
LONG = 2_000


class Sealed:
    """A secret: `***` in text, logs, templates and pickles; the plain text only by `.reveal()`.

    Either fresh (assigned, not saved: the plain text waits in memory) or closed (ciphertext). False when empty.
    """

    __slots__ = ("_cipher", "_place", "_plain")

    def __init__(self, plain: str | None = None, *, cipher: bytes | None = None, place: Place | None = None) -> None:
        self._plain = plain
        self._cipher = cipher
        self._place = place

    def reveal(self) -> Any:
        """The plain text. Raises BrokenSeal when it was moved, changed, or read without its row (values())."""
        return self.plain()

    # A template that names it gets nothing.
    reveal.alters_data = True  # type: ignore[attr-defined]

    def plain(self) -> str:
        if self._plain is not None:
            return self._plain
        if self._place is None or self._cipher is None:
            raise BrokenSeal("密文没有随记录读出，无法解密：请读取整条记录，而不是 values()")
        return _unsqueezed(unseal(self._cipher, self._place)).decode()

    plain.alters_data = True  # type: ignore[attr-defined]

    @property
    def fingerprint(self) -> str:
        """What a settings page may show of a key: see portal.vault.fingerprint."""
        return fingerprint(self.plain())

    @property
    def place(self) -> Place | None:
        return self._place

    @property
    def is_fresh(self) -> bool:
        return self._cipher is None

    def settle(self, place: Place) -> None:
        """Say where the value belongs; the first word counts."""
        if self._place is None:
            self._place = place

    def closed(self) -> bytes:
        """The ciphertext for its place; the plain text leaves memory."""
        if self._cipher is None:
            if self._plain is None or self._place is None:
                raise BrokenSeal("密文还没有归属的记录，不能保存")
            self._cipher = seal(_squeezed(self._plain.encode()), self._place)
            self._plain = None
        return self._cipher

    def prepare_database_save(self, field: Any) -> NoReturn:
        """Django takes what has this for a model instance, which queryset.update() refuses: a seal fits one row."""
        raise TypeError(f"{field.name} is sealed a row at a time: use save(), bulk_create() or bulk_update()")

    def __bool__(self) -> bool:
        return bool(self._plain) if self._cipher is None else len(self._cipher) > OVERHEAD

    def __str__(self) -> str:
        return HIDDEN

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)

    def __copy__(self) -> "Sealed":
        return type(self)(self._plain, cipher=self._cipher, place=self._place)

    def __deepcopy__(self, memo: Any) -> "Sealed":
        return self.__copy__()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles carry ciphertext, so an unsaved value without a row cannot be pickled."""
        if self._cipher is None and self._place is None:
            raise TypeError("a secret that belongs to no row yet cannot be pickled: save it first")
        cipher = self._cipher
        if cipher is None and self._place is not None and self._plain is not None:
            cipher = seal(_squeezed(self._plain.encode()), self._place)
        return _unpickled, (type(self), cipher, self._place)


class SealedData(Sealed):
    """A sealed JSON value."""

    def reveal(self) -> Any:
        """The value as json.loads gives it."""
        return json.loads(self.plain())

    reveal.alters_data = True  # type: ignore[attr-defined]


def _squeezed(text: bytes) -> bytes:
    """Messages of a thousand lines repeat themselves: a fourteenth to seal, to store and to read."""
    if len(text) < LONG and not text.startswith(SQUEEZED):
        return text
    return SQUEEZED + zlib.compress(text, level=1)


def _unsqueezed(stored: bytes) -> bytes:
    return zlib.decompress(stored[1:]) if stored.startswith(SQUEEZED) else stored


def _unpickled(kind: type[Sealed], cipher: bytes, place: Place | None) -> Sealed:
    return kind(cipher=cipher, place=place)

"""QR codes as SVG paths (ISO/IEC 18004, model 2): bytes, error correction M, versions 1 to 15; pure.

For codes that patients scan from our screen: nothing is fetched, nothing is stored, and the strict CSP stays as it is.
"""

from __future__ import annotations

from itertools import pairwise

#: Per version: error correction codewords of a block, and the number of blocks, both of level M.
EC = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24)
BLOCKS = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10)
MASKS = (
    lambda x, y: (x + y) % 2,
    lambda x, y: y % 2,
    lambda x, y: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (x // 3 + y // 2) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)
Grid = list[list[bool]]


class TooLong(ValueError):
    """More text than a code of version 15 holds (about 410 bytes)."""


def matrix(text: str) -> Grid:
    """The modules of the code, rows from the top; True is dark."""
    data = text.encode()
    version = _version(len(data))
    code = _Code(version)
    code.write(_interleaved(_words(data, version), version))
    return code.masked()


def svg_path(text: str) -> tuple[str, int]:
    """(the `d` of a path with one unit a module, the side with the quiet zone of four modules)."""
    grid = matrix(text)
    marks = (f"M{x + 4},{y + 4}h1v1h-1z" for y, row in enumerate(grid) for x, dark in enumerate(row) if dark)
    return "".join(marks), len(grid) + 8


def _version(size: int) -> int:
    for version in range(1, len(EC) + 1):
        if 4 + (8 if version < 10 else 16) + 8 * size <= 8 * _capacity(version):
            return version
    raise TooLong("the text is too long for a QR code")


def _raw(version: int) -> int:
    """Bits that a version has for data and error correction."""
    bits = (16 * version + 128) * version + 64
    if version >= 2:
        aligned = version // 7 + 2
        bits -= (25 * aligned - 10) * aligned - 55
        if version >= 7:
            bits -= 36
    return bits


def _capacity(version: int) -> int:
    """Data codewords."""
    return _raw(version) // 8 - EC[version - 1] * BLOCKS[version - 1]


def _words(data: bytes, version: int) -> bytes:
    """Mode, length, bytes, end and padding."""
    bits = f"0100{len(data):0{8 if version < 10 else 16}b}" + "".join(f"{byte:08b}" for byte in data)
    room = 8 * _capacity(version)
    bits += "0" * min(4, room - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = bytearray(int(bits[place : place + 8], 2) for place in range(0, len(bits), 8))
    while len(words) < _capacity(version):
        words.append(0xEC)
        if len(words) < _capacity(version):
            words.append(0x11)
    return bytes(words)


def _interleaved(words: bytes, version: int) -> bytes:
    """Blocks with their error correction, a codeword of each in turn."""
    blocks, size = BLOCKS[version - 1], EC[version - 1]
    whole = _raw(version) // 8
    short = blocks - whole % blocks
    length = whole // blocks - size
    divisor = _divisor(size)
    parts, checks, place = [], [], 0
    for number in range(blocks):
        part = words[place : place + length + (number >= short)]
        place += len(part)
        parts.append(part)
        checks.append(_remainder(part, divisor))
    found = bytearray()
    for row in range(length + 1):
        found += bytes(part[row] for part in parts if row < len(part))
    for row in range(size):
        found += bytes(check[row] for check in checks)
    return bytes(found)


def _multiply(left: int, right: int) -> int:
    """In the field of 256 elements with x^8 + x^4 + x^3 + x^2 + 1."""
    found = 0
    for place in range(7, -1, -1):
        found = (found << 1) ^ ((found >> 7) * 0x11D)
        found ^= ((right >> place) & 1) * left
    return found


def _divisor(degree: int) -> bytes:
    found = bytearray([0] * (degree - 1) + [1])
    root = 1
    for _ in range(degree):
        for place in range(degree):
            found[place] = _multiply(found[place], root)
            if place + 1 < degree:
                found[place] ^= found[place + 1]
        root = _multiply(root, 2)
    return bytes(found)


def _remainder(data: bytes, divisor: bytes) -> bytes:
    found = bytearray(len(divisor))
    for byte in data:
        factor = byte ^ found.pop(0)
        found.append(0)
        for place, one in enumerate(divisor):
            found[place] ^= _multiply(one, factor)
    return bytes(found)


class _Code:
    """The square: fixed patterns first, then the data on the rest."""

    def __init__(self, version: int) -> None:
        self.version, self.size = version, version * 4 + 17
        self.dark: Grid = [[False] * self.size for _ in range(self.size)]
        self.fixed: Grid = [[False] * self.size for _ in range(self.size)]
        for place in range(self.size):
            self._set(6, place, place % 2 == 0)
            self._set(place, 6, place % 2 == 0)
        for x, y in ((3, 3), (self.size - 4, 3), (3, self.size - 4)):
            self._finder(x, y)
        places = self._alignments()
        last = len(places) - 1
        for i, x in enumerate(places):
            for j, y in enumerate(places):
                if (i, j) not in ((0, 0), (0, last), (last, 0)):
                    self._aligned(x, y)
        self._format(0)
        self._numbered()

    def _set(self, x: int, y: int, dark: bool) -> None:
        self.dark[y][x], self.fixed[y][x] = dark, True

    def _finder(self, x: int, y: int) -> None:
        for dy in range(-4, 5):
            for dx in range(-4, 5):
                far = max(abs(dx), abs(dy))
                if 0 <= x + dx < self.size and 0 <= y + dy < self.size:
                    self._set(x + dx, y + dy, far not in (2, 4))

    def _aligned(self, x: int, y: int) -> None:
        for dy in range(-2, 3):
            for dx in range(-2, 3):
                self._set(x + dx, y + dy, max(abs(dx), abs(dy)) != 1)

    def _alignments(self) -> list[int]:
        if self.version == 1:
            return []
        count = self.version // 7 + 2
        step = (self.version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
        return [6, *(self.size - 7 - place * step for place in range(count - 2, -1, -1))]

    def _format(self, mask: int) -> None:
        """Level M (00) and the mask, with their own error correction, twice."""
        rest = mask
        for _ in range(10):
            rest = (rest << 1) ^ ((rest >> 9) * 0x537)
        bits = (mask << 10 | rest) ^ 0x5412
        bit = [bool(bits >> place & 1) for place in range(15)]
        for place in range(6):
            self._set(8, place, bit[place])
        self._set(8, 7, bit[6])
        self._set(8, 8, bit[7])
        self._set(7, 8, bit[8])
        for place in range(9, 15):
            self._set(14 - place, 8, bit[place])
        for place in range(8):
            self._set(self.size - 1 - place, 8, bit[place])
        for place in range(8, 15):
            self._set(8, self.size - 15 + place, bit[place])
        self._set(8, self.size - 8, True)

    def _numbered(self) -> None:
        """The version, from 7 on."""
        if self.version < 7:
            return
        rest = self.version
        for _ in range(12):
            rest = (rest << 1) ^ ((rest >> 11) * 0x1F25)
        bits = self.version << 12 | rest
        for place in range(18):
            dark = bool(bits >> place & 1)
            x, y = self.size - 11 + place % 3, place // 3
            self._set(x, y, dark)
            self._set(y, x, dark)

    def write(self, words: bytes) -> None:
        """Upwards and downwards in pairs of columns from the right."""
        place = 0
        for right in range(self.size - 1, 0, -2):
            column = right - 1 if right <= 6 else right
            upward = (column + 1) & 2 == 0
            for vertical in range(self.size):
                y = self.size - 1 - vertical if upward else vertical
                for x in (column, column - 1):
                    if not self.fixed[y][x] and place < len(words) * 8:
                        self.dark[y][x] = bool(words[place >> 3] >> (7 - (place & 7)) & 1)
                        place += 1

    def masked(self) -> Grid:
        """With the mask that disturbs readers least."""
        found = []
        for mask in range(8):
            self._format(mask)
            self._flip(mask)
            found.append((_penalty(self.dark), mask, [row[:] for row in self.dark]))
            self._flip(mask)
        return min(found)[2]

    def _flip(self, mask: int) -> None:
        for y in range(self.size):
            for x in range(self.size):
                self.dark[y][x] ^= not self.fixed[y][x] and MASKS[mask](x, y) == 0


def _penalty(grid: Grid) -> int:
    size = len(grid)
    lines = [
        *("".join("01"[one] for one in row) for row in grid),
        *("".join("01"[row[x]] for row in grid) for x in range(size)),
    ]
    found = 0
    for line in lines:
        for run in line.replace("01", "0 1").replace("10", "1 0").split():
            found += len(run) - 2 if len(run) >= 5 else 0
        found += 40 * sum(line.startswith(("00001011101", "10111010000"), at) for at in range(size - 10))
    for upper, lower in pairwise(grid):
        pairs = zip(pairwise(upper), pairwise(lower), strict=True)
        found += 3 * sum(a == b == c == d for (a, b), (c, d) in pairs)
    dark = sum(map(sum, grid))
    return found + 10 * (abs(dark * 20 - size * size * 10) // (size * size))

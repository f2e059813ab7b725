"""A QR code read back as a reader does: format, version, mask, codewords in order, blocks, error correction."""

import re

import pytest

from portal.web.qr import TooLong, matrix, svg_path

#: ISO/IEC 18004, table 9 (level M): data codewords of the blocks, error correction codewords of each.
LAYOUT = {1: ([16], 10), 5: ([43, 43], 24), 10: ([43, 43, 43, 43, 44], 26)}
#: Table E.1: centres of alignment patterns. Annexes C and D: the format of level M per mask, version 10.
CENTRES: dict[int, list[int]] = {1: [], 5: [6, 30], 10: [6, 28, 50]}
FORMATS = (0x5412, 0x5125, 0x5E7C, 0x5B4B, 0x45F9, 0x40CE, 0x4F97, 0x4AA0)
VERSION_10 = 0x0A4D3
#: Table 10, with i the row and j the column.
UNMASK = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
POWERS = [1]
for _ in range(254):
    POWERS.append(POWERS[-1] << 1 ^ (0x11D if POWERS[-1] & 128 else 0))

TEXTS = {
    1: "挂号 A1",
    5: "https://ehc.example.invalid/auth?no=SQ20250301083000001&stage=01301",
    10: "授权码值" * 15 + "0123456789",
}


def number(grid, places):
    return int("".join("01"[grid[row][column]] for row, column in places), 2)


def mask_of(grid):
    """From both copies, which agree."""
    size = len(grid)
    around = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    split = [(size - 1 - n, 8) for n in range(7)] + [(8, size - 8 + n) for n in range(8)]
    found = number(grid, around)
    assert found == number(grid, split)
    assert grid[size - 8][8], "the dark module"
    return FORMATS.index(found)


def taken(version):
    """Modules that hold no data."""
    size = version * 4 + 17
    found = {(6, n) for n in range(size)} | {(n, 6) for n in range(size)}
    for row, column, high, wide in ((0, 0, 9, 9), (0, size - 8, 9, 8), (size - 8, 0, 8, 9)):
        found |= {(row + r, column + c) for r in range(high) for c in range(wide)}
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row in CENTRES[version]:
        for column in CENTRES[version]:
            if (row, column) not in corners:
                found |= {(row + r, column + c) for r in range(-2, 3) for c in range(-2, 3)}
    if version >= 7:
        found |= {(r, size - 11 + c) for r in range(6) for c in range(3)}
        found |= {(size - 11 + r, c) for r in range(3) for c in range(6)}
    return found


def codewords(grid, version):
    size, skipped, unmask = len(grid), taken(version), UNMASK[mask_of(grid)]
    bits, upward = [], True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in range(size - 1, -1, -1) if upward else range(size):
            for column in (right, right - 1):
                if (row, column) not in skipped:
                    bits.append("01"[grid[row][column] ^ unmask(row, column)])
        upward = not upward
    whole = len(bits) // 8
    return [int("".join(bits[8 * n : 8 * n + 8]), 2) for n in range(whole)]


def blocks(words, version):
    sizes, checks = LAYOUT[version]
    found: list[list[int]] = [[] for _ in sizes]
    rest = iter(words)
    for place in range(max(sizes)):
        for block, size in zip(found, sizes, strict=True):
            if place < size:
                block.append(next(rest))
    for _ in range(checks):
        for block in found:
            block.append(next(rest))
    assert next(rest, None) is None
    return found, sizes, checks


def syndromes(block, checks):
    """All zero for a block without an error."""
    found = []
    for power in range(checks):
        value = 0
        for word in block:
            value = (0 if value == 0 else POWERS[(POWERS.index(value) + power) % 255]) ^ word
        found.append(value)
    return found


@pytest.mark.parametrize("version", LAYOUT)
def test_a_reader_finds_the_text(version):
    grid = matrix(TEXTS[version])
    size = version * 4 + 17
    assert (len(grid), {len(row) for row in grid}) == (size, {size})
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    for row, column in ((0, 0), (0, size - 7), (size - 7, 0)):
        assert ["".join("01"[one] for one in grid[row + n][column : column + 7]) for n in range(7)] == finder
    if version == 10:
        places = [(r, size - 11 + c) for r in range(5, -1, -1) for c in (2, 1, 0)]
        assert number(grid, places) == number(grid, [(c, r) for r, c in places]) == VERSION_10

    found, sizes, checks = blocks(codewords(grid, version), version)
    assert all(not any(syndromes(block, checks)) for block in found)
    data = bytes(word for block, most in zip(found, sizes, strict=True) for word in block[:most])
    bits = "".join(f"{byte:08b}" for byte in data)
    wide = 8 if version < 10 else 16
    assert bits[:4] == "0100", "bytes"
    length, start = int(bits[4 : 4 + wide], 2), 4 + wide
    text = bytes(int(bits[start + 8 * n : start + 8 * n + 8], 2) for n in range(length))
    assert text.decode() == TEXTS[version]
    rest = bits[start + 8 * length :]
    padding = rest[4 + (-(start + 8 * length + 4) % 8) :]
    assert "1" not in rest[: len(rest) - len(padding)]
    assert re.fullmatch("(1110110000010001)*(11101100)?", padding)


def test_the_path_draws_every_dark_module_once_inside_its_quiet_zone():
    path, side = svg_path(TEXTS[1])
    drawn = {(int(y) - 4, int(x) - 4) for x, y in re.findall(r"M(\d+),(\d+)h1v1h-1z", path)}
    grid = matrix(TEXTS[1])
    assert drawn == {(y, x) for y, row in enumerate(grid) for x, dark in enumerate(row) if dark}
    assert (side, path.count("M")) == (29, len(drawn))
    with pytest.raises(TooLong):
        matrix("码" * 140)

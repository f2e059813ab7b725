"""Points on the SM2 curve (GB/T 32918.5), fast enough that signing costs no more than the rest of a message.

gmssl carries points as hexadecimal text and converts at every step. Here they are integers: Jacobian coordinates,
a table of multiples of the base point, and a sliding window for other points.
"""

from __future__ import annotations

import secrets
from functools import lru_cache

from gmssl import sm2 as gmssl_sm2

P = int(gmssl_sm2.default_ecc_table["p"], 16)
N = int(gmssl_sm2.default_ecc_table["n"], 16)
B = int(gmssl_sm2.default_ecc_table["b"], 16)
G = (int(gmssl_sm2.default_ecc_table["g"][:64], 16), int(gmssl_sm2.default_ecc_table["g"][64:], 16))

Point = tuple[int, int]
#: (X, Y, Z) stands for (X/Z², Y/Z³); Z = 0 is the point at infinity.
Jacobian = tuple[int, int, int]

INFINITY: Jacobian = (1, 1, 0)
WINDOW = 5
#: Scalars are blinded by a multiple of the order, so they may be this long.
BITS = 256 + 32


def on_curve(point: Point) -> bool:
    """Whether both coordinates are in range and y² = x³ − 3x + b."""
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x - 3) * x - B) % P == 0


def multiply(scalar: int, point: Point) -> Point | None:
    """scalar · point in affine coordinates, or None for the point at infinity.

    The scalar is blinded first: the pattern of additions then differs from call to call for the same secret.
    """
    blinded = scalar % N + N * secrets.randbits(32)
    return _affine(_base(blinded) if point == G else _windowed(blinded, point))


def _double(point: Jacobian) -> Jacobian:
    x, y, z = point
    square = z * z % P
    slope = 3 * (x - square) * (x + square) % P  # a = −3
    y2 = y * y % P
    s = 4 * x * y2 % P
    x3 = (slope * slope - 2 * s) % P
    return x3, (slope * (s - x3) - 8 * y2 * y2) % P, 2 * y * z % P


def _add(left: Jacobian, right: Point) -> Jacobian:
    x1, y1, z1 = left
    x2, y2 = right
    if not z1:
        return x2, y2, 1
    zz = z1 * z1 % P
    h = (x2 * zz - x1) % P
    r = (y2 * zz * z1 - y1) % P
    if not h:
        return INFINITY if r else _double(left)
    hh = h * h % P
    hhh = h * hh % P
    v = x1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y1 * hhh) % P, z1 * h % P


def _affine(point: Jacobian) -> Point | None:
    x, y, z = point
    if not z:
        return None
    inverse = pow(z, -1, P)
    square = inverse * inverse % P
    return x * square % P, y * square * inverse % P


def _all_affine(points: list[Jacobian]) -> list[Point]:
    """Several points at the price of one inversion; none may be infinity."""
    products = [1]
    for _, _, z in points:
        products.append(products[-1] * z % P)
    inverse = pow(products[-1], -1, P)
    found: list[Point] = []
    for (x, y, z), product in zip(reversed(points), reversed(products[:-1]), strict=True):
        own = inverse * product % P
        inverse = inverse * z % P
        square = own * own % P
        found.append((x * square % P, y * square * own % P))
    return found[::-1]


@lru_cache(maxsize=1)
def _base_table() -> list[list[Point]]:
    """table[i][j − 1] = j · 16^i · G."""
    table = []
    point = G
    for _ in range(BITS // 4 + 1):
        row: list[Jacobian] = [(*point, 1)]
        for _ in range(15):
            row.append(_add(row[-1], point))
        *multiples, following = _all_affine(row)
        table.append(multiples)
        point = following
    return table


def _base(scalar: int) -> Jacobian:
    total = INFINITY
    for row in _base_table():
        if digit := scalar & 15:
            total = _add(total, row[digit - 1])
        scalar >>= 4
    return total


def _windowed(scalar: int, point: Point) -> Jacobian:
    digits = []
    while scalar:
        digit = 0
        if scalar & 1:
            digit = scalar & (2**WINDOW - 1)
            if digit >= 2 ** (WINDOW - 1):
                digit -= 2**WINDOW
            scalar -= digit
        digits.append(digit)
        scalar >>= 1
    twice = _affine(_double((*point, 1)))
    if twice is None:
        return INFINITY
    odd: list[Jacobian] = [(*point, 1)]
    for _ in range(2 ** (WINDOW - 2) - 1):
        odd.append(_add(odd[-1], twice))
    multiples = _all_affine(odd)
    total = INFINITY
    for digit in reversed(digits):
        total = _double(total)
        if digit > 0:
            total = _add(total, multiples[digit // 2])
        elif digit < 0:
            x, y = multiples[-digit // 2]
            total = _add(total, (x, P - y))
    return total

"""The centre's catalogue of drugs, herbs, services and materials: made from a number, the same for every party.

Codes: X drugs (1301), T herbs (1302), Z preparations of institutions (1303), M drugs of national minorities (1304),
F services (1305), C materials (1306); the letter, then eight digits from 00000001 on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from random import Random

from settlement.sandbox.benefits import Listed
from settlement.sandbox.rates import ZERO


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of items: its letter, list_type, charge categories, what they are called, prices from and to (cents)."""

    letter: str
    list_type: str
    charges: tuple[str, ...]
    words: tuple[str, ...]
    cents: tuple[int, int]
    unit: str
    form: str


SORTS = {
    "1301": Sort(
        "X", "101", ("09", "09", "11"), ("缓释片", "胶囊", "注射液", "颗粒", "滴眼液"), (300, 26000), "盒", "片剂"
    ),
    "1302": Sort("T", "102", ("10",), ("根饮片", "叶饮片", "花饮片", "子饮片"), (5, 480), "克", "饮片"),
    "1303": Sort("Z", "103", ("11",), ("合剂", "软膏", "洗剂"), (900, 9000), "瓶", "合剂"),
    "1304": Sort("M", "104", ("11",), ("丸", "散", "汤散"), (800, 12000), "盒", "丸剂"),
    "1305": Sort(
        "F",
        "201",
        ("02", "03", "04", "05", "06", "07"),
        ("检查", "化验", "治疗", "手术", "护理"),
        (500, 90000),
        "次",
        "",
    ),
    "1306": Sort("C", "301", ("08",), ("导管", "敷料", "缝线", "支架", "注射器"), (200, 480000), "件", ""),
}
BY_LETTER = {sort.letter: number for number, sort in SORTS.items()}
SYLLABLES = (
    ("苓", "L"),
    ("泽", "Z"),
    ("枢", "S"),
    ("澜", "L"),
    ("瑚", "H"),
    ("岑", "C"),
    ("栀", "Z"),
    ("芷", "Z"),
    ("菖", "C"),
    ("砂", "S"),
)
LETTERS = {
    **dict(SYLLABLES),
    **dict(
        zip(
            "缓释片胶囊注射液颗粒滴眼根饮叶花子合剂软膏洗丸散汤检查化验治疗手术护理导管敷料缝线支架器",
            "HSPJNZSYKLDYGYYHZHJRGXWSTJCHYZLSSHLDGFLFXZJQ",
            strict=True,
        )
    ),
}


@dataclass(frozen=True, slots=True)
class Item:
    """An item with what the files and the query pages tell of it."""

    listed: Listed
    number: str
    serial: int
    unit: str
    form: str
    spec: str
    maker: str
    pinyin: str

    @property
    def hilist_code(self) -> str:
        """Its code in the insurance's own catalogue."""
        return f"YB{self.listed.code}"


def code_of(number: str, serial: int) -> str:
    return f"{SORTS[number].letter}{serial + 1:08d}"


@lru_cache(maxsize=20_000)
def item(number: str, serial: int) -> Item:
    """The item of that place in its catalogue; the same for ever."""
    sort, random = SORTS[number], Random(f"item:{number}:{serial}")
    first, second = SYLLABLES[serial % 10], SYLLABLES[serial // 10 % 10]
    word = sort.words[serial % len(sort.words)]
    grade = ("01", "01", "02", "02", "01", "03")[serial % 6]
    price = Decimal(random.randint(*sort.cents)) / 100
    prop = (ZERO if grade == "01" else Decimal("0.1000") if serial % 2 else Decimal("0.2000")).quantize(
        Decimal("0.0001")
    )
    limit = (price * Decimal("0.9")).quantize(Decimal("0.01")) if serial % 4 == 1 and grade != "03" else None
    return Item(
        listed=Listed(
            code=code_of(number, serial),
            name=f"{first[0]}{second[0]}{word}{serial + 1}",
            list_type=sort.list_type,
            chrgitm_lv=grade,
            med_chrgitm_type=sort.charges[serial % len(sort.charges)],
            selfpay_prop=Decimal("1.0000") if grade == "03" else prop,
            price_limit=limit,
            price=price,
        ),
        number=number,
        serial=serial,
        unit=sort.unit,
        form=sort.form,
        spec=f"{random.choice((5, 10, 25, 50))}mg×{random.choice((7, 12, 24, 36))}",
        maker=f"{second[0]}{first[0]}制造有限公司",
        pinyin=first[1] + second[1] + "".join(LETTERS.get(one, "") for one in word),
    )


def find(code: str, rows: int) -> Item | None:
    """The item of that code, or None when the catalogue of so many rows has none."""
    number = BY_LETTER.get(code[:1])
    if number is None or len(code) != 9 or not code[1:].isdecimal() or not 1 <= int(code[1:]) <= rows:
        return None
    return item(number, int(code[1:]) - 1)


def items(rows: int, *numbers: str) -> Iterator[Item]:
    """All items of the named catalogues, or of all six."""
    for number in numbers or SORTS:
        for serial in range(rows):
            yield item(number, serial)


def outside(code: str) -> Listed:
    """What no catalogue has: the person's own."""
    return Listed(code, "目录外项目", "105", "03", "14", Decimal("1.0000"), None, ZERO)

"""Invented names for institutions and persons."""

from __future__ import annotations

from random import Random

from portal.codes import code_list

FIRST = "岚霁沐澄翎砚桐栩霖漪璟昀菀槿筠箬苡杉湄珞"
SECOND = "川岫汀野屿圃溪坞隰泽"
KINDS = {"hospital": "医院", "clinic": "诊所", "pharmacy": "大药房", "village": "村卫生室"}
SURNAMES = "甲乙丙丁戊己庚辛壬癸"


def institution_name(kind: str, region: str, number: int, random: Random) -> str:
    """A name that sounds right, is not repeated in the city, and belongs to nobody."""
    words = FIRST[number % len(FIRST)] + SECOND[number // len(FIRST) % len(SECOND)]
    serial = number // (len(FIRST) * len(SECOND))
    branch = f"第{serial + 1}" if serial else ""
    special = random.choice(["", "", "中医", "康复", "综合"]) if kind == "hospital" else ""
    return f"{code_list('clearing.insu_admdvs').label(region)}{words}{branch}{special}{KINDS[kind]}"


def person(number: int) -> tuple[str, str]:
    """(name, certificate number) of an insured who does not exist: region 99 was never issued."""
    name = f"{SURNAMES[number % 10]}参保{number:06d}"
    body = f"990000{1950 + number % 60}{number % 12 + 1:02d}{number % 28 + 1:02d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return name, body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]

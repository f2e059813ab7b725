"""First letters of the pinyin of Chinese words, so that 平城区 is found by "pcq".

The first level of GB 2312 lists its 3,755 characters by pinyin: where a character stands tells its letter. It knows one
reading of each; of the characters behind it (by radical) only those in OTHERS are known.
"""

from bisect import bisect_right

#: The first character of each letter, as its GB 2312 number; no word begins with I, U or V.
STARTS = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8, 0xC4C3, 0xC5B6,
    0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
LETTERS = "abcdefghjklmnopqrstwxyz"
END = 0xD7F9
#: Characters of the second level, and readings that words of these lists want instead of the listed one.
OTHERS = {"郓": "y", "诊": "z", "痧": "s", "癣": "x", "胰": "y", "瘘": "l", "铍": "p", "长": "c"}


def initials(words: str) -> str:
    """平城区 → pcq; ASCII letters and digits stay, everything else is left out."""
    return "".join(filter(None, map(_letter, words.lower())))


def _letter(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isalnum() else ""
    if sign in OTHERS:
        return OTHERS[sign]
    try:
        number = int.from_bytes(sign.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    return LETTERS[bisect_right(STARTS, number) - 1] if STARTS[0] <= number <= END else ""

"""From a line of a catalogue file to an entry: which column says what, what is compared, what a search looks up.

A file is UTF-8 text, a line a row, Tab between its columns, `null` for nothing (Sichuan guide, 1301 to 1315).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from hashlib import blake2b
from types import MappingProxyType

from portal.codes.initials import initials
from portal.gateway.national.columns import national_list
from portal.gateway.national.gateway import FOLDER
from portal.gateway.national.tables import ROOT, readings, table_of

#: What a file writes for nothing.
NOTHING = "null"
#: Columns that differ in every version without meaning anything.
VOLATILE = frozenset(
    {"ver", "ver_name", "rid", "crte_time", "updt_time", "opt_time", "crter_id", "crter_name", "opter_id"}
)
#: Catalogues that come in a reply, page by page, and not as a file.
PAGED = ("1304", "1312")
#: Medicines, services and materials: what a line of charge may be.
ITEMS = ("1301", "1302", "1303", "1304", "1305", "1306")
LONGEST_KEY = 100


@dataclass(frozen=True)
class Shape:
    """Which columns are the key, the code, the name (the first that is there), further words to be found by."""

    code: str
    names: tuple[str, ...]
    more: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    spec: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    maker: tuple[str, ...] = ()


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "1301": Shape(
            "med_list_codg",
            ("reg_name", "drug_genname", "drug_prodname"),
            ("drug_genname", "drug_prodname", "alis"),
            spec=("drug_spec", "reg_spec"),
            unit=("min_prcunt", "min_salunt", "min_pacunt"),
            maker=("prodentp_name",),
        ),
        "1302": Shape("med_list_codg", ("sindrug_name", "mlms_name"), ("mlms_name",)),
        "1303": Shape(
            "med_list_codg",
            ("drug_prodname",),
            ("alis",),
            spec=("drug_spec",),
            unit=("min_salunt", "min_pacunt"),
            maker=("fixmedins_name",),
        ),
        "1304": Shape(
            "med_list_codg",
            ("drug_genname", "drug_prodname"),
            ("drug_prodname", "alis"),
            spec=("drug_spec",),
            unit=("min_prcunt", "min_salunt"),
        ),
        "1305": Shape("med_list_codg", ("servitem_name",), unit=("prcunt_name", "prcunt")),
        "1306": Shape(
            "med_list_codg",
            ("mcs_name", "reg_fil_prod_name"),
            ("hi_genname", "reg_fil_prod_name"),
            spec=("spec_mol", "spec", "prod_mol"),
            unit=("pacunt", "min_useunt"),
            maker=("prodentp_name",),
        ),
        "1307": Shape("diag_code", ("diag_name",)),
        "1308": Shape("oprn_oprt_code", ("oprn_oprt_name",)),
        "1309": Shape("opsp_dise_code", ("opsp_dise_name", "opsp_dise_subd_clss_name")),
        "1310": Shape("bydise_setl_list_code", ("bydise_setl_dise_name",), spec=("qua_oprn_oprt_name",)),
        "1311": Shape("daysrg_dise_list_code", ("daysrg_dise_name",), spec=("qua_oprn_oprt_name",)),
        "1312": Shape("hilist_code", ("hilist_name",), key=("hilist_code", "insu_admdvs", "begndate")),
        "1313": Shape("mpy_type_code", ("mpy_type", "tmor_cell_type"), ("tmor_cell_type",)),
        "1314": Shape("dise_type_code", ("dise_type_name",), spec=("caty_cgy_name",)),
        "1315": Shape("sds_type_code", ("sds_type_name",), spec=("sds_cgy_name",)),
    }
)


class WrongLine(ValueError):
    """A line is not what the catalogue's table says; `sentence` names what is wrong, for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@cache
def columns_of(number: str) -> tuple[tuple[str, str], ...]:
    """(name on the wire, title) of every column, in the order of the file, or of the reply where there is no file."""
    if number in PAGED:
        root = next(node for node in table_of(number).output if node.name == ROOT)
        return tuple((column.wire, column.title) for column in root.columns)
    listed = json.loads((FOLDER / "catalogue_files.json").read_text(encoding="utf-8"))
    return tuple((str(wire), str(title)) for wire, title in listed[number])


@cache
def title_of(number: str) -> str:
    """What people call the catalogue: 西药中成药目录下载 → 西药中成药目录."""
    title = table_of(number).name
    return title.removesuffix("下载").removesuffix("查询").removesuffix("信息")


@dataclass(frozen=True, slots=True)
class Parsed:
    """An entry as it is stored, in the order of its columns; dates as the database reads them, "" for none."""

    key: str
    code: str
    name: str
    words: str
    initials: str
    grams: tuple[str, ...]
    spec: str
    unit: str
    maker: str
    grade: str
    is_valid: bool
    begins_on: str
    ends_on: str
    digest: str
    version: str
    version_name: str


class Reader:
    """Reads lines of one catalogue; made once for a file, because it is asked for every one of its lines."""

    def __init__(self, number: str) -> None:
        shape, names = SHAPES[number], [wire for wire, _ in columns_of(number)]
        at = {wire: place for place, wire in enumerate(names)}
        self.count = len(names)
        self.key = tuple(at[wire] for wire in shape.key) or (0,)
        self.code, self.names = at[shape.code], _places(at, shape.names)
        self.more, self.spec = _places(at, shape.more), _places(at, shape.spec)
        self.unit, self.maker = _places(at, shape.unit), _places(at, shape.maker)
        self.grade, self.pinyin = at.get("chrgitm_lv"), at.get("pinyin")
        self.valid, self.begins, self.ends = at.get("vali_flag"), at.get("begndate"), at.get("enddate")
        self.version, self.version_name = at.get("ver"), at.get("ver_name")
        self.steady = [place for place, wire in enumerate(names) if wire not in VOLATILE]

    def read(self, values: Sequence[str]) -> Parsed:
        """The entry of a line's values. Raises WrongLine when columns are missing or it has no key.

        More columns than the table has are kept in the line: provinces add their own at the end.
        """
        if len(values) < self.count:
            raise WrongLine(f"有 {len(values)} 列，应有 {self.count} 列")
        values = ["" if one == NOTHING else one for one in values]
        key = "|".join(values[place] for place in self.key)
        if not key.strip("|") or len(key) > LONGEST_KEY:
            raise WrongLine("没有主键" if not key.strip("|") else "主键过长")
        code, name = values[self.code] or values[0], _first(values, self.names)
        words = " ".join(dict.fromkeys(one for one in (name, *(values[place] for place in self.more)) if one))
        short = letters_of(self._pinyin(values) or name)
        steady = "\t".join([values[place] for place in self.steady] + values[self.count :])
        return Parsed(
            key=key,
            code=code[:100],
            name=(name or code)[:500],
            words=words[:1500].lower(),
            initials=short[:500],
            grams=grams(words, short),
            spec=_first(values, self.spec)[:300],
            unit=_first(values, self.unit)[:100],
            maker=_first(values, self.maker)[:300],
            grade=self._at(values, self.grade)[:6],
            is_valid=self._at(values, self.valid) != "0",
            begins_on=day(self._at(values, self.begins)),
            ends_on=day(self._at(values, self.ends)),
            digest=blake2b(steady.encode(), digest_size=16).hexdigest(),
            version=self._at(values, self.version)[:40],
            version_name=self._at(values, self.version_name)[:100],
        )

    def _pinyin(self, values: Sequence[str]) -> str:
        """The centre's initials, where it gives letters and not something else."""
        given = self._at(values, self.pinyin)
        return given if given.isascii() else ""

    @staticmethod
    def _at(values: Sequence[str], place: int | None) -> str:
        return "" if place is None else values[place]


def _places(at: Mapping[str, int], names: Iterable[str]) -> tuple[int, ...]:
    return tuple(at[name] for name in names)


def _first(values: Sequence[str], places: Iterable[int]) -> str:
    for place in places:
        if values[place]:
            return values[place]
    return ""


letters_of = lru_cache(maxsize=8192)(initials)


@lru_cache(maxsize=8192)  # makers sell the same under the same name
def grams(words: str, short: str) -> tuple[str, ...]:
    """Pieces of one and two signs of the words, of two letters of the initials, and the first letter as `^a`.

    What somebody types is looked up by its own pieces, so any part of a name finds it, of two signs or of twenty;
    pieces of three, as the database's own index makes them, would never find 阿莫.
    """
    found: dict[str, None] = {}
    for word in words.lower().split():
        for place, sign in enumerate(word):
            if sign.isalnum():
                if not sign.isascii():
                    found[sign] = None
                after = word[place + 1 : place + 2]
                if after.isalnum():
                    found[sign + after] = None
    for place in range(len(short) - 1):
        found[short[place : place + 2]] = None
    if short:
        found["^" + short[0]] = None
    return tuple(found)


def wanted_grams(word: str) -> tuple[str, ...]:
    """The pieces that everything found by this word has."""
    word = word.lower()
    if len(word) == 1:
        return ("^" + word if word.isascii() else word,) if word.isalnum() else ()
    pairs = (word[place : place + 2] for place in range(len(word) - 1))
    return tuple(dict.fromkeys(pair for pair in pairs if pair.isalnum() and len(pair) == 2))


@lru_cache(maxsize=4096)
def day(text: str) -> str:
    """The day of a date or time as the centre writes it (2024-01-01, 2024-01-01 00:00:00, 20240101), or "" for none."""
    text = text[:10] if text[4:5] in "-/" else text[:8]
    try:
        return date.fromisoformat(text.replace("/", "-")).isoformat() if text else ""
    except ValueError:
        return ""


def told(number: str, line: str) -> list[tuple[str, str, str]]:
    """(name, title, value) of every column of a stored line that says something, codes with their labels; our own
    words for columns beyond the table."""
    values = ["" if one == NOTHING else one for one in line.split("\t")]
    named = list(columns_of(number))
    named += [("", f"附加列 {place + 1}") for place in range(len(values) - len(named))]
    return [(wire, title, labelled(wire, value)) for (wire, title), value in zip(named, values, strict=False) if value]


def labelled(wire: str, value: str) -> str:
    """A code with what it means, where the interface has a dictionary of that name."""
    codes = national_list(str(readings()["codes"].get(wire, wire))) if wire else None
    return f"{value} {codes.label(value)}" if codes is not None and value in codes else value


def differences(number: str, before: str, after: str) -> list[tuple[str, str, str]]:
    """(title, before, after) of every column in which two lines differ, without those that always do."""
    old, new = ({(w, t): v for w, t, v in told(number, line)} for line in (before, after))
    return [
        (title, old.get((wire, title), ""), new.get((wire, title), ""))
        for wire, title in dict.fromkeys([*old, *new])
        if wire not in VOLATILE and old.get((wire, title), "") != new.get((wire, title), "")
    ]

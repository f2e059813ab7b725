"""The catalogue files by version: rows made from their place, the same for ever; only the columns are data.

A catalogue of N rows has its first nine tenths in version 1. Every later version brings some rows that are new, some
that changed and some that are withdrawn, so a portal has to keep versions apart.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import portal.gateway.national
from portal.gateway.sandbox.models import Party
from settlement.sandbox.centre import centre_of
from settlement.sandbox.items import SORTS, item
from settlement.sandbox.options import Options

FOLDER = Path(portal.gateway.national.__file__).parent
FIRST_DAY = date(2024, 1, 1)
NOTHING = "null"


@cache
def columns() -> dict[str, list[str]]:
    """The wire names of every file's columns, in order."""
    read = json.loads((FOLDER / "catalogue_files.json").read_text(encoding="utf-8"))
    return {number: [wire for wire, _ in listed] for number, listed in read.items()}


def label(version: int) -> str:
    return f"V{version:04d}"


def version_of(text: str) -> int:
    """The number in a version's label; whatever a caller sends who has none yet is 0."""
    digits = text.strip().removeprefix("V")
    return int(digits) if digits.isdecimal() else 0


def versions_of(party: Party, number: str) -> int:
    """How many versions of the catalogue there are; LookupError for one that there is not."""
    if number not in columns():
        raise LookupError(f"没有这样的目录：{number}")
    return Options.of(party).catalogue_versions + int(centre_of(party).versions.get(number, 0))


def places(rows: int, version: int) -> Iterator[tuple[int, bool]]:
    """(place, whether it is valid) of the rows that this version brings."""
    first = rows - rows // 10
    if version == 1:
        yield from ((place, True) for place in range(first))
        return
    step = max(rows // 20, 1)
    start = min(first + (version - 2) * step, rows)
    yield from ((place, True) for place in range(version % 7, first, 20))
    yield from ((place, False) for place in range(version % 11 + 3, first, 200))
    yield from ((place, True) for place in range(start, min(start + step, rows)))


def count(rows: int, version: int) -> int:
    return len({place for place, _ in places(rows, version)})


def zipped(number: str, version: int, rows: int, filename: str) -> bytes:
    """The file: a zip of one TXT, UTF-8, Tab between values, `null` for nothing, no heading."""
    packed, inner = io.BytesIO(), filename.removesuffix(".zip") + ".txt"
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(inner, "w") as text,
    ):
        for line in _lines(number, version, rows):
            text.write(line.encode())
    return packed.getvalue()


def _lines(number: str, version: int, rows: int) -> Iterator[str]:
    names, described = columns()[number], _DESCRIBED.get(number, _disease)
    for place, is_valid in dict(places(rows, version)).items():
        values = {**described(number, place), **_tail(number, place, version, is_valid)}
        yield "\t".join(str(values.get(name, "")) or NOTHING for name in names) + "\n"


def _tail(number: str, place: int, version: int, is_valid: bool) -> dict[str, str]:
    at = f"{FIRST_DAY + timedelta(days=30 * version)} 00:00:00"
    return {
        "vali_flag": "1" if is_valid else "0",
        "rid": f"{number}{place + 1:012d}",
        "crte_time": f"{FIRST_DAY} 00:00:00",
        "updt_time": at,
        "ver": label(version),
        "ver_name": f"{FIRST_DAY.year}版第{version}次",
        "memo": f"第{version}版" if version > 1 else "",
        "begndate": str(FIRST_DAY),
        "enddate": "2099-12-31" if is_valid else at[:10],
    }


def _thing(number: str, place: int) -> dict[str, str]:
    """A drug, herb, preparation, service or material, as the settlements know it."""
    one = item(number, place)
    listed, sort = one.listed, SORTS[number]
    named = ("drug_prodname", "drug_genname", "reg_name", "sindrug_name", "mlms_name", "servitem_name", "mcs_name")
    names = dict.fromkeys((*named, "hi_genname", "reg_fil_prod_name", "chemname"), listed.name)
    specs = dict.fromkeys(("drug_spec", "reg_spec", "spec", "spec_mol", "pacspec"), one.spec)
    units = dict.fromkeys(("min_useunt", "min_salunt", "min_pacunt", "prcunt", "prcunt_name", "pacunt"), one.unit)
    forms = dict.fromkeys(("drug_dosform", "drug_dosform_name", "reg_dosform", "dosform", "dosform_name"), sort.form)
    return {
        **names,
        **specs,
        **units,
        **forms,
        "med_list_codg": listed.code,
        "genname_codg": f"TY{place % 97:04d}",
        "pinyin": one.pinyin,
        "wubi": "",
        "prodentp_name": one.maker,
        "prodentp_code": f"QY{place % 61:04d}",
        "chrgitm_lv": listed.chrgitm_lv,
        "bas_medn_flag": "1" if listed.chrgitm_lv == "01" else "0",
        "lmt_used_flag": "1" if place % 9 == 0 else "0",
        "otc_flag": "1" if place % 3 == 0 else "0",
        "tcmpat_flag": "1" if listed.med_chrgitm_type == "11" else "0",
        "pac_cnt": "1",
        "min_pac_cnt": "1",
        "aprvno": f"国药准字Z{place + 1:08d}",
        "servitem_type": listed.med_chrgitm_type,
        "cpnd_flag": "0",
    }


CHAPTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PARTS = ("苓部", "泽部", "枢部", "澜部", "瑚部", "岑部", "栀部", "芷部", "菖部", "砂部")
PARTS_PINYIN = "LZSLHCZZCS"
KINDS = (("慢性炎症", "MXYZ"), ("急性损伤", "JXSS"), ("功能障碍", "GNZA"), ("良性肿物", "LXZW"), ("术后状态", "SHZT"))


def _disease(number: str, place: int) -> dict[str, str]:
    """A disease, operation, form of tumour, or syndrome, in the manner of its own classification."""
    part, kind = place % 10, place // 10 % 5
    name = f"{PARTS[part]}{KINDS[kind][0]}{place + 1}"
    letter, two, three = CHAPTERS[place // 1000 % 26], place // 10 % 100, place % 1000
    code = {
        "1307": f"{letter}{two:02d}.{three:03d}",
        "1308": f"{two:02d}.{place % 100:02d}x{place // 100:03d}",
        "1309": f"M{(place + 1) * 100:05d}",
        "1313": f"M{8000 + place:04d}/{part % 4}",
        "1314": f"A{two:02d}.{three:03d}",
        "1315": f"B{two:02d}.{three:03d}",
    }.get(number, f"{'DB' if number == '1310' else 'RJ'}{place + 1:06d}")
    if number == "1307" and place >= 26_000:
        code += f"x{place // 26_000:02d}"
    coded = ("diag_code", "natstd_diag_code", "clnc_diag_code", "oprn_oprt_code", "rtl_oprn_code", "clnc_oprn_code")
    listed = ("opsp_dise_code", "bydise_setl_list_code", "daysrg_dise_list_code", "mpy_type_code", "dise_type_code")
    named = ("diag_name", "natstd_diag_name", "clnc_diag_name", "oprn_oprt_name", "rtl_oprn_name", "clnc_oprn_name")
    called = ("opsp_dise_name", "bydise_setl_dise_name", "daysrg_dise_name", "mpy_type", "dise_type_name")
    first = columns()[number][0]
    return {
        "cpr": str(place // 1000 % 26 + 1),
        "cpr_name": f"第{place // 1000 % 26 + 1}章",
        "cgy_code": code[:3],
        "cgy_name": PARTS[part],
        "sds_type_code": code,
        "sds_type_name": name,
        "tmor_cell_type": KINDS[kind][0],
        "opsp_dise_majcls_name": KINDS[kind][0],
        "pinyin": f"{PARTS_PINYIN[part]}B{KINDS[kind][1]}",
        **dict.fromkeys((*coded, *listed), code),
        **dict.fromkeys((*named, *called), name),
        first: code if number == "1309" else f"{number}{place + 1:08d}",
    }


_DESCRIBED: dict[str, Callable[[str, int], dict[str, Any]]] = dict.fromkeys(
    ("1301", "1302", "1303", "1305", "1306"), _thing
)

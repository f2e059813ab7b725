"""Catalogues over the wire: 1301 to 1315 as files, 9101 and 9102, and the pages of 1304, 1312 and 1316 to 1319."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.plays import Call, Raw, Refuse, plays
from portal.gateway.wire.files import file_bytes
from settlement.sandbox import catalogue
from settlement.sandbox.answers import answer
from settlement.sandbox.centre import Content, content, institution, now
from settlement.sandbox.items import Item, find, items
from settlement.sandbox.models import File, Upload
from settlement.sandbox.options import Options

LONGEST_PAGE = 100


def _ask_for(number: str) -> Callable[[Any, Call], Record]:
    def ask_for(request: Any, call: Call) -> Record:
        """The version after the stated one as a file; without a newer one there is neither file nor row."""
        have = catalogue.version_of(str(content(request).get("data", {}).get("ver", "")))
        until = f"{now() + timedelta(days=7):%Y-%m-%d}"
        if have >= catalogue.versions_of(call.party, number):
            return answer(request, file_qury_no="", filename="", dld_end_time=until, data_cnt=0)
        file = File.objects.create(
            party=call.party,
            number=file_number(number, call),
            filename=f"{number}_{catalogue.label(have + 1)}.zip",
            infno=number,
            version=have + 1,
        )
        rows = catalogue.count(Options.of(call.party).catalogue_rows, have + 1)
        named = {"file_qury_no": file.number, "filename": file.filename}
        return answer(request, **named, dld_end_time=until, data_cnt=rows)

    return ask_for


for number in catalogue.columns():
    plays(transaction(number))(_ask_for(number))


@plays(transaction("9101"))
def take_file(request: Any, call: Call) -> Record:
    """Keep the bytes of a file under a number of its own."""
    asked = content(request).get("fsUploadIn", {})
    try:
        packed = file_bytes(str(asked.get("in", "")))
    except TypeError:
        raise Refuse("7508", "文件数据不是字节数组") from None
    file = File.objects.create(
        party=call.party, number=file_number("U", call), filename=str(asked.get("filename", "")), content=packed
    )
    call.effect(file.number, rows=1, detail={"filename": file.filename, "bytes": len(packed)})
    code, until = institution(call.party)[0], f"{now() + timedelta(days=7):%Y-%m-%d %H:%M:%S}"
    named = {"file_qury_no": file.number, "filename": file.filename, "fixmedins_code": code}
    return answer(request, **named, dld_endtime=until)


@plays(transaction("9102"))
def give_file(request: Any, call: Call) -> Record:
    """The zip itself; a number or name that nobody was given is refused."""
    asked = content(request).get("fsDownloadIn", {})
    file = File.objects.filter(party=call.party, number=str(asked.get("file_qury_no", ""))).first()
    if file is None or file.filename != asked.get("filename"):
        raise Refuse("7509", "没有这个文件查询号和文件名的文件")
    if file.ready_at is not None and file.ready_at > now():
        raise Refuse("7513", "文件尚未生成，请稍后下载")
    if file.content is not None:
        return Raw(content=bytes(file.content))
    rows = Options.of(call.party).catalogue_rows
    return Raw(content=catalogue.zipped(file.infno, file.version, rows, file.filename))


def file_number(letter: str, call: Call) -> str:
    """A number for a file: at most 30 characters, and nobody else's."""
    return f"{letter}{call.party.pk % 10**6:06d}{call.nonce[-18:]}"


def page(asked: Mapping[str, Any], found: Iterator[Content]) -> list[Content]:
    """The asked page of the rows: page_num from 1, at most a hundred rows; empty beyond the last."""
    size = min(int(asked.get("page_size") or LONGEST_PAGE) or LONGEST_PAGE, LONGEST_PAGE)
    start = (max(int(asked.get("page_num") or 1), 1) - 1) * size
    return list(islice(found, start, start + size))


def _listed(call: Call, asked: Mapping[str, Any], *numbers: str) -> Iterator[Item]:
    """Items that fit what is asked by code, name, pinyin and kind."""
    rows = Options.of(call.party).catalogue_rows
    code = str(asked.get("med_list_codg") or str(asked.get("hilist_code") or "").removeprefix("YB"))
    if code:
        one = find(code, rows)
        found = iter([one] if one and (not numbers or one.number in numbers) else [])
    else:
        found = items(rows, *numbers)
    name = str(asked.get("hilist_name") or asked.get("drug_genname") or asked.get("drug_prodname") or "")
    pinyin = str(asked.get("pinyin") or "").upper()
    for one in found:
        listed = one.listed
        if name not in listed.name or not one.pinyin.startswith(pinyin):
            continue
        same = {name: asked[name] for name in ("list_type", "chrgitm_lv", "med_chrgitm_type") if asked.get(name)}
        if all(getattr(listed, name) == value for name, value in same.items()):
            yield one


def _common(call: Call, one: Item) -> Content:
    region = institution(call.party)[2]
    return {
        "hilist_code": one.hilist_code,
        "med_list_codg": one.listed.code,
        "hilist_name": one.listed.name,
        "list_type": one.listed.list_type,
        "chrgitm_lv": one.listed.chrgitm_lv,
        "med_chrgitm_type": one.listed.med_chrgitm_type,
        "insu_admdvs": region,
        "poolarea_no": region,
        "begndate": str(catalogue.FIRST_DAY),
        "enddate": "2099-12-31",
        "pinyin": one.pinyin,
        "vali_flag": "1",
        "rid": f"{one.number}{one.serial + 1:012d}",
        "crte_time": str(catalogue.FIRST_DAY),
        "updt_time": str(catalogue.FIRST_DAY),
        "lmt_used_flag": "1" if one.serial % 9 == 0 else "0",
        "med_use_flag": "1",
        "matn_used_flag": "0",
        "hilist_use_type": "1",
        "lmt_cpnd_type": "0",
        "ver": catalogue.label(1),
    }


@plays(transaction("1304"))
def minority_drugs(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    named = ("drug_prodname", "drug_genname", "alis")
    rows = (
        _common(call, one) | dict.fromkeys(named, one.listed.name) | {"drug_spec": one.spec, "dosform": one.form}
        for one in _listed(call, asked, "1304")
    )
    return answer(request, data=page(asked, rows))


@plays(transaction("1316"))
@plays(transaction("1312"))
def insured_items(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    return answer(request, data=page(asked, (_common(call, one) for one in _listed(call, asked))))


@plays(transaction("1317"))
def matched(request: Any, call: Call) -> Record:
    """What 3301 matched, as it came."""
    asked, (code, _, region) = content(request).get("data", {}), institution(call.party)
    found = Upload.objects.filter(party=call.party, family="3301").order_by("pk")
    rows = (
        one.facts
        | {
            "fixmedins_code": code,
            "medins_list_codg": one.facts.get("fixmedins_hilist_id"),
            "medins_list_name": one.facts.get("fixmedins_hilist_name"),
            "insu_admdvs": region,
            "vali_flag": "1",
            "rid": f"3301{one.pk:012d}",
            "updt_time": f"{one.at:%Y-%m-%d}",
            "crte_time": f"{one.at:%Y-%m-%d}",
        }
        for one in found
    )
    wanted = {name: asked[name] for name in ("medins_list_codg", "list_type", "med_list_codg") if asked.get(name)}
    fitting = (one for one in rows if all(one.get(name) == value for name, value in wanted.items()))
    return answer(request, data=page(asked, fitting))


@plays(transaction("1318"))
def limits(request: Any, call: Call) -> Record:
    """The price limits; items without one are not in it."""
    asked = content(request).get("data", {})
    more = {"hilist_lmtpric_type": "3", "overlmt_dspo_way": "1"}
    rows = (
        _common(call, one) | more | {"hilist_pric_uplmt_amt": one.listed.price_limit}
        for one in _listed(call, asked)
        if one.listed.price_limit is not None
    )
    return answer(request, data=page(asked, rows))


@plays(transaction("1319"))
def shares(request: Any, call: Call) -> Record:
    """First shares; grade 甲 has 0."""
    asked = content(request).get("data", {})
    more = {"selfpay_prop_psn_type": "310", "selfpay_prop_type": "10"}
    rows = (_common(call, one) | more | {"selfpay_prop": one.listed.selfpay_prop} for one in _listed(call, asked))
    return answer(request, data=page(asked, rows))

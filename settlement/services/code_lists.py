"""Dictionaries as the region's centre has them (1901), beside the published ones; adopted into an edition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.codes import CodeList, code_list, code_lists
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.gateway.national import compose
from portal.gateway.national.classes import current_edition
from portal.gateway.national.edition_faults import EditionFaults
from portal.gateway.national.editions import Edition
from portal.gateway.national.keeping import bring_edition
from portal.gateway.national.models import NationalEdition
from portal.jobs import Job, start
from settlement.actions import CODES_ADOPTED, CODES_ASKED
from settlement.models import RegionCodes
from settlement.services.catalogue.store import centre_of, required_region
from settlement.services.refusals import Refused

FETCH_CODES = "settlement.codes"
#: A dictionary without a dictionary above it.
NO_PARENT = "0"
VALID = "1"
#: `valiFlag` of an entry that is no longer used.
ENDED = "0"
Door = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Compared:
    """One code with both labels; `difference` says how they differ, "" where they do not."""

    code: str
    ours: str
    theirs: str
    difference: str


class NoCodes(Exception):
    """Not one dictionary came; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def known_kinds() -> dict[str, str]:
    """Every published dictionary of the interface by its name: what may be asked for."""
    return {one.name: one.title for one in code_lists() if one.scope == "national"}


def codes_in(environment: str) -> QuerySet[RegionCodes]:
    """What the open institution's region told."""
    return RegionCodes.objects.filter(environment=environment, **centre_of(environment))


def ask_codes(kinds: list[str], *, by: Member) -> Job:
    """Fetch these dictionaries in the background, or join what runs; Refused without a region or for unknown ones."""
    environment = environment_for(by)
    region, known = required_region(environment), known_kinds()
    if not kinds:
        raise Refused("请选择要获取的字典", "kinds")
    if unknown := sorted(set(kinds) - known.keys()):
        raise Refused(f"没有这样的字典：{'、'.join(unknown)}", "kinds")
    title = f"获取中心字典（{len(kinds)} 种）"
    job = start(
        FETCH_CODES, environment, by=by, title=title, params={"environment": environment, "kinds": sorted(kinds)}
    )
    if not job.joined:
        what = known[kinds[0]] if len(kinds) == 1 else f"{len(kinds)} 种"
        record(CODES_ASKED, by=by, what=f"{what}（区划 {region}）")
    return job


def fetch_codes(params: Mapping[str, Any], *, ask: Ask, door: Door, progress: Callable[..., None]) -> str:
    """Ask for one dictionary after the other and keep each; the job's closing note. Outside any transaction."""
    environment, kinds, failed = params["environment"], list(params["kinds"]), []
    with door():
        region = required_region(environment)
    for place, kind in enumerate(kinds):
        progress(place, len(kinds), known_kinds().get(kind, kind))
        asked = {
            "type": kind,
            "parent_value": NO_PARENT,
            "admdvs": region,
            "date": timezone.localdate(),
            "Vali_Flag": VALID,
        }
        try:
            rows = ask(compose("1901", {"data": asked})).list
        except Rejected as refusal:
            failed.append(f"{known_kinds().get(kind, kind)}：{refusal.sentence}")
            continue
        except (NotSent, Unknown) as fault:
            raise NoCodes(f"{fault.sentence}；已获取 {place} 种") from None
        with door():
            keep_codes(environment, kind, [entry_of(row) for row in rows], timezone.localdate())
    progress(len(kinds), len(kinds))
    if len(failed) == len(kinds):
        raise NoCodes("；".join(failed)[:500])
    return "；".join([f"已获取 {len(kinds) - len(failed)} 种", *failed])


def entry_of(row: Any) -> list[str]:
    """A row of the reply as it is kept: code, label, parent, sort, flag, version."""
    told = row.model_dump(mode="json", by_alias=True)
    names = ("value", "label", "parentValue", "sort", "valiFlag", "version")
    return [str(told.get(name) if told.get(name) is not None else "") for name in names]


def keep_codes(environment: str, kind: str, entries: list[list[str]], on: date) -> RegionCodes:
    """Keep what the region told, and how it differs from what holds here."""
    ours = held_list(kind, current_edition(environment))
    rows = compared(ours, entries)
    counts = {name: sum(one.difference == word for one in rows) for name, word in WORDS.items()}
    version = max((entry[5] for entry in entries), default="")
    values = {"entries": entries, "count": len(entries), "valid_on": on, "version": version, **counts}
    rows_of_kind = RegionCodes.objects.filter(environment=environment)
    where: dict[str, Any] = {**centre_of(environment), "environment": environment, "kind": kind}
    return rows_of_kind.update_or_create(**where, defaults=values)[0]


WORDS = {"added": "中心多出", "missing": "中心没有", "renamed": "名称不同"}


def held_list(kind: str, edition: Edition) -> CodeList:
    """The dictionary that holds here: the edition's, else the published one."""
    return edition.lists.get(kind) or code_list(f"national.{kind}")


def compared(ours: CodeList, entries: list[list[str]]) -> list[Compared]:
    """Every code of either side, in the order of ours, then of theirs."""
    theirs = {entry[0]: entry[1] for entry in entries if entry[4] != ENDED}
    found = []
    for code in dict.fromkeys([*ours.codes, *theirs]):
        here, there = (ours.codes[code].label if code in ours.codes else ""), theirs.get(code, "")
        word = ""
        if not here or not there:
            word = WORDS["added"] if not here else WORDS["missing"]
        elif here.strip() != there.strip():
            word = WORDS["renamed"]
        found.append(Compared(code, here, there, word))
    return found


def adopt(told: RegionCodes, *, by: Member) -> NationalEdition:
    """A new edition in which this dictionary is the centre's; the administrator puts it into use on its own page.

    Refused when nothing differs, or the edition would not hold together.
    """
    environment = environment_for(by)
    edition = current_edition(environment)
    rows = compared(held_list(told.kind, edition), told.entries)
    if not told.entries or not any(one.difference for one in rows):
        raise Refused("中心字典与正在使用的字典一致，没有需要采用的内容")
    content = dict(edition.content)
    own = {entry[0]: entry[1] for entry in told.entries if entry[4] != ENDED}
    title = known_kinds().get(told.kind, told.kind)
    content["codes"] = {**content.get("codes", {}), told.kind: {"title": title, "set": own, "whole": True}}
    content.setdefault("province", f"区划 {told.region}")
    base = str(content.get("version", "字典")).split("+")[0]
    content["version"] = f"{base}+{told.kind}-{timezone.localdate():%Y%m%d}"[:40]
    try:
        made = bring_edition(content, by=by)
    except EditionFaults as faults:
        raise Refused(str(faults)) from None
    record(CODES_ADOPTED, made, by=by, what=title, edition=str(made))
    return made

"""Files with records: read, looked at record by record, then taken like any other delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.national import current_edition
from settlement.actions import RECORDS_FILE_READ
from settlement.models import UploadFile
from settlement.models.upload import Source
from settlement.rules.upload_content import tidied
from settlement.rules.uploads import MOST
from settlement.services.refusals import Refused
from settlement.services.uploads.arrival import (
    NEW,
    REPEATED,
    REPLACED,
    SAME,
    Given,
    look_at,
    required_kind,
    take_records,
)
from settlement.services.uploads.sheets import Line, read_json, read_lines, slots_of

#: Records of one file.
MOST_IN_FILE = 5_000


@dataclass(frozen=True)
class FileFault:
    """What is wrong in a file: which record, which item, why."""

    place: str
    label: str
    where: str
    sentence: str


@dataclass(frozen=True)
class Look:
    """What taking a file would do."""

    file: UploadFile
    given: list[Given]

    @property
    def counted(self) -> dict[str, int]:
        found = Counter(one.outcome for one in self.given)
        fresh = [one for one in self.given if one.outcome in (NEW, REPLACED)]
        wrong = sum(one.is_wrong for one in fresh)
        return {
            "new": found[NEW],
            "replaced": found[REPLACED],
            "same": found[SAME] + found[REPEATED],
            "fresh": len(fresh),
            "wrong": wrong,
            "good": len(fresh) - wrong,
        }

    @property
    def faults(self) -> list[FileFault]:
        return [
            FileFault(place, fault.label, fault.where, fault.sentence)
            for place, one in zip(self.file.places, self.given, strict=True)
            for fault in one.wrong
        ]


def read_file(number: str, name: str, content: bytes, lines: Sequence[Line] | None, *, by: Member) -> UploadFile:
    """Keep the records of a file without taking them; `lines` are an Excel's rows, None for JSON.

    Raises Refused when it cannot be read, or has too many records.
    """
    environment = environment_for(by)
    edition = current_edition(environment)
    kind = required_kind(number, edition)
    read = read_json(content) if lines is None else read_lines(lines, slots_of(kind, edition))
    if len(read.records) > MOST_IN_FILE:
        raise Refused(f"一个文件最多 {MOST_IN_FILE:,} 条，请分成几个文件", "file")
    made = UploadFile.objects.create(
        environment=environment,
        number=kind.number,
        name=name[-200:],
        content=[tidied(None, one) for one in read.records],
        places=read.places,
        count=len(read.records),
        uploaded_as=by.label[:100],
    )
    record(RECORDS_FILE_READ, made, by=by, number=kind.number, file=made.name, count=made.count)
    return made


def look_at_file(file: UploadFile, *, by: Member) -> Look:
    """What taking it now would do; of one key in a file the last counts."""
    records = _records(file)
    given = [one for piece in _pieces(records) for one in look_at(file.number, piece, by=by)]
    last = {one.identity.key: place for place, one in enumerate(given)}
    for place, one in enumerate(given):
        if last[one.identity.key] != place:
            one.outcome = REPEATED
    return Look(file, given)


@atomic
def take_file(file: UploadFile, *, by: Member, only_good: bool) -> Counter[str]:
    """Take the records, those with faults to be mended here, unless `only_good`; how many of each outcome.

    Raises Refused when it was taken before.
    """
    file = UploadFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if file.taken_at is not None:
        raise Refused("这个文件已经导入过了")
    records = _records(file)
    if only_good:
        given = look_at_file(file, by=by).given
        records = [one for one, told in zip(records, given, strict=True) if not told.is_wrong]
    counted: Counter[str] = Counter()
    for piece in _pieces(records):
        counted.update(one.outcome for one in take_records(file.number, piece, by=by, source=Source.FILE))
    file.taken_at, file.content, file.places = timezone.now(), None, []
    file.save(update_fields=["taken_at", "content", "places"])
    return counted


def _records(file: UploadFile) -> list[Any]:
    return list(file.content.reveal()) if file.content else []


def _pieces(records: Sequence[Any]) -> list[Sequence[Any]]:
    return [records[start : start + MOST] for start in range(0, len(records), MOST)]

"""Downloading catalogues: version after version, each visible as a whole or not at all (1301 to 1315, 9102).

A worker that was killed goes on with the first version that is not here; what it had read of it is read again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.archives import BadArchive
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.gateway.messages import Request
from portal.gateway.national import compose
from portal.jobs import Job, start
from settlement.actions import CATALOGUE_ASKED, CATALOGUE_TAKEN
from settlement.models import Catalogue
from settlement.rules.catalogue import PAGED, Parsed, Reader, WrongLine, columns_of, title_of
from settlement.services.catalogue import reading
from settlement.services.catalogue.merging import Came, merge
from settlement.services.catalogue.store import (
    forget_arrivals,
    keep_catalogue,
    known_numbers,
    leave,
    required_region,
    take,
)

DOWNLOAD = "settlement.catalogue.download"
#: What is asked for where no version is here yet.
FIRST = "0"
#: The day that everything was changed after, for catalogues that come in replies.
ONCE = "1990-01-01"
#: Rows of one reply, at most.
PAGE_ROWS = 100
#: Versions or pages after which something is wrong at the other end.
MOST_STEPS = 10_000
Progress = Callable[..., None]


class NotDownloaded(Exception):
    """Nothing came, or what came cannot be used; `sentence` is fit for a person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Lost(NotDownloaded):
    """Another job writes this catalogue now."""


#: What ends the download of one catalogue; each says why.
FAULTS = (NotSent, Rejected, Unknown, BadArchive, WrongLine, NotDownloaded)


def _nobody(*said: Any) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Means:
    """What a download works with: its job's id, the environment, ways to ask and to fetch a file, the door."""

    holder: UUID
    environment: str
    ask: Ask
    fetch: Callable[[Request[Any], Path], int]
    door: Callable[[], AbstractContextManager[None]]
    by: Member | None
    #: Told how far it is between two pieces, where a wish to stop is heard.
    told: Callable[..., None] = _nobody


def ask_download(numbers: list[str], *, by: Member) -> Job:
    """Start downloading these catalogues, or join the download that runs; raises Refused without a region."""
    environment = environment_for(by)
    wanted = known_numbers(numbers)
    region = required_region(environment)
    job = begin(environment, wanted, by=by)
    if not job.joined:
        record(CATALOGUE_ASKED, by=by, region=region, numbers="、".join(wanted))
    return job


def begin(environment: str, numbers: list[str], *, by: Member | None) -> Job:
    """The job that downloads; one at a time in an institution."""
    params = {"environment": environment, "numbers": numbers}
    return start(DOWNLOAD, environment, by=by, title=f"下载医保目录（{len(numbers)} 种）", params=params)


def download_all(numbers: list[str], means: Means, progress: Progress) -> str:
    """Bring these catalogues up to date, one after the other; the job's closing note. What fails keeps no other from
    its turn, unless nothing can be sent at all. Raises NotDownloaded when not one of them could be asked about."""
    done, failed = [], []
    for place, number in enumerate(numbers):
        told = partial(_tell, progress, place, len(numbers))
        try:
            told(title_of(number))
            done.append(download(number, replace(means, told=told)))
        except FAULTS as fault:
            failed.append(f"{title_of(number)}：{fault.sentence}")
            if isinstance(fault, NotSent):
                break
    progress(len(numbers), len(numbers))
    if not done:
        raise NotDownloaded("；".join(failed)[:500])
    return "；".join([*(f"没有完成 {one}" for one in failed), *done])


def _tell(progress: Progress, place: int, count: int, sentence: str, done: int = 0, total: int = 0) -> None:
    """How far it is: by catalogues, or by lines where there is only one."""
    if count == 1 and total:
        progress(done, total, sentence)
    else:
        progress(place, count, sentence if count == 1 else f"第 {place + 1} / {count} 种　{sentence}")


def download(number: str, means: Means) -> str:
    """Bring one catalogue up to date; what came of it, in words. Outside any transaction.

    Raises what the gateway raises, BadArchive, WrongLine, and NotDownloaded where the answers make no sense.
    """
    with means.door():
        catalogue = keep_catalogue(means.environment, number)
        if not take(catalogue, means.holder):
            return f"{title_of(number)}正由其他人员或机构下载，没有重复下载"
    try:
        with means.door():
            catalogue.refresh_from_db()
            forget_arrivals(catalogue)
        steps = _pages(catalogue, means) if number in PAGED else _files(catalogue, means)
        came = [said for said in steps if said]
    finally:
        with means.door():
            leave(catalogue, means.holder)
    return f"{title_of(number)}：{'；'.join(came)}" if came else f"{title_of(number)}已是最新"


# --- catalogues that come as files


def _files(catalogue: Catalogue, means: Means) -> Iterator[str]:
    """Version after version until there is nothing newer; says of each what it changed."""
    for _ in range(MOST_STEPS):
        reply: Any = means.ask(compose(catalogue.number, {"data": {"ver": catalogue.version or FIRST}}))
        query_no, name = str(reply.file_qury_no or ""), str(reply.filename or "")
        if not query_no or reply.data_cnt == 0:
            _nothing_newer(catalogue, means)
            return
        path = _place(catalogue, query_no)
        wanted = {"file_qury_no": query_no, "filename": name, "fixmedins_code": "plc"}
        means.told(f"{title_of(catalogue.number)}：正在下载 {name}")
        means.fetch(compose("9102", {"fsDownloadIn": wanted}), path)
        before = catalogue.version
        came = _read(catalogue, path, name, int(reply.data_cnt or 0), means)
        if came.version == before:
            raise NotDownloaded(f"中心给出的文件中没有比 {before} 更新的版本")
        yield _finish(catalogue, came, means)
        path.unlink(missing_ok=True)
    raise NotDownloaded("版本过多，已停止")


def _place(catalogue: Catalogue, query_no: str) -> Path:
    """Where the file is kept until it has been read; a whole one that is there is not fetched again."""
    folder = settings.VAR / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    path: Path = folder / f"catalogue-{catalogue.pk}-{hashlib.sha256(query_no.encode()).hexdigest()[:24]}.zip"
    for other in folder.glob(f"catalogue-{catalogue.pk}-*"):
        if other != path:
            other.unlink(missing_ok=True)
    return path


def _read(catalogue: Catalogue, path: Path, name: str, expected: int, means: Means) -> Came:
    """Put the file's lines into the arrivals, a piece at a time."""
    title, version, version_name, count = title_of(catalogue.number), "", "", 0
    lines = reading.parsed_lines(Reader(catalogue.number), reading.lines_of(path, catalogue.number))
    try:
        for piece in reading.pieces(lines):
            newest = max((one for _, one, _ in piece), key=_age)
            if not version or _age(newest) > _natural(version):
                version, version_name = newest.version, newest.version_name
            count += len(piece)
            _store(catalogue, piece, means)
            of = f" / {expected:,}" if expected else ""
            means.told(f"{title}：已读取 {count:,}{of} 条", count, max(expected, count))
    except (BadArchive, WrongLine):
        path.unlink(missing_ok=True)  # a bad file is fetched again next time
        raise
    if not version:
        raise NotDownloaded(f"文件 {name} 中没有版本号")
    return Came(version, version_name, count, name)


def _store(catalogue: Catalogue, piece: list[tuple[int, Parsed, str]], means: Means) -> None:
    with means.door():
        if not take(catalogue, means.holder):
            raise Lost("这个目录正由其他任务下载，本次停止")
        reading.store(catalogue, piece)


def _age(entry: Parsed) -> list[tuple[int, str]]:
    return _natural(entry.version)


def _natural(version: str) -> list[tuple[int, str]]:
    """Versions in the order of their numbers: V2 before V10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", version) if part]


def _finish(catalogue: Catalogue, came: Came, means: Means) -> str:
    """The version becomes visible; nothing does when another job was here meanwhile."""
    with means.door():
        locked = Catalogue.objects.select_for_update().filter(pk=catalogue.pk, holder=means.holder).first()
        if locked is None or locked.edition != catalogue.edition:
            raise Lost("这个目录已由其他任务更新，本次停止")
        found = merge(locked, came)
        if found is not None:
            told = f"新增 {found.added:,}、变更 {found.changed:,}、停用 {found.ended:,}"
            title = title_of(catalogue.number)
            record(CATALOGUE_TAKEN, by=means.by, catalogue=title, version=came.version, what=told)
    catalogue.refresh_from_db()
    return f"{came.version} {told}" if found is not None else ""


def _nothing_newer(catalogue: Catalogue, means: Means) -> None:
    with means.door():
        Catalogue.objects.filter(pk=catalogue.pk).update(asked_at=timezone.now())


# --- catalogues that come in replies


def _pages(catalogue: Catalogue, means: Means) -> Iterator[str]:
    """Everything that was changed since the last time, page by page; one version a time."""
    today, reader = f"{timezone.localdate():%Y-%m-%d}", Reader(catalogue.number)
    names, count = [wire for wire, _ in columns_of(catalogue.number)], 0
    for page in range(1, MOST_STEPS + 1):
        asked = {"updt_time": catalogue.version or ONCE, "page_num": page, "page_size": PAGE_ROWS}
        rows = means.ask(compose(catalogue.number, {"data": asked})).data
        lines = ((count + place, _values(row, names)) for place, row in enumerate(rows, start=1))
        _store(catalogue, list(reading.parsed_lines(reader, lines)), means)
        count += len(rows)
        means.told(f"{title_of(catalogue.number)}：已读取 {count:,} 条")
        if len(rows) < PAGE_ROWS:
            break
    if count:
        yield _finish(catalogue, Came(today, "", count), means)
    _nothing_newer(catalogue, means)


def _values(row: Any, names: list[str]) -> list[str]:
    told = row.model_dump(mode="json", by_alias=True)
    return [" ".join(str(told.get(name) if told.get(name) is not None else "").split()) for name in names]

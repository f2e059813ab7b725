"""Files of the catalogue and of mappings on their way: brought, read by a worker, looked at, used or thrown away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone

from injury.actions import CATALOGUE_FILE_BROUGHT, CATALOGUE_FILE_DROPPED
from injury.models import CatalogueFile, CatalogueLine, FileKind, FileState, MappingLine
from injury.services.fee_holding import look_again_later
from injury.services.refusals import Refused
from injury.services.sheet_lines import Faults
from portal.access.member import Member
from portal.audit import record
from portal.jobs import Job, start
from portal.jobs.models import LIVE

READ, USE = "injury.catalogue_read", "injury.catalogue_use"
#: Lines in one transaction.
PIECE = 2_000


def bring_file(kind: str, name: str, content: bytes, *, by: Member, is_complete: bool = False) -> CatalogueFile:
    """Keep a file and have a worker read it; an earlier one of that kind that nobody used is thrown away."""
    assert by.institution
    environment = by.institution.environment
    for earlier in open_files(kind, environment):
        forget_lines(earlier)
        close(earlier, FileState.DROPPED)
    file = CatalogueFile.objects.create(
        environment=environment,
        kind=kind,
        name=name[-200:],
        content=content,
        is_complete=is_complete,
        uploaded_by=by.user,
        uploaded_as=by.label[:100],
    )
    record(CATALOGUE_FILE_BROUGHT, file, by=by, kind=file.get_kind_display(), file=file.name)
    start(READ, str(file.pk), by=by, title=f"读取{file.get_kind_display()}：{file.name}", params={"file": str(file.pk)})
    return file


def ask_use(file: CatalogueFile, *, by: Member) -> Job:
    """Have a worker take over what the file says. Raises Refused when it is no preview."""
    file = locked(file.pk)
    if file.state != FileState.PREVIEW:
        raise Refused("这个文件已经处理过了，或者还有错误")
    title = f"导入{file.get_kind_display()}：{file.name}"
    return start(USE, str(file.pk), by=by, title=title, params={"file": str(file.pk)})


def drop_file(file: CatalogueFile, *, by: Member) -> None:
    """Throw a file away that nobody wants to use. Raises Refused once it is used or being used."""
    file = locked(file.pk)
    if file.state not in FileState.open() or live_job(file, USE):
        raise Refused("这个文件已经处理过了")
    forget_lines(file)
    close(file, FileState.DROPPED)
    record(CATALOGUE_FILE_DROPPED, file, by=by, file=file.name)


def finish_reading(file_id: UUID, rows: int, faults: Faults, compare: Callable[[CatalogueFile], dict[str, int]]) -> str:
    """What reading found: a preview, or faults; a closing note."""
    file = locked(file_id)
    if file.state != FileState.READING:
        return "这个文件已不再需要"
    file.rows, file.faults, file.fault_count = rows, faults.first, faults.count
    if not rows and not faults.count:
        file.faults, file.fault_count = ["文件中没有数据"], 1
    if file.fault_count:
        forget_lines(file)
    else:
        file.counts = compare(file)
    close(file, FileState.FAULTY if file.fault_count else FileState.PREVIEW)
    return f"共 {rows:,} 行，{file.fault_count:,} 处错误" if file.fault_count else f"共 {rows:,} 行，请查看预览"


def locked(file_id: UUID) -> CatalogueFile:
    """The file without its bytes, nobody else changing it."""
    return CatalogueFile.objects.defer("content").select_for_update(of=("self",)).get(pk=file_id)


def close(file: CatalogueFile, state: FileState, **changes: Any) -> None:
    """Save the file's new state; its bytes are not needed any more."""
    file.state, file.content = state, None
    for name, value in changes.items():
        setattr(file, name, value)
    kept = ("state", "content", "rows", "faults", "fault_count", "counts", *changes)
    file.save(update_fields=kept)


def used(file: CatalogueFile, by: Member | None) -> None:
    """The file is used up: what it said holds now, also for fee items that wait or are held."""
    forget_lines(file)
    look_again_later(by=by, environment=file.environment)
    close(file, FileState.USED, used_at=timezone.now(), used_as=by.label[:100] if by else "")


def forget_lines(file: CatalogueFile) -> None:
    model = CatalogueLine if file.kind == FileKind.CATALOGUE else MappingLine
    lines = model._default_manager.filter(file=file)
    lines._raw_delete(lines.db)  # nothing hangs on a line


def open_files(kind: str, environment: str) -> list[CatalogueFile]:
    """Files that nobody decided about yet, locked."""
    found = CatalogueFile.objects.defer("content").select_for_update(of=("self",))
    return list(found.filter(kind=kind, environment=environment, state__in=FileState.open()).order_by("pk"))


def live_job(file: CatalogueFile, *kinds: str) -> Job | None:
    """The worker's job that this file waits for, of these kinds (of any)."""
    return Job.objects.filter(kind__in=kinds or (READ, USE), key=str(file.pk), state__in=LIVE).first()


def latest_files(kind: str, environment: str, count: int = 5) -> list[CatalogueFile]:
    """The files of that kind that were brought last, without their bytes."""
    found = CatalogueFile.objects.filter(kind=kind, environment=environment).defer("content")
    return list(found.order_by("-uploaded_at", "-pk")[:count])

"""Bringing editions, using one, throwing one away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway import actions
from portal.gateway.environments.standstill import environment_for
from portal.gateway.national.classes import edition_of, keep
from portal.gateway.national.edition_faults import EditionFaults
from portal.gateway.national.edition_sheets import content_of_xlsx
from portal.gateway.national.editions import Edition, base, read_edition
from portal.gateway.national.gateway import FOLDER
from portal.gateway.national.models import NationalEdition
from portal.papers.xlsx_reading import MAGIC, UnreadableFile

#: Most bytes of a file.
LARGEST = 4 * 1024 * 1024


class NotPossible(Exception):
    """The step cannot be taken; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def content_of_file(content: bytes) -> Mapping[str, Any]:
    """What a file says, JSON or Excel; EditionFaults when it cannot be read."""
    if len(content) > LARGEST:
        raise EditionFaults([f"文件超过 {LARGEST // 1024 // 1024} MB"])
    if content.startswith(MAGIC):
        try:
            return content_of_xlsx(content)
        except UnreadableFile as fault:
            raise EditionFaults([fault.sentence]) from None
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise EditionFaults(["文件不是 UTF-8 编码的 JSON，也不是 Excel 工作簿（.xlsx）"]) from None
    if not isinstance(found, dict):
        raise EditionFaults(["文件不是省级接口版本"])
    return found


def bring_edition(content: Any, *, by: Member) -> NationalEdition:
    """Keep this edition as a version that nobody uses yet; the same content is kept once.

    Raises EditionFaults with everything that is wrong.
    """
    edition = keep(read_edition(content))
    environment = environment_for(by)
    row = NationalEdition(
        environment=environment,
        province=edition.province,
        version=edition.version,
        content=edition.content,
        digest=edition.digest,
        note=str(edition.content.get("note", ""))[:500],
        created_by=by.user,
        created_as=by.label[:100],
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return NationalEdition.objects.get(environment=environment, digest=edition.digest)
    row.refresh_from_db(fields=["created_at"])
    record(actions.EDITION_BROUGHT, row, by=by, edition=str(row), digest=row.digest)
    return row


def use_edition(row: NationalEdition, *, by: Member) -> None:
    """From now on requests are made by this edition; those that are under way keep theirs. NotPossible in the other
    environment."""
    _own_environment(row, by)
    current = NationalEdition.objects.select_for_update().filter(environment=row.environment, is_current=True)
    before = current.first()
    if before == row:
        return
    current.update(is_current=False)
    NationalEdition.objects.filter(pk=row.pk).update(
        is_current=True, was_used=True, used_as=by.label[:100], used_at=timezone.now()
    )
    record(actions.EDITION_USED, row, by=by, edition=str(row), before=str(before) if before else base().title)


def use_base(*, by: Member) -> None:
    """Go back to the base tables."""
    environment = environment_for(by)
    before = NationalEdition.objects.select_for_update().filter(environment=environment, is_current=True).first()
    if before is None:
        return
    NationalEdition.objects.filter(pk=before.pk).update(is_current=False)
    record(actions.EDITION_USED, before, by=by, edition=base().title, before=str(before))


def drop_edition(row: NationalEdition, *, by: Member) -> None:
    """Throw a version away that was never used. NotPossible otherwise."""
    _own_environment(row, by)
    if row.was_used:
        raise NotPossible("这个版本启用过，报文要按它查看，不能删除")
    record(actions.EDITION_DROPPED, row, by=by, edition=str(row))
    row.delete()


def edition_of_row(row: NationalEdition) -> Edition:
    """What the row says, laid over the base tables."""
    return edition_of(row.digest)


def presets() -> dict[str, Mapping[str, Any]]:
    """The editions that come with the product, by file name: what the guides of these provinces say."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((FOLDER / "provinces").glob("*.json"))
    }


def _own_environment(row: NationalEdition, by: Member) -> None:
    if row.environment != environment_for(by):
        raise NotPossible("这个版本属于另一个运行环境")

"""The hospital's own mappings from an Excel file: staged, compared, taken over in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from injury.actions import MAPPINGS_IMPORTED
from injury.models import CatalogueFile, FileState, Finding, Mapping, MappingLine
from injury.services.catalogue_files import close, locked, used
from injury.services.mapping_changes import COMPARED, Wish, catalogue_now, fault_of
from injury.services.sheet_lines import Faults, Head, amount, choice, code, day, text
from portal.access.member import Member
from portal.audit import record
from portal.codes.initials import initials
from portal.vault.inserting import insert_rows

#: The columns of the hospital's file; the list's Excel has the same heads, so that it can come back.
HEADS = (
    Head("own_code", ("医院内码", "内码", "医院编码", "akc515"), code(30)),
    Head("own_name", ("医院项目名称", "本院名称", "医院名称"), text(100)),
    Head("kind", ("种类", "项目种类", "alc404"), choice("injury.alc404")),
    Head("own_price", ("医院单价", "单价"), amount(6), is_required=False),
    Head("specification", ("规格", "医院规格"), text(50, is_required=False), is_required=False),
    Head("centre_code", ("中心编码", "alc402", "ala002"), code(20)),
    Head("category", ("目录外收费类别", "aka063"), choice("injury.aka063", is_required=False), is_required=False),
    Head("valid_from", ("对照生效日期",), day, is_required=False),
    Head("valid_to", ("对照失效日期",), day, is_required=False),
)


def is_not_mapped(cells: dict[str, Any]) -> bool:
    """A line without a centre code says nothing: so the list of what is missing can come back half done."""
    return cells["centre_code"] in (None, "—")


def store(
    file: CatalogueFile, rows: Iterable[tuple[int, dict[str, Any]]], seen: dict[tuple[str, str], int], faults: Faults
) -> int:
    """Keep a piece of lines beside the mappings, each with the version that its code means today; how many."""
    today = timezone.localdate()
    wishes = [(number, Wish(**values)) for number, values in rows]
    known = catalogue_now((wish.code for _, wish in wishes), file.environment, today)
    made = []
    for number, wish in wishes:
        first = seen.setdefault((wish.own_code, wish.kind), number)
        if first != number:
            faults.add(number, f"医院内码 {wish.own_code} 与第 {first} 行重复")
        elif fault := fault_of(wish, known, today):
            faults.add(number, fault[1])
        elif not faults.count:
            made.append(_line(file, number, wish, known.get(wish.code)))
    insert_rows(made)
    return len(made)


def _line(file: CatalogueFile, number: int, wish: Wish, item: Any) -> MappingLine:
    return MappingLine(
        file=file,
        number=number,
        kind=wish.kind,
        own_code=wish.own_code,
        own_name=wish.own_name,
        own_initials=initials(wish.own_name)[:100],
        own_price=wish.own_price,
        specification=wish.specification,
        centre_code=wish.code,
        item=item,
        version=item.version if item else "",
        category="" if item else wish.category,
        valid_from=wish.valid_from,
        valid_to=wish.valid_to,
    )


def compare(file: CatalogueFile) -> dict[str, int]:
    """Say of each staged line what using it would do, and count by that."""
    here, known = MappingLine._meta.db_table, Mapping._meta.db_table
    pairs = [", ".join(f"{table}.{name}" for name in COMPARED) for table in ("l", "same")]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {here} line SET finding = CASE
                WHEN same.id IS NULL THEN '{Finding.NEW}'
                WHEN ({pairs[0]}) IS DISTINCT FROM ({pairs[1]}) THEN '{Finding.CHANGED}'
                ELSE '{Finding.SAME}' END
            FROM {here} l LEFT JOIN {known} same ON same.institution_id = l.institution_id AND same.environment = %s
                AND same.own_code = l.own_code AND same.kind = l.kind
            WHERE line.id = l.id AND l.file_id = %s
            """,
            [file.environment, file.pk],
        )
    lines = MappingLine.objects.filter(file=file)
    counts: dict[str, int] = dict.fromkeys((Finding.NEW, Finding.CHANGED, Finding.SAME), 0)
    counts |= dict(lines.order_by().values_list("finding").annotate(count=Count("pk")))
    counts["outside"] = lines.filter(item=None).count()
    return counts


def use(file_id: UUID, *, by: Member | None) -> str:
    """Take the file's mappings over, all or none; a closing note. Inside the door.

    Nothing is taken over when mappings or catalogue changed since the preview; the preview is then a new one.
    """
    file = locked(file_id)
    if file.state != FileState.PREVIEW:
        return "这个文件已经处理过了"
    before, file.counts = file.counts, compare(file)
    today = timezone.localdate()
    lines = MappingLine.objects.filter(file=file, item__isnull=False)
    stale = lines.filter(item__replaced_on__lte=today) | lines.filter(item__gone_on__isnull=False)
    if stale.exists():
        return "中心目录在预览之后有更新，没有导入，请重新上传文件"
    if file.counts | {"again": 0} != before | {"again": 0}:
        file.counts["again"] = 1
        close(file, FileState.PREVIEW)
        return "对照在预览之后有变化，没有导入，请重新查看预览"
    _write(file, by)
    used(file, by)
    new, changed = file.counts[Finding.NEW], file.counts[Finding.CHANGED]
    record(MAPPINGS_IMPORTED, file, by=by, file=file.name, new=new, changed=changed)
    return f"新增 {new:,} 条对照，变更 {changed:,} 条，无变化 {file.counts[Finding.SAME]:,} 条"


def _write(file: CatalogueFile, by: Member | None) -> None:
    here, known = MappingLine._meta.db_table, Mapping._meta.db_table
    said = (by.user.pk if by and by.user else None, by.label[:100] if by else "")
    names = ", ".join(("own_initials", *COMPARED))
    taken = ", ".join(f"{name} = excluded.{name}" for name in ("own_initials", *COMPARED))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {known} (id, institution_id, environment, own_code, kind, {names},"
            f" mapped_by_id, mapped_as, mapped_at)"
            f" SELECT id, institution_id, %s, own_code, kind, {names}, %s::bigint, %s, now() FROM {here}"
            f" WHERE file_id = %s AND finding IN ('{Finding.NEW}', '{Finding.CHANGED}')"
            f" ON CONFLICT (institution_id, environment, own_code, kind) DO UPDATE SET {taken},"
            f" mapped_by_id = excluded.mapped_by_id, mapped_as = excluded.mapped_as, mapped_at = excluded.mapped_at",
            [file.environment, *said, file.pk],
        )

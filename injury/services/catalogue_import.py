"""The centre's catalogue from its Excel file: staged, compared, and taken over in one transaction (interface 4.10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from injury.actions import CATALOGUE_USED
from injury.models import CatalogueFile, CatalogueItem, CatalogueLine, FileState, Finding, Mapping
from injury.services.catalogue_files import close, locked, used
from injury.services.sheet_lines import Faults, Head, amount, choice, code, day, text
from portal.access.member import Member
from portal.audit import record
from portal.codes.initials import initials
from portal.vault.inserting import insert_rows

#: The columns of the centre's file; heads in Chinese and as the gateway names the items.
HEADS = (
    Head("code", ("中心编码", "项目编码", "收费项目编码", "编码", "alc402", "ala002"), code(20)),
    Head("name", ("中心名称", "项目名称", "收费项目名称", "名称", "alc403", "ala020"), text(100)),
    Head("kind", ("种类", "项目种类", "目录类别", "工伤目录类别", "alc404"), choice("injury.alc404")),
    Head("category", ("收费类别", "医疗费用类别", "aka063"), choice("injury.aka063")),
    Head("grade", ("收费项目等级", "项目等级", "等级", "aka065"), choice("injury.aka065")),
    Head("version", ("目录版本号", "版本号", "版本", "vmed"), text(30)),
    Head("price_limit", ("限价", "最高限价", "医保限价"), amount(4), is_required=False),
    Head("valid_from", ("生效日期", "开始日期"), day, is_required=False),
    Head("valid_to", ("失效日期", "终止日期", "截止日期"), day, is_required=False),
    Head("dosage_form", ("剂型", "aka070"), text(50, is_required=False), is_required=False),
    Head("specification", ("规格", "zka100"), text(100, is_required=False), is_required=False),
    Head("maker", ("厂家", "生产厂家", "akc230"), text(100, is_required=False), is_required=False),
)
#: What may change within a version, and is compared.
SAID = ("name", "kind", "category", "grade", "price_limit", "valid_from", "valid_to", "dosage_form")
COMPARED = (*SAID, "specification", "maker")
CONTENT = ("initials", *COMPARED)


def is_no_line(cells: dict[str, Any]) -> bool:
    """A line without code and name, as the total and the signature below a table."""
    return cells["code"] in (None, "合计", "总计") or (cells["code"] is None and cells["name"] is None)


class Seen:
    """What a file already said: a version comes once, and two versions of a code need dates to be put in order."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, str], int] = {}
        self.codes: dict[str, tuple[int, date | None]] = {}

    def fault(self, number: int, values: dict[str, Any]) -> str:
        """Why this line contradicts an earlier one or itself; empty when it does not."""
        begins, ends = values["valid_from"], values["valid_to"]
        if begins and ends and ends < begins:
            return f"失效日期 {ends} 早于生效日期 {begins}"
        first = self.versions.setdefault((values["code"], values["version"]), number)
        if first != number:
            return f"编码 {values['code']} 版本 {values['version']} 与第 {first} 行重复"
        other, began = self.codes.setdefault(values["code"], (number, begins))
        if other != number and not (began and begins and began != begins):
            return f"编码 {values['code']} 在第 {other} 行另有一个版本，两行须有不同的生效日期才能区分先后"
        return ""


def store(file: CatalogueFile, rows: Iterable[tuple[int, dict[str, Any]]], seen: Seen, faults: Faults) -> int:
    """Keep a piece of lines beside the catalogue; how many."""
    made = []
    for number, values in rows:
        if fault := seen.fault(number, values):
            faults.add(number, fault)
        elif not faults.count:
            made.append(CatalogueLine(file=file, number=number, initials=initials(values["name"])[:100], **values))
    insert_rows(made)
    return len(made)


def compare(file: CatalogueFile) -> dict[str, int]:
    """Say of each staged line what using it would do, and count: by finding, expired, gone, mappings concerned."""
    today = timezone.localdate()
    here, known = CatalogueLine._meta.db_table, CatalogueItem._meta.db_table
    differ = f"({columns(COMPARED, 'l')}) IS DISTINCT FROM ({columns(COMPARED, 'same')})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {here} line SET finding = CASE
                WHEN same.replaced_on <= %s THEN '{Finding.OLDER}'
                WHEN same.id IS NOT NULL AND (same.gone_on IS NOT NULL OR {differ}) THEN '{Finding.CHANGED}'
                WHEN same.id IS NOT NULL THEN '{Finding.SAME}'
                WHEN newest.id IS NULL THEN '{Finding.NEW}'
                WHEN l.valid_from < newest.valid_from THEN '{Finding.OLDER}'
                ELSE '{Finding.VERSION}' END
            FROM {here} l
            LEFT JOIN {known} same ON same.institution_id = l.institution_id AND same.environment = %s
                AND same.code = l.code AND same.version = l.version
            LEFT JOIN {known} newest ON newest.institution_id = l.institution_id AND newest.environment = %s
                AND newest.code = l.code AND newest.replaced_on IS NULL
            WHERE line.id = l.id AND l.file_id = %s
            """,
            [today, file.environment, file.environment, file.pk],
        )
    lines = CatalogueLine.objects.filter(file=file)
    by_finding = lines.order_by().values_list("finding").annotate(count=Count("pk"))
    counts: dict[str, int] = dict.fromkeys(Finding.values, 0) | dict(by_finding)
    counts["expired"] = lines.filter(valid_to__lt=today).exclude(finding=Finding.OLDER).count()
    counts["gone"] = gone(file).count()
    counts["mappings"] = concerned(file).count()
    return counts


def gone(file: CatalogueFile) -> QuerySet[CatalogueItem]:
    """What a complete catalogue does not list any more; nothing of one that is not complete."""
    mine = CatalogueItem.objects.filter(environment=file.environment, replaced_on=None, gone_on=None)
    if not file.is_complete:
        return mine.none()
    return mine.filter(~Exists(CatalogueLine.objects.filter(file=file, code=OuterRef("code"))))


def concerned(file: CatalogueFile) -> QuerySet[Mapping]:
    """The hospital's mappings that have to be looked at once the file is used."""
    mine = Mapping.objects.filter(environment=file.environment, item__isnull=False)
    newer = CatalogueLine.objects.filter(file=file, finding=Finding.VERSION, code=OuterRef("centre_code"))
    given_up = gone(file).filter(code=OuterRef("centre_code"))
    return mine.filter(Exists(newer) | Exists(given_up)) if file.is_complete else mine.filter(Exists(newer))


def columns(names: Iterable[str], table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


def use(file_id: UUID, *, by: Member | None) -> str:
    """Take the file's lines over, all of them or none; a closing note. Inside the door.

    Nothing is taken over when the catalogue changed since the preview was made; the preview is then a new one.
    """
    file = locked(file_id)
    if file.state != FileState.PREVIEW:
        return "这个文件已经处理过了"
    before, file.counts = file.counts, compare(file)
    if file.counts | {"again": 0} != before | {"again": 0}:
        file.counts["again"] = 1
        close(file, FileState.PREVIEW)
        return "目录在预览之后有变化，没有导入，请重新查看预览"
    today = timezone.localdate()
    _write(file, today)
    if file.is_complete:
        listed = CatalogueLine.objects.filter(file=file, code=OuterRef("code"))
        mine = CatalogueItem.objects.filter(environment=file.environment, gone_on=None)
        mine.filter(~Exists(listed)).update(gone_on=today)
    used(file, by)
    counts = file.counts
    record(
        CATALOGUE_USED,
        file,
        by=by,
        file=file.name,
        new=counts["new"],
        version=counts["version"],
        changed=counts["changed"],
        gone=counts["gone"],
        mappings=counts["mappings"],
    )
    said = f"新增 {counts['new']:,}，新版本 {counts['version']:,}，变化 {counts['changed']:,}，停用 {counts['gone']:,}"
    return said + (f"；{counts['mappings']:,} 条对照需要重新核对" if counts["mappings"] else "")


def _write(file: CatalogueFile, today: date) -> None:
    here, known = CatalogueLine._meta.db_table, CatalogueItem._meta.db_table
    mine = "item.institution_id = l.institution_id AND item.environment = %s AND item.code = l.code AND l.file_id = %s"
    with connection.cursor() as cursor:
        # what changed within its version, and what the centre lists again
        cursor.execute(
            f"UPDATE {known} item SET {', '.join(f'{name} = l.{name}' for name in CONTENT)} FROM {here} l"
            f" WHERE {mine} AND item.version = l.version AND l.finding = '{Finding.CHANGED}'",
            [file.environment, file.pk],
        )
        cursor.execute(
            f"UPDATE {known} item SET gone_on = NULL FROM {here} l"
            f" WHERE {mine} AND item.gone_on IS NOT NULL AND l.finding <> '{Finding.OLDER}'",
            [file.environment, file.pk],
        )
        # the version that was the newest ends where the first of the new ones begins
        cursor.execute(
            f"UPDATE {known} item SET replaced_on = coalesce(l.begins, %s) FROM"
            f" (SELECT institution_id, file_id, code, min(valid_from) AS begins FROM {here}"
            f"  WHERE file_id = %s AND finding = '{Finding.VERSION}' GROUP BY institution_id, file_id, code) l"
            f" WHERE {mine} AND item.replaced_on IS NULL",
            [today, file.pk, file.environment, file.pk],
        )
        names = ("code", "version", *CONTENT)
        cursor.execute(
            f"INSERT INTO {known} (id, institution_id, environment, {', '.join(names)}, replaced_on, imported_at)"
            f" SELECT l.id, l.institution_id, %s, {columns(names, 'l')},"
            f" lead(l.valid_from) OVER (PARTITION BY l.code ORDER BY l.valid_from), now() FROM {here} l"
            f" WHERE l.file_id = %s AND l.finding IN ('{Finding.NEW}', '{Finding.VERSION}')",
            [file.environment, file.pk],
        )

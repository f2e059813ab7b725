"""Before the first stay: the centre's catalogue comes in, and the hospital's own items are mapped."""

from __future__ import annotations

from injury.management.demo.walk import Walk
from injury.models import CatalogueFile, FileKind, FileState
from injury.papers.catalogue import centre_file
from injury.services.catalogue_files import ask_use, bring_file
from injury.services.mapping_changes import Wish, put_mappings
from portal.demo import Failed

CHAPTER = "目录对照"


#: What the hospital calls the items that its stays use: own code → kind; the centre's items follow in order.
OWN = {"YP001": "0", "YP002": "0", "ZL001": "1", "ZL002": "1", "CL001": "9"}


def bring(walk: Walk) -> None:
    """Import the catalogue as the centre hands it out, then map five own items; a sixth stays outside of it."""
    told = walk.sandbox.act("injury", "catalogue", party=walk.app_code)
    content = centre_file(told["items"])
    with walk.tx():
        file = bring_file(FileKind.CATALOGUE, "工伤保险目录.xlsx", content, by=walk.clerk, is_complete=True)
    previewed = walk.wait("读取目录文件", lambda: _read(file))
    with walk.tx():
        job = ask_use(previewed, by=walk.clerk)
    walk.finish(job)
    walk.told(CHAPTER, "导入中心目录", f"{previewed.rows:,} 条", f"{told['total']:,} 条")
    if previewed.rows != told["total"]:
        raise Failed(f"目录：导入 {previewed.rows} 条，沙箱 {told['total']} 条")
    with walk.tx():
        tally = put_mappings(wishes(walk), by=walk.clerk)
    walk.told(CHAPTER, "对照本院项目", f"新增 {tally.new} 项")


def _read(file: CatalogueFile) -> CatalogueFile | None:
    now = CatalogueFile.objects.defer("content").get(pk=file.pk)
    if now.state == FileState.FAULTY:
        raise Failed(f"目录文件：{now.faults[:3]}")
    return now if now.state == FileState.PREVIEW else None


def wishes(walk: Walk) -> list[Wish]:
    """Each own item is the next valid one of its kind."""
    left = {kind: iter(walk.items(kind, 5)) for kind in set(OWN.values())}
    made = []
    for own, kind in OWN.items():
        item = next(left[kind])
        made.append(Wish(own, f"本院{item['name']}"[:100], kind, item["code"], specification=item["spec"][:50]))
    return made

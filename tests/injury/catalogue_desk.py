"""A clerk who brings files of the catalogue, and the worker that reads them."""

from collections.abc import Callable
from typing import Any

from injury.models import CatalogueFile, CatalogueItem, FileKind, FileState
from injury.services.catalogue_files import bring_file
from injury.services.catalogue_reading import read_file, use_file
from portal.access.door import tenant_tx


class Desk:
    """A clerk who brings files, and the worker that reads them."""

    def __init__(self, by: Any) -> None:
        self.by = by

    def tx(self) -> Any:
        return tenant_tx(self.by.institution_id)

    def bring(self, content: bytes, kind: FileKind = FileKind.CATALOGUE, **more: Any) -> CatalogueFile:
        with self.tx():
            file = bring_file(kind, "目录.xlsx", content, by=self.by, **more)
        read_file(file.pk, door=self.tx, progress=lambda *_: None)
        return self.again(file)

    def again(self, file: CatalogueFile) -> CatalogueFile:
        with self.tx():
            return CatalogueFile.objects.get(pk=file.pk)

    def use(self, file: CatalogueFile) -> str:
        with self.tx():
            return use_file(file.pk, file.kind, by=self.by)

    def take(self, content: bytes, kind: FileKind = FileKind.CATALOGUE, **more: Any) -> CatalogueFile:
        file = self.bring(content, kind, **more)
        assert file.state == FileState.PREVIEW, file.faults
        self.use(file)
        return self.again(file)

    def ask(self, act: Callable[[], Any]) -> Any:
        with self.tx():
            return act()

    def codes(self, **conditions: Any) -> list[str]:
        with self.tx():
            return sorted(CatalogueItem.objects.filter(**conditions).values_list("code", flat=True))


def row(code: Any = "XN1", name: str = "氯化钠注射液", version: Any = "1", **more: Any) -> list[Any]:
    values = {"kind": "药品", "category": "药费", "grade": "甲类", "limit": None, "begins": None, "ends": None} | more
    return [code, name, values["kind"], values["category"], values["grade"], version, *list(values.values())[3:]]

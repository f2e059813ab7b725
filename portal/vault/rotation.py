"""Sealing every row anew under the current master key, a few hundred at a time (design 4.5).

Which version a value was sealed with stands in front of it, so there is nothing to remember: a run that was killed is
continued by the next one. Keyed indexes carry their version too and are computed again from their sealed column in
the same UPDATE; until then blind_indexes() finds rows under either version.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from portal.access.door import PLATFORM, platform_tx, tenant_tx
from portal.access.models import Institution
from portal.access.rows import TenantModel
from portal.audit import record, record_platform
from portal.vault.actions import RESEALED
from portal.vault.fields import BlindIndex, SealedField
from portal.vault.keys import keyring
from portal.vault.marks import blind_index
from portal.vault.seal import VERSION, Place, seal, unseal

BATCH = 200
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Safe:
    """A table with sealed columns; `indexes` maps an index column to the sealed column it is made from."""

    model: type[models.Model]
    sealed: tuple[str, ...]
    indexes: dict[str, str]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column)

    @property
    def is_tenants(self) -> bool:
        return issubclass(self.model, TenantModel)


def safes() -> list[Safe]:
    """Every table with a sealed column, by name."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        fields = model._meta.local_concrete_fields
        sealed = {field.attname: str(field.column) for field in fields if isinstance(field, SealedField)}
        indexes = {str(field.column): sealed[field.source] for field in fields if isinstance(field, BlindIndex)}
        if sealed and model._meta.managed:
            found.append(Safe(model, tuple(sealed.values()), indexes))
    return sorted(found, key=lambda safe: safe.table)


def not_writable() -> list[str]:
    """Tables whose rows the connected role may not change: append-only ones, which only the owner can seal anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE NOT has_table_privilege(quote_ident(name), 'UPDATE')",
            [[safe.table for safe in safes()]],
        )
        return [name for (name,) in cursor.fetchall()]


def reseal_everything(tell: Progress) -> int:
    """Seal anew what is not under the current version, institution by institution; returns the number of rows.

    Goes round until a round finds nothing, since a process may still have been writing with the version before.
    """
    version = keyring().current
    total = 0
    while changed := sum(_reseal(institution, version, tell) for institution in _sides()):
        total += changed
    return total


def _sides() -> list[int]:
    return [PLATFORM, *Institution.objects.order_by("pk").values_list("pk", flat=True)]


def _reseal(institution: int, version: int, tell: Progress) -> int:
    rows = 0
    for safe in safes():
        if safe.is_tenants is not (institution != PLATFORM):
            continue
        done = sum(_batches(safe, institution, version))
        if done:
            tell(f"{'平台' if institution == PLATFORM else f'机构 {institution}'} {safe.table}：{done} 行")
        rows += done
    if rows and institution == PLATFORM:
        record_platform(RESEALED, by=None, version=version, count=rows)
    elif rows:
        with tenant_tx(institution):
            record(RESEALED, by=None, version=version, count=rows)
    return rows


def _batches(safe: Safe, institution: int, version: int) -> Iterator[int]:
    """One short transaction each; yields the number of rows it sealed anew."""
    last: Any = None
    while True:
        with platform_tx() if institution == PLATFORM else tenant_tx(institution):
            keys = _batch(safe, institution, version, last)
        if not keys:
            return
        yield len(keys)
        last = keys[-1]


def _batch(safe: Safe, institution: int, version: int, last: Any) -> list[Any]:
    quoted = connection.ops.quote_name
    table, key = quoted(safe.table), quoted(safe.key)
    columns = [*safe.sealed, *safe.indexes]
    stale = " OR ".join(f"substring({quoted(column)} from 1 for {VERSION}) <> %(version)s" for column in columns)
    after = f"{key} > %(last)s AND" if last is not None else ""
    its = "institution_id = %(institution)s AND" if safe.is_tenants else ""
    assignments = ", ".join(f"{quoted(column)} = %s" for column in columns)
    given = {"version": version.to_bytes(VERSION, "big"), "last": last, "institution": institution}
    with connection.cursor() as cursor:
        # Tables that refuse changes to what was sent let these columns through while this is on.
        cursor.execute("SELECT set_config('app.rotation', 'on', true)")
        cursor.execute(
            f"SELECT {key}, {', '.join(map(quoted, safe.sealed))} FROM {table}"
            f" WHERE {its} {after} ({stale}) ORDER BY {key} LIMIT {BATCH} FOR UPDATE",
            given,
        )
        rows = cursor.fetchall()
        cursor.executemany(
            f"UPDATE {table} SET {assignments} WHERE {key} = %s",
            [[*_anew(safe, institution, row), row[0]] for row in rows],
        )
    return [row[0] for row in rows]


def _anew(safe: Safe, institution: int, row: tuple[Any, ...]) -> list[bytes | None]:
    plains: dict[str, bytes | None] = {}
    values: list[bytes | None] = []
    for column, cipher in zip(safe.sealed, row[1:], strict=True):
        place = Place(safe.table, column, institution, str(row[0]))
        plain = plains[column] = None if cipher is None else unseal(bytes(cipher), place)
        values.append(None if plain is None else seal(plain, place))
    for source in safe.indexes.values():
        plain = plains[source]
        values.append(None if plain is None else blind_index(plain.decode(), institution))
    return values

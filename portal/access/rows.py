"""What every tenant table has in common."""

from typing import Any, ClassVar, TypeVar

import uuid_utils.compat
from django.db import models

from portal.access.door import required_institution

M = TypeVar("M", bound=models.Model)


def new_id() -> Any:
    """A UUID that grows with time, so that indexes stay compact; safe to show."""
    return uuid_utils.compat.uuid7()


class TenantModel(models.Model):
    """A row that belongs to one institution; portal.access.walls builds the wall around its table.

    `platform_rows = True` lets the platform's side see all rows: only for tables without patient data.
    `reached_anywhere = True` lets a row's own page be opened while the institution works in the other environment.
    `own_key = False` for a table that no row points to and no list walks through: it needs no index for that.
    `keyed_with = {"batch": "epoch"}` where a row's epoch is that of its batch: one key then checks both.
    """

    platform_rows = False
    reached_anywhere = False
    own_key = True
    keyed_with: ClassVar[dict[str, str]] = {}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    institution = models.ForeignKey(
        "access.Institution",
        verbose_name="机构",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        default=required_institution,
    )

    class Meta:
        abstract = True

    @property
    def institution_pk(self) -> int:
        """`institution_id`, for callers that need an int: the column is NOT NULL, though its default hides that."""
        return int(self.institution_id or required_institution())


class LargeTenantModel(TenantModel):
    """A tenant table of millions of rows that belong to another tenant row, which cannot be null.

    That row's key is checked together with the institution (walls.tie), and indexes start with the institution: the
    institution by itself needs neither a check nor an index, and each would cost with every row. For the same reason
    give its keys to tenant tables `db_constraint=False`.
    """

    institution = models.ForeignKey(
        "access.Institution",
        verbose_name="机构",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        default=required_institution,
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        abstract = True


def has_environment(model: type[models.Model]) -> bool:
    """Whether its rows belong to the test or to the production environment (column `environment`)."""
    return any(field.name == "environment" for field in model._meta.concrete_fields)


def in_environment(rows: "models.QuerySet[M]", environment: str) -> "models.QuerySet[M]":
    """Only rows of this environment, where the table knows environments: test data never stands beside real data."""
    return rows.filter(environment=environment) if has_environment(rows.model) else rows

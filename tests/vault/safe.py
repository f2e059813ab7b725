"""A table that only these tests have, with a wall like every other."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, models

from portal.access.rows import TenantModel
from portal.access.walls import grant, wall
from portal.vault import BlindIndex, SealedField, SealedJson


class Safe(TenantModel):
    name = models.CharField(max_length=20, default="")
    secret: Any = SealedField("密钥", null=True, blank=True)
    other: Any = SealedField("另一密钥", null=True, blank=True)
    data: Any = SealedJson(null=True)
    identity: Any = SealedField(null=True)
    identity_index = BlindIndex(source="identity")

    objects: Any = models.Manager()

    class Meta:
        app_label = "vault"
        db_table = "vault_test_safe"


@pytest.fixture(scope="session")
def safe_table(django_db_setup: None, django_db_blocker) -> Iterator[type[Safe]]:
    with django_db_blocker.unblock():
        editor = connection.schema_editor(collect_sql=True, atomic=False)
        with editor:
            editor.create_model(Safe)
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        for statement in editor.collected_sql:
            owner.execute(statement)
        cursor: Any = OwnerCursor(owner)
        wall(cursor, Safe)
        grant(cursor, Safe)
    yield Safe
    connection.close()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("DROP TABLE vault_test_safe")


class OwnerCursor:
    """As much of Django's cursor as portal.access.walls asks for."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self.execute = owner.cursor().execute
        self.fetchall = list

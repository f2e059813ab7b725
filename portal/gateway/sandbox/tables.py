"""The sandbox's tables: made by the owner, used by a role that owns nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def make_tables() -> None:
    """Every migration applied. As the owner it is done here, else in a process that is the owner."""
    if settings.AS_OWNER:
        call_command("migrate", interactive=False, verbosity=0)
        _grant()
    elif _missing():
        environment = os.environ | {"PORTAL_AS_OWNER": "1"}
        subprocess.run([sys.executable, sys.argv[0], "sandbox", "--migrate"], env=environment, check=True)


def _missing() -> bool:
    """Whether a migration is not applied, or the role may not look."""
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return True
    finally:
        connection.close()


def _grant(**_: Any) -> None:
    role = connection.ops.quote_name(settings.SANDBOX_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {role}")
        for model in apps.get_models():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}")
            for sequence in connection.introspection.get_sequences(cursor, model._meta.db_table):
                cursor.execute(f"GRANT USAGE ON SEQUENCE {connection.ops.quote_name(sequence['name'])} TO {role}")

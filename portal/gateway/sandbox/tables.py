"""The sandbox's tables: made by the owner, used by a role that owns nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from portal.gateway.sandbox import settings


def make_tables() -> None:
    """Every migration applied: here when this process is the owner, else in one that is.

    Raises RuntimeError when something is missing and no owner's address is known.
    """
    if settings.AS_OWNER:
        call_command("migrate", interactive=False, verbosity=0)
    elif is_incomplete():
        if not settings.SANDBOX_DATABASE_OWNER_URL:
            raise RuntimeError("沙箱的数据表还没有建立，而且没有设置 SANDBOX_DATABASE_OWNER_URL")
        environment = os.environ | {"PORTAL_AS_OWNER": "1"}
        subprocess.run([sys.executable, sys.argv[0], "sandbox", "--migrate"], env=environment, check=True)


def is_incomplete() -> bool:
    """Whether a migration is not applied, or the role may not look."""
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return True
    finally:
        connection.close()


def grant_tables(sender: AppConfig, **_: Any) -> None:
    """After the last app's migrations: the sandbox's role may work in every table, and own none."""
    if sender.name != settings.INSTALLED_APPS[-1]:
        return
    role = connection.ops.quote_name(settings.SANDBOX_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {role}")
        present = set(connection.introspection.table_names(cursor))
        for name in (model._meta.db_table for model in apps.get_models()):
            if name not in present:
                continue
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {connection.ops.quote_name(name)} TO {role}")
            for sequence in connection.introspection.get_sequences(cursor, name):
                cursor.execute(f"GRANT USAGE ON SEQUENCE {connection.ops.quote_name(sequence['name'])} TO {role}")

"""bin/manage and bin/bench: one Django process inside the prepared environment, database up, migrations applied."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path

import children
import prepare
from cluster import Cluster
from stack import PYTHON, ROOT, Stack
from trouble import say

AS_OWNER = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration"}
# The wire has two ends, each with its own database; how each applies its migrations.
SIDES = {"portal": ("migrate", "--no-input", "--skip-checks", "-v0"), "sandbox": ("sandbox", "--migrate")}
NO_MIGRATION = AS_OWNER | {"", "help", "--help", "-h", "--version", "version", "check", "diffsettings", "collectstatic"}


def main(words: list[str]) -> int:
    """Exit code of `manage.py words`."""
    prepare.ensure()
    command = words[0] if words else ""
    if "DATABASE_URL" in os.environ:  # somebody else's server: nothing of ours is started
        return children.foreground([str(PYTHON), "manage.py", *words], dict(os.environ))
    stack = Stack()
    with stack.database() as cluster:
        environment = stack.environment(cluster)
        if command in AS_OWNER:
            environment["PORTAL_AS_OWNER"] = "1"
            for side in SIDES:
                (stack.home / f"migrated.{side}").unlink(missing_ok=True)
        if command not in NO_MIGRATION:
            migrate(stack, cluster)
        if command == "sandbox":
            migrate(stack, cluster, side="sandbox")
        return children.foreground([str(PYTHON), "manage.py", *words], environment)


def bench(words: list[str]) -> int:
    """Exit code of the measurements named by `words` (all when empty)."""
    prepare.ensure()
    stack = Stack()
    with stack.database() as cluster:
        for side in SIDES:
            migrate(stack, cluster, side=side)
        environment = stack.environment(cluster) | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
        return children.foreground([str(PYTHON), "-m", "bench", *words], environment)


def migrate(stack: Stack, cluster: Cluster, *, side: str = "portal") -> None:
    """Every migration of one side applied. Asks Django only when a migration or model file changed since."""
    mark = stack.home / f"migrated.{side}"
    now = fingerprint()
    with open(stack.home / "migrating", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if mark.exists() and mark.read_text() == now:
            return
        say("更新数据库结构", f"applying migrations ({side})")
        migrate_now(stack.environment(cluster), side=side)
        mark.write_text(now)


def migrate_now(environment: dict[str, str], *, side: str) -> None:
    """Migrations of one side, applied as the owner."""
    command = [str(PYTHON), "manage.py", *SIDES[side]]
    children.required(command, environment | {"PORTAL_AS_OWNER": "1"})


def fingerprint(root: Path = ROOT) -> str:
    """Changes whenever a migration, a model or the row walls change."""
    digest = hashlib.sha256((root / "requirements.lock").read_bytes())
    rooms = [p for p in root.iterdir() if p.is_dir() and not p.name.startswith(".") and (p / "__init__.py").exists()]
    for path in sorted(p for room in rooms for p in room.rglob("*.py")):
        if "migrations" in path.parts or "models" in path.parts or path.name in ("models.py", "walls.py", "rows.py"):
            digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()

"""Everything a command needs around Django: folders, secrets, the private database, environment variables.

Run with the machine's own Python (3.11 or newer, standard library only), because it also prepares the virtual one.
`bin/setup`, `bin/demo`, `bin/test`, `bin/manage` and `bin/bench` all end here.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from cluster import DURABLE, THROWAWAY, Cluster
from trouble import Trouble, explained, say

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
SANDBOX_PORT = 8791  # preferred; bin/demo takes another when it is in use
DATABASES = {"yibao": "yibao_app", "yibao_sandbox": "yibao_sandbox"}  # database: the role that works in it
ROLES = {"yibao_owner": "CREATEDB", "yibao_app": "NOCREATEDB", "yibao_sandbox": "NOCREATEDB"}


class Stack:
    """One set of run-time files and one private cluster: "main" keeps data, "test" is fast and forgets."""

    def __init__(self, name: str = "main", *, root: Path = ROOT) -> None:
        self.name = name
        self.root = root
        self.var = root / "var" if name == "main" else root / "var" / name
        self.secrets = self.var / "secrets"

    # -- database -----------------------------------------------------------------------------------------------

    @property
    def home(self) -> Path:
        """The cluster's folder. The postgres user may not enter a root user's folders, so root's lies in /var/lib."""
        if os.geteuid() != 0:
            return self.var / "pg"
        short = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path("/var/lib/yibao-portal") / short / self.name

    @contextmanager
    def database(self) -> Iterator[Cluster]:
        """The cluster, running, with roles and databases, for as long as the block lasts."""
        self.make_secrets()
        words = self.passwords()
        cluster = Cluster(self.home, password=words["postgres"], settings=DURABLE if self.name == "main" else THROWAWAY)
        with cluster.locked():
            self._refuse_foreign(cluster)
        cluster.hold()
        try:
            with cluster.locked():
                self._provide(cluster, words)
            yield cluster
        finally:
            cluster.release()

    def _refuse_foreign(self, cluster: Cluster) -> None:
        """A cluster made with other secrets (its clone was deleted) cannot be opened any more: it steps aside."""
        mark, mine = self.home / "mark", hashlib.sha256(cluster.password.encode()).hexdigest()
        if mark.exists() and mark.read_text() != mine and cluster.data.exists():
            cluster.stop()
            if self.name == "main":
                aside = self.home / time.strftime("data.left-%Y%m%d-%H%M%S")
                cluster.data.rename(aside)
                say(f"旧数据库的密钥已不在，移至 {aside}", "the old database's secrets are gone: put aside")
            else:
                shutil.rmtree(cluster.data)
            for note in ("ready", "migrated.portal", "migrated.sandbox"):
                (self.home / note).unlink(missing_ok=True)
        mark.write_text(mine)

    def _provide(self, cluster: Cluster, words: dict[str, str]) -> None:
        """Roles and databases; what exists stays."""
        ready = self.home / "ready"
        if ready.exists():
            return
        cluster.sql(
            "REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;\n"
            + "".join(
                f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n"
                f"ALTER ROLE {role} LOGIN {may} NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
                f" PASSWORD '{words[role]}';\n"
                for role, may in ROLES.items()
            )
            + "GRANT CONNECT ON DATABASE postgres TO yibao_owner;\n"
        )
        for database, role in DATABASES.items():
            create_database(cluster, database, role)
        ready.write_text("roles and databases exist\n")

    # -- secrets and environment --------------------------------------------------------------------------------

    def passwords(self) -> dict[str, str]:
        """Database passwords by role."""
        words: dict[str, str] = json.loads((self.secrets / "db.json").read_text())
        return words

    def make_secrets(self) -> None:
        """Random keys on first use; a key file that exists is never written again."""
        for folder in (
            self.var,
            self.secrets,
            *(self.var / name for name in ("spool", "checkpoints", "log", "static")),
        ):
            folder.mkdir(parents=True, exist_ok=True)
        self.secrets.chmod(0o700)
        keep(self.secrets / "secret_key", secrets.token_urlsafe(64), 0o400)
        keep(self.secrets / "master_key.json", json.dumps({"1": secrets.token_hex(16)}), 0o400)
        words = {role: secrets.token_hex(24) for role in ("postgres", *ROLES)}
        keep(self.secrets / "db.json", json.dumps(words), 0o600)

    def environment(
        self, cluster: Cluster, *, database: str = "yibao", sandbox_database: str = "yibao_sandbox"
    ) -> dict[str, str]:
        """Environment of a Django process on this stack; the mode is the caller's when already set."""
        words = self.passwords()
        return os.environ | {
            "PORTAL_MODE": "test" if self.name == "test" else os.environ.get("PORTAL_MODE", "demo"),
            "PORTAL_VAR": str(self.var),
            "DATABASE_URL": cluster.url("yibao_app", words["yibao_app"], database),
            "DATABASE_OWNER_URL": cluster.url("yibao_owner", words["yibao_owner"], database),
            "SANDBOX_DATABASE_URL": cluster.url("yibao_sandbox", words["yibao_sandbox"], sandbox_database),
            "SANDBOX_DATABASE_OWNER_URL": cluster.url("yibao_owner", words["yibao_owner"], sandbox_database),
            "SANDBOX_URL": self.sandbox_url(),
            "PORTAL_SECRET_KEY_FILE": str(self.secrets / "secret_key"),
            "PORTAL_MASTER_KEY_FILE": str(self.secrets / "master_key.json"),
            "PORTAL_SPOOL_DIR": str(self.var / "spool"),
            "PORTAL_CHECKPOINT_DIR": str(self.var / "checkpoints"),
            "PORTAL_ALLOWED_HOSTS": os.environ.get("PORTAL_ALLOWED_HOSTS", "127.0.0.1,localhost"),
            "PYTHONUNBUFFERED": "1",
            # Also where the shell wants no bytecode beside the sources: dozens of processes would each compile it all.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX") or str(ROOT / "var" / "bytecode"),
        }

    def sandbox_url(self) -> str:
        """Where the sandbox of a running bin/demo answers, else where it would."""
        try:
            url = (self.var / "sandbox.url").read_text().strip()
            # A killed bin/demo leaves the file behind: believe it only while somebody answers there.
            socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=1).close()
        except (OSError, ValueError):
            return f"http://127.0.0.1:{SANDBOX_PORT}"
        return url


def create_database(cluster: Cluster, database: str, role: str) -> None:
    """A database of yibao_owner in which only `role` may work, and may own nothing; kept when it exists."""
    if not cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):
        cluster.sql(f"CREATE DATABASE {database} OWNER yibao_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    cluster.sql(
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;\n"
        f"GRANT CONNECT ON DATABASE {database} TO {role};\n"
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n"
        "SET ROLE yibao_owner;\nCREATE EXTENSION IF NOT EXISTS pgcrypto;\n",
        database,
    )


def keep(path: Path, text: str, mode: int) -> None:
    """Write a secret once: complete or not at all, even when two commands start together."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):  # another command was first: its secret counts
            os.link(draft, path)
    finally:
        draft.unlink()


def _leave(number: int, frame: FrameType | None) -> None:
    """Leave through every `finally`, once: a second signal does not disturb the cleaning up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.exit(128 + number)


def main(words: list[str]) -> int:
    """Run one command by name."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    command, rest = (words[0], words[1:]) if words else ("", [])
    if command == "setup":
        import prepare

        return prepare.main(rest)
    if command == "manage":
        import administer

        return administer.main(rest)
    if command == "test":
        import gate

        return gate.main(rest)
    if command == "demo":
        import demonstrate

        return demonstrate.main(rest)
    if command == "bench":
        import administer

        return administer.bench(rest)
    raise Trouble(
        "用法：bin/setup、bin/demo、bin/test、bin/manage、bin/bench", "Use bin/setup, demo, test, manage or bench"
    )


if __name__ == "__main__":
    sys.exit(explained(lambda: main(sys.argv[1:])))

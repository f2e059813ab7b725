"""bin/demo: the whole portal on this machine, stopped without a trace by Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import fcntl
import secrets
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import administer
import prepare
from children import Family, Stopped
from cluster import Cluster
from stack import PYTHON, ROOT, SANDBOX_PORT, Stack, create_database
from trouble import Trouble, say

READY_SECONDS = 60
SPACE_MB = 200
ONCE = "yibao_once"
ONCE_SANDBOX = "yibao_once_sandbox"
MANAGE = [str(PYTHON), "manage.py"]
#: What each business shows of itself: its name, its command.
WALKS = {
    "clearing": "demo_year",
    "injury": "demo_injury",
    "settlement": "demo_settlement",
    "onetrans": "demo_onetrans",
    "reconciliation": "demo_reconciliation",
}


def main(words: list[str]) -> int:
    """bin/demo [--port N] [--once [clearing | injury | settlement | reconciliation]]"""
    parser = argparse.ArgumentParser(prog="bin/demo", description="演示 / the portal with a sandbox, on this machine")
    parser.add_argument("--port", type=int, default=8000, help="网页端口 / port of the web pages (8000)")
    parser.add_argument(
        "--once",
        nargs="?",
        const="",
        choices=["", *WALKS],
        help="走完各项业务（或其中一项）后退出 / walk through every business, or one of them, and exit",
    )
    asked = parser.parse_args(words)
    stack = Stack()
    # What can be refused is refused before anything starts.
    if asked.once is None:
        require_free_port(asked.port)
    stack.var.mkdir(exist_ok=True)
    prepare.ensure()
    for folder in {stack.var, nearest(stack.home)}:
        prepare.enough_space(folder, SPACE_MB)
    with only_one(stack, "demo" if asked.once is None else "once"):
        return run(stack, asked.port) if asked.once is None else run_once(stack, asked.once)


def run(stack: Stack, port: int) -> int:
    """Serve until told to stop; 0 then, Trouble when a part fails."""
    with stack.database() as cluster, Family(stack.var / "log") as family:
        for side in administer.SIDES:
            administer.migrate(stack, cluster, side=side)
        sandbox_port = free_port(SANDBOX_PORT)
        environment = stack.environment(cluster) | {"SANDBOX_URL": f"http://127.0.0.1:{sandbox_port}"}
        (stack.var / "sandbox.url").write_text(environment["SANDBOX_URL"])
        try:
            start_sandbox(family, environment, sandbox_port)
            serving = without_owner(environment)
            family.start("worker", [*MANAGE, "worker"], serving)
            family.start("web", web_command(port), serving)
            people = seed(family, environment)
            address = f"http://127.0.0.1:{port}"
            family.wait_until(lambda: answers(f"{address}/readyz"), seconds=READY_SECONDS, what=f"{address}/readyz")
            announce(address, environment["SANDBOX_URL"], people, stack)
            while True:
                family.check()
                require_database(cluster)
                time.sleep(0.3)
        except Stopped:
            say("正在停止", "stopping")
            return 0
        finally:
            (stack.var / "sandbox.url").unlink(missing_ok=True)


def run_once(stack: Stack, only: str = "") -> int:
    """Every business's walk, or only one, from an empty database; the first exit code that is not 0."""
    with stack.database() as cluster, Family(stack.var / "log" / "once") as family:
        try:
            environment = fresh_environment(stack, cluster)
            start_sandbox(family, environment, int(environment["SANDBOX_URL"].rpartition(":")[2]))
            family.start("worker", [*MANAGE, "worker"], without_owner(environment))
            for business, walk in WALKS.items():
                if only in ("", business) and (code := family.run([*MANAGE, walk], environment)):
                    return code
            return 0
        except Stopped:
            return 143


def fresh_environment(stack: Stack, cluster: Cluster) -> dict[str, str]:
    """Databases, spool and checkpoints of their own, empty each time: the same year can be run again and again."""
    for database, role in ((ONCE, "yibao_app"), (ONCE_SANDBOX, "yibao_sandbox")):
        cluster.sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        create_database(cluster, database, role)
    folder = stack.var / "once"
    shutil.rmtree(folder, ignore_errors=True)
    environment = stack.environment(cluster, database=ONCE, sandbox_database=ONCE_SANDBOX) | {
        "SANDBOX_URL": f"http://127.0.0.1:{free_port()}",
        # Where the desk's bridge of the walk listens.
        "BRIDGE_URL": f"http://127.0.0.1:{free_port()}",
        "BRIDGE_TOKEN": secrets.token_urlsafe(32),
        "PORTAL_SPOOL_DIR": str(folder / "spool"),
        "PORTAL_CHECKPOINT_DIR": str(folder / "checkpoints"),
    }
    for name in ("PORTAL_SPOOL_DIR", "PORTAL_CHECKPOINT_DIR"):
        Path(environment[name]).mkdir(parents=True)
    for side in administer.SIDES:
        administer.migrate_now(environment, side=side)
    return environment


def start_sandbox(family: Family, environment: dict[str, str], port: int) -> None:
    """The other end of the wire: it knows its own database and nothing of the portal's."""
    ours = ("DATABASE_", "PORTAL_SECRET_", "PORTAL_MASTER_", "PORTAL_SPOOL_", "PORTAL_CHECKPOINT_")
    its = {name: value for name, value in without_owner(environment).items() if not name.startswith(ours)}
    family.start("sandbox", [*MANAGE, "sandbox", "--port", str(port)], its)
    family.wait_until(lambda: not is_free(port), seconds=READY_SECONDS, what="sandbox")


def web_command(port: int) -> list[str]:
    command = [str(PYTHON), "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    return [
        *command,
        "--workers",
        "2",
        "--threads",
        "8",
        "--timeout",
        "60",
        "--graceful-timeout",
        "5",
        "--no-control-socket",
    ]


def seed(family: Family, environment: dict[str, str]) -> str:
    """People and one-time passwords, as the command prints them."""
    with tempfile.TemporaryFile() as output:
        if family.run([*MANAGE, "demo_seed"], environment, output=output):
            raise Trouble("演示数据写入失败，原因见上", "demo_seed failed, see above")
        output.seek(0)
        return output.read().decode().strip()


def without_owner(environment: dict[str, str]) -> dict[str, str]:
    """What a serving process gets: no address under which it could own a table."""
    return {name: value for name, value in environment.items() if not name.endswith("OWNER_URL")}


def announce(address: str, sandbox: str, people: str, stack: Stack) -> None:
    rows = (
        ("网页 pages", address),
        ("后台 admin", f"{address}/admin/"),
        ("接口 API", f"{address}/api/v1/"),
        ("沙箱 sandbox", sandbox),
        ("日志 logs", str((stack.var / "log").relative_to(ROOT))),
    )
    line = "─" * 64
    print(line, *(f"{name:<14}{value}" for name, value in rows), line, people, line, sep="\n")
    print("按 Ctrl-C 停止 / Ctrl-C stops everything", flush=True)


# -- what can be refused ----------------------------------------------------------------------------------------


def require_free_port(port: int) -> None:
    if not 0 < port < 65536:
        raise Trouble(f"端口号 {port} 无效，应在 1 到 65535 之间", f"{port} is no port: choose 1 to 65535")
    if not is_free(port):
        raise Trouble(
            f"端口 {port} 已被占用，请用 bin/demo --port 换一个端口",
            f"Port {port} is in use: choose another with --port",
        )


def is_free(port: int) -> bool:
    """Nobody listens there, and we may."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except PermissionError:
            raise Trouble(
                f"无权使用端口 {port}，请选 1024 以上的端口", f"May not use port {port}: choose one above 1024"
            ) from None
        except OSError:
            return False
    return True


def free_port(preferred: int = 0) -> int:
    """The preferred port when it is free (channels keep the address they were set up with), else any free one."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def require_database(cluster: Cluster) -> None:
    if not cluster.is_alive():
        raise Trouble(f"数据库已停止，原因见 {cluster.home}/postgres.log", "The database has stopped: see its log")


def nearest(folder: Path) -> Path:
    """The folder, or the closest parent that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


@contextmanager
def only_one(stack: Stack, name: str) -> Iterator[None]:
    """One bin/demo per clone: two would share a database and its jobs."""
    with open(stack.var / f"{name}.lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("本目录已有一个 bin/demo 在运行", "Another bin/demo is running in this folder") from None
        yield

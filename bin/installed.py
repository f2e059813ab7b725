"""What this machine offers a private PostgreSQL: programs, a user to run as, a folder for the socket."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
from pathlib import Path

from trouble import Trouble

PORT = 5432  # only part of the socket's file name: nothing listens on TCP
SOCKET_PATH_LIMIT = 100  # bytes; the kernel refuses 108 and more


def binaries(data: Path | None = None) -> Path:
    """Folder of PostgreSQL's programs: the newest installed, or the one that made `data`."""
    wanted = _major_of(data) if data else None
    found = {
        int(m[1]): p for p in Path("/usr/lib/postgresql").glob("*/bin") if (m := re.search(r"/(\d+)/bin$", str(p)))
    }
    found = {major: folder for major, folder in found.items() if (folder / "initdb").exists()}
    if wanted and wanted not in found and found:
        raise Trouble(
            f"数据由 PostgreSQL {wanted} 建立，本机没有该版本；请安装 postgresql-{wanted}",
            f"The data was made by PostgreSQL {wanted}, which is not installed: install postgresql-{wanted}",
        )
    if found:
        return found[wanted or max(found)]
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    raise Trouble("没有找到 PostgreSQL，请先运行 bin/setup", "PostgreSQL is not installed: run bin/setup")


def socket_folder(home: Path) -> Path:
    """Where the socket lies: in `home`, or in a short private folder when the path is too long for the kernel."""
    if os.geteuid() == 0:
        return home
    folder = home / "socket"
    if len(os.fsencode(folder)) + len(f"/.s.PGSQL.{PORT}") <= SOCKET_PATH_LIMIT and re.fullmatch(
        r"[\w./+-]+", str(folder), re.A
    ):
        return folder
    short = hashlib.sha256(os.fsencode(home)).hexdigest()[:10]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and os.access(runtime, os.W_OK) and len(runtime) < 60 and re.fullmatch(r"[\w./+-]+", runtime, re.A):
        return Path(runtime) / f"yibao-{short}"
    return Path(f"/tmp/yibao-{os.geteuid()}-{short}")


def _major_of(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text())
    except (OSError, ValueError):
        return None


def postgres_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise Trouble(
            "没有找到 postgres 用户，请先运行 bin/setup", "There is no postgres user: run bin/setup"
        ) from None

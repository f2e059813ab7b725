"""A private PostgreSQL cluster: Unix socket only, scram passwords only, shared by every command of one clone.

The commands hold it while they need it (file locks, which the kernel drops when a process dies, however it dies);
the last holder to leave stops it. A cluster left over from a killed command is found running and used again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installed import PORT, binaries, postgres_account, socket_folder
from trouble import Trouble, say

DURABLE = {"max_connections": "200", "shared_buffers": "128MB"}
THROWAWAY = DURABLE | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
HBA = "local all all scram-sha-256\n"


class Cluster:
    """One PostgreSQL instance below `home`; `password` is the superuser's, `settings` its server settings."""

    def __init__(self, home: Path, *, password: str, settings: dict[str, str]) -> None:
        self.home = home
        self.password = password
        self.settings = settings
        self.data = home / "data"
        self.sockets = socket_folder(home)
        self.account = postgres_account() if os.geteuid() == 0 else None
        self._held: int | None = None

    # -- sharing ------------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Start, stop and preparation of one cluster never overlap."""
        self._make_home()
        with open(self.home / "lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def hold(self) -> None:
        """Running and ours to use until `release`; starts it when nobody has."""
        with self.locked():
            try:
                if not self.is_running():
                    self._start()
                self._held = os.open(self.home / "holders", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._held, fcntl.LOCK_SH)
            except BaseException:  # told to stop in the middle of starting: leave nothing running behind
                if not self._has_holders():
                    self.stop()
                raise

    def release(self) -> None:
        """Give it back; the last holder stops it."""
        if self._held is None:
            return
        with self.locked():
            os.close(self._held)
            self._held = None
            if not self._has_holders():
                self.stop()

    def _has_holders(self) -> bool:
        with open(self.home / "holders", "a") as holders:
            try:
                fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    # -- life ---------------------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """A server of this data folder lives and answers.

        A process number in the lock file proves nothing after a reboot, so the process is looked at.
        """
        pid = self._server_pid()
        if pid is None:
            return False
        for _ in range(50):
            if self._call("pg_isready", "-q", "-h", str(self.sockets), "-p", str(PORT), check=False).returncode == 0:
                return True
            if self._server_pid() != pid:
                return False
            time.sleep(0.2)
        self.stop("immediate")  # alive but deaf: crash recovery loses nothing that was committed
        return False

    def is_alive(self) -> bool:
        """The server process exists; cheap enough to ask all the time."""
        return self._server_pid() is not None

    def stop(self, mode: str = "fast") -> None:
        """Stopped, or the reason as Trouble."""
        if self._server_pid() is None:
            return
        done = self._call("pg_ctl", "stop", "-w", "-t", "60", "-m", mode, "-D", str(self.data), check=False)
        pid = self._server_pid()
        if done.returncode and pid is not None:
            os.kill(pid, signal.SIGQUIT)

    def sql(self, text: str, database: str = "postgres") -> str:
        """Run SQL as superuser; the unaligned output."""
        done = self._call(
            *("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets), "-p", str(PORT)),
            *("-U", "postgres", "-d", database, "-f", "-"),
            text=text,
        )
        return done.stdout.strip()

    def url(self, role: str, password: str, database: str) -> str:
        """Address of a database as libpq and Django read it; the socket folder travels as the `host` parameter."""
        return f"postgresql://{role}:{password}@/{database}?host={self.sockets}"

    # -- inside -------------------------------------------------------------------------------------------------

    def _make_home(self) -> None:
        try:
            for folder in (self.home, self.sockets):
                folder.mkdir(parents=True, exist_ok=True)
                if self.account:
                    # 0711: the postgres user and ours pass through; the data folder itself stays 0700.
                    folder.chmod(0o711)
                    os.chown(folder, self.account.pw_uid, self.account.pw_gid)
                else:
                    if folder.lstat().st_uid != os.geteuid():
                        raise Trouble(
                            f"文件夹 {folder} 属于其他用户，请删除后重试",
                            f"{folder} belongs to somebody else: remove it",
                        )
                    folder.chmod(0o700)
        except PermissionError as fault:
            raise Trouble(
                f"无权创建数据库文件夹 {fault.filename}，请检查上级目录权限",
                f"May not create {fault.filename}: look at the permissions of its parent folder",
            ) from None

    def _server_pid(self) -> int | None:
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(self.data) in command else None

    def _start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._outlive_orphans()
        # Nobody works here now, so lock files are stale, even if their number is another process's or a zombie's.
        for lock in (self.data / "postmaster.pid", self.sockets / f".s.PGSQL.{PORT}.lock"):
            lock.unlink(missing_ok=True)
        lines = {"listen_addresses": "", "unix_socket_directories": str(self.sockets), "port": str(PORT)}
        lines |= {"timezone": "UTC", "log_timezone": "UTC", "password_encryption": "scram-sha-256"} | self.settings
        self._write(self.data / "yibao.conf", "".join(f"{name} = '{value}'\n" for name, value in lines.items()))
        self._write(self.data / "pg_hba.conf", HBA)
        log = self.home / "postgres.log"
        done = self._call("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.data), "-l", str(log), check=False)
        if done.returncode:
            raise Trouble(
                f"数据库启动失败，原因见 {log}：{_last_line(log)}",
                f"PostgreSQL did not start; see {log}: {_last_line(log)}",
            )

    def _outlive_orphans(self) -> None:
        """Wait for the processes of a server that was killed: starting beside them would damage the data."""
        for tenths in range(150):
            orphans = _working_in(self.data)
            if not orphans:
                return
            if tenths == 50:  # they leave by themselves unless a long query keeps them
                for pid in orphans:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGQUIT)
            time.sleep(0.1)
        raise Trouble(
            f"上次的数据库进程 {orphans} 尚未退出，请稍后重试",
            f"Processes {orphans} of the last server are still there: try again",
        )

    def _create(self) -> None:
        say("建立专用数据库", "creating the private database")
        fresh = (
            self.home / "data.new"
        )  # renamed when complete, so that an interrupted initdb is never taken for a cluster
        shutil.rmtree(fresh, ignore_errors=True)
        word = self.home / "word"
        self._write(word, self.password)
        try:
            self._call(
                *("initdb", "-D", str(fresh), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"),
                *("--auth-local=scram-sha-256", "--auth-host=reject", f"--pwfile={word}", "--no-instructions"),
            )
        finally:
            word.unlink(missing_ok=True)
        with open(fresh / "postgresql.conf", "a") as conf:
            conf.write("\ninclude 'yibao.conf'\n")
        fresh.rename(self.data)

    def _write(self, path: Path, text: str) -> None:
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _call(
        self, program: str, *words: str, text: str | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        folder = binaries(self.data)
        environment = {"PATH": f"{folder}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.home)}
        environment |= {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "10"}
        # The server inherits these streams: a pipe would keep us waiting for its end, so output goes to a file.
        out = self.home / f"{program}.{os.getpid()}.out"
        try:
            with open(out, "w+") as sink:
                done = subprocess.run(
                    [str(folder / program), *words],
                    **({"input": text} if text is not None else {"stdin": subprocess.DEVNULL}),  # type: ignore[call-overload]
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    text=True,
                    cwd="/",
                    start_new_session=True,  # Ctrl-C is for us to hear; the server is stopped in order
                    **(
                        {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
                        if self.account
                        else {}
                    ),
                )
            done.stdout = out.read_text(errors="replace")
        finally:
            out.unlink(missing_ok=True)
        if check and done.returncode:
            reason = (done.stdout.strip().splitlines() or ["?"])[-1]
            raise Trouble(f"数据库工具 {program} 失败：{reason}", f"{program} failed: {reason}")
        return done  # type: ignore[no-any-return]


def _working_in(folder: Path) -> list[int]:
    """Processes whose working directory it is: every process of a server works in its data folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if link.readlink() == folder:
                found.append(int(link.parent.name))
    return found


def _last_line(log: Path) -> str:
    try:
        return (log.read_text(errors="replace").strip().splitlines() or [""])[-1]
    except OSError:
        return ""

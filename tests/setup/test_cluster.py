"""The private database: no TCP, no trust, roles that may do only their part, shared and stopped in order."""

import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from cluster import THROWAWAY, Cluster
from installed import PORT, SOCKET_PATH_LIMIT, socket_folder
from stack import ROLES, Stack
from tests.database import url_of


@pytest.fixture(scope="module")
def home():
    """A folder the postgres user can reach when the tests run as root."""
    parent = Path("/var/lib/yibao-portal") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="test-", dir=parent))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def password():
    return secrets.token_hex(8)


@pytest.fixture
def new_cluster(home, password):
    """Makes another view of the same cluster, as another command would; all are released at the end."""
    made: list[Cluster] = []

    def make() -> Cluster:
        made.append(Cluster(home, password=password, settings=THROWAWAY))
        return made[-1]

    yield make
    for cluster in made:
        cluster.release()
    assert not made[0].is_alive()


def server_pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])


def test_it_runs_until_the_last_holder_leaves(new_cluster):
    one, other = new_cluster(), new_cluster()
    one.hold()
    pid = server_pid(one)
    other.hold()
    assert server_pid(other) == pid, "the second command shares the first one's server"
    one.release()
    assert other.is_running()
    other.release()
    assert not other.is_alive()


def test_it_uses_a_server_that_a_killed_command_left_running(new_cluster):
    one = new_cluster()
    one.hold()
    pid = server_pid(one)
    os.close(one._held)  # what the kernel does with the lock when a command is killed
    one._held = None
    other = new_cluster()
    other.hold()
    assert server_pid(other) == pid
    other.release()
    assert not other.is_alive()


def test_it_starts_again_after_the_server_was_killed(new_cluster):
    one = new_cluster()
    one.hold()
    one.sql("CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1); CHECKPOINT")
    os.kill(server_pid(one), signal.SIGKILL)
    end = time.monotonic() + 10
    while one.is_alive() and time.monotonic() < end:
        time.sleep(0.05)
    other = new_cluster()
    other.hold()
    assert other.sql("SELECT count(*) FROM kept") == "1"


def test_it_is_not_fooled_by_the_number_of_another_process(new_cluster):
    one = new_cluster()
    one.hold()
    lock = (one.data / "postmaster.pid").read_text()
    one.release()
    (one.data / "postmaster.pid").write_text(lock.replace(lock.split("\n", 1)[0], str(os.getpid()), 1))
    assert not one.is_alive()
    one.hold()
    assert one.is_running()


def test_it_listens_on_no_network_and_trusts_nobody(new_cluster):
    cluster = new_cluster()
    cluster.hold()
    assert cluster.sql("SHOW listen_addresses") == ""
    assert cluster.sql("SHOW server_encoding") == "UTF8"
    assert cluster.sql("SHOW timezone") == "UTC"
    assert cluster.sql("SELECT DISTINCT type || ' ' || auth_method FROM pg_hba_file_rules") == "local scram-sha-256"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(cluster.url("postgres", "wrong", "postgres"))


def test_it_finds_a_short_folder_for_the_socket(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert socket_folder(Path("/srv/portal/var/pg")) == Path("/srv/portal/var/pg/socket")
    for odd in (Path("/srv") / ("x" * 120) / "pg", Path("/srv/我的 文件/pg")):
        folder = socket_folder(odd)
        assert str(folder).startswith("/tmp/yibao-1000-")
        assert len(os.fsencode(folder)) + len(f"/.s.PGSQL.{PORT}") <= SOCKET_PATH_LIMIT


def test_it_keeps_secrets_to_itself_and_never_changes_them(tmp_path):
    stack = Stack("main", root=tmp_path)
    stack.make_secrets()
    files = {path.name: path for path in stack.secrets.iterdir()}
    assert set(files) == {"secret_key", "master_key.json", "db.json"}
    assert {name: stat.S_IMODE(path.stat().st_mode) for name, path in files.items()} == {
        "secret_key": 0o400,
        "master_key.json": 0o400,
        "db.json": 0o600,
    }
    before = {name: path.read_text() for name, path in files.items()}
    stack.make_secrets()
    assert {name: path.read_text() for name, path in files.items()} == before
    assert len(set(stack.passwords().values())) == len(ROLES) + 1


def connect(variable: str, database: str) -> psycopg.Connection:
    return psycopg.connect(url_of(database, variable), autocommit=True)


def test_its_roles_are_no_superusers(owner_sql):
    rows = owner_sql(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = ANY(%s)",
        [list(ROLES)],
    )
    assert {row[0]: row[1:] for row in rows} == {
        "yibao_owner": (False, False, False, True),
        "yibao_app": (False, False, False, False),
        "yibao_sandbox": (False, False, False, False),
    }


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (n int)", "CREATE TEMPORARY TABLE mine (n int)", "CREATE SCHEMA mine", "CREATE DATABASE mine"],
)
def test_its_app_role_may_create_nothing(database_name, statement):
    with connect("DATABASE_URL", database_name) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)


def test_its_portal_and_sandbox_may_not_enter_each_others_database(database_name):
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect("SANDBOX_DATABASE_URL", database_name)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect("DATABASE_URL", "yibao_sandbox")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect("DATABASE_URL", "postgres")


def test_it_stops_the_server_when_the_command_is_terminated(tmp_path):
    """bin/manage with SIGTERM in the middle leaves no server behind (checked from outside, on a clone of its own)."""
    bin_folder = Path(__file__).resolve().parent.parent.parent / "bin"
    parent = Path("/var/lib/yibao-portal") if os.geteuid() == 0 else tmp_path
    home = Path(tempfile.mkdtemp(prefix="test-", dir=parent))
    script = (
        "import signal, sys, time\n"
        f"sys.path.insert(0, {str(bin_folder)!r})\n"
        "from pathlib import Path\nimport stack, cluster\n"
        "signal.signal(signal.SIGTERM, stack._leave)\n"
        f"one = cluster.Cluster(Path({str(home)!r}), password='0123abcd', settings=cluster.THROWAWAY)\n"
        "one.hold()\n"
        "try:\n    print('held', flush=True); time.sleep(60)\nfinally:\n    one.release()\n"
    )
    try:
        process = subprocess.Popen(["python3", "-c", script], stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        cluster = Cluster(home, password="0123abcd", settings=THROWAWAY)
        assert cluster.is_running()
        process.terminate()
        assert process.wait(20) == 143
        assert not cluster.is_alive()
    finally:
        shutil.rmtree(home, ignore_errors=True)

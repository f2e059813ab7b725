"""The bridge around a real library: one by one, in order, killed when it hangs, never called twice for one id."""

import base64
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import certifi
import pytest

from portal.gateway.bridge.library import Libraries
from portal.gateway.bridge.line import Refused
from portal.gateway.bridge.memory import Guarded, Overflow
from portal.gateway.bridge.starting import pack, settings
from portal.gateway.desk.credentials import make
from portal.gateway.errors import GatewayError
from portal.gateway.tls import Tls
from portal.gateway.transport import post
from tests.desk.conftest import TOKEN, a_call

ROOT = Path(__file__).parents[2]


def answer(told):
    return json.loads(base64.b64decode(told["out"]))


def waits(line, name):
    """Until the call of that id runs."""
    until = time.monotonic() + 10
    while (line.spool.find(name) or {}).get("state") != "running":
        assert time.monotonic() < until
        time.sleep(0.005)


def test_twenty_at_once_reach_the_library_one_by_one_in_order(line, log):
    with ThreadPoolExecutor(20) as many:
        told = list(
            many.map(lambda n: line.take(a_call(f"call-{n}", f"SLOW-{n}" if n < 2 else f"text-{n}")), range(20))
        )
    words = [one.split() for one in log()]
    assert [word for word, _ in words] == ["in", "out"] * 20, "nobody came in before the one before was out"
    came = [row[0] for row in line.spool._base.execute("SELECT id FROM calls ORDER BY rowid")]
    assert [text.rpartition("-")[2] for word, text in words if word == "in"] == [one.rpartition("-")[2] for one in came]
    assert sorted(answer(one)["data"]["asked"] for one in told) == list(range(1, 21))


def test_a_hang_is_killed_and_others_go_on(line, log):
    told = line.take(a_call("hangs", "HANG", run=0.3))
    assert (told["state"], told["reason"]) == ("unknown", "hang")
    assert answer(line.take(a_call("next", "text")))["data"]["asked"] == 1, "in a new process"
    assert line.spool.find("hangs")["reason"] == "hang"


@pytest.mark.parametrize("text", ["OVERFLOW", "FULL", "BEFORE"])
def test_an_answer_past_its_buffer_is_refused_and_harms_nothing(stub, log, text):
    """Here in this very process: what lies around the buffer is as it was."""
    libraries = Libraries(str(stub))
    neighbours = [Guarded(64) for _ in range(4)]
    for one in neighbours:
        one.put(b"mine")
    with pytest.raises(Overflow):
        libraries.call("OneTrans", {"text": text.encode()})
    assert [one.taken() for one in neighbours] == [b"mine"] * 4
    assert b"asked" in libraries.call("OneTrans", {"text": b"text"}).outs["out"]


@pytest.mark.parametrize(("text", "reason"), [("OVERFLOW", "overflow"), ("FAR", "crashed"), ("CRASH", "crashed")])
def test_the_bridge_outlives_its_library(line, text, reason):
    told = line.take(a_call("breaks", text))
    assert (told["state"], told["reason"]) == ("unknown", reason)
    assert line.take(a_call("next", "text"))["state"] == "returned"
    assert line.keeper.starts == 2


def test_what_gbk_does_not_have_never_reaches_the_library(line, log):
    for text, reason in (("姓名𠮷", "not_gbk"), ("长" * 4096, "too_long")):
        with pytest.raises(Refused) as refused:
            line.take(a_call("refused", text))
        assert refused.value.reason == reason
    assert line.take(a_call("fits", "长" * 4095 + "1"))["state"] == "returned"
    assert len(log()) == 2


def test_an_id_is_called_once_and_its_answer_kept(line, log):
    first = line.take(a_call("once", "text"))
    assert line.take(a_call("once", "text")) == {**first, "digest": line.spool.find("once")["digest"]}
    with pytest.raises(Refused, match="另一个请求"):
        line.take(a_call("once", "another text"))
    assert len(log()) == 2
    line.take(a_call("query", "text", keep=False))
    assert line.spool.find("query")["state"] == "not_kept", "what a query said about a person is not kept"


def test_a_busy_library_is_asked_again_because_it_did_nothing(line, log):
    assert answer(line.take(a_call("busy", "BUSY")))["code"] == "000000"
    assert [word for word, _ in map(str.split, log())] == ["in", "out"] * 2


def test_an_id_that_never_came_is_closed_for_ever(line, log):
    line.spool.born -= 100
    assert line.spool.close("never", int(time.time()))["reason"] == "closed"
    assert line.take(a_call("never", "text"))["state"] == "not_called"
    assert line.spool.close("older", line.spool.born - 50) == {}, "an older spool may have known it"
    assert not log()


def test_a_call_that_is_late_is_not_begun(line, log):
    with pytest.raises(Refused, match="时钟"):
        line.take(a_call("sleeper", "text", sent_at=int(time.time()) - 300))
    running = threading.Thread(target=line.take, args=[a_call("first", "HANG", run=0.5)])
    running.start()
    waits(line, "first")
    assert line.take(a_call("second", "text", wait=0.1))["reason"] == "expired"
    running.join()
    assert len(log()) == 1


def test_cards_are_initialised_once_and_again_when_told_otherwise(line, log):
    card = {"function": "ReadCardBas", "arguments": {}}
    for name, user in (("a", "440100"), ("b", "440100"), ("c", "WRONG"), ("d", "440100")):
        told = line.take(a_call(name, "", **card, init=["http://card", user]))
        assert told["value"] == (7 if user == "WRONG" else 0)
    assert base64.b64decode(told["out"]).decode("gbk") == "639900|张三|"
    assert [one.split()[0] for one in log()] == ["init", "card", "card", "init", "init", "card"]


def test_a_killed_bridge_knows_afterwards_what_it_was_doing(stub, tmp_path, log):
    """As the packed program, by its settings file, over the wire."""
    packed, file = tmp_path / "bridge.pyz", tmp_path / "desk-bridge.json"
    pack(packed)

    def start():
        file.write_text(json.dumps({"listen": "127.0.0.1:0", "token": TOKEN, "library": str(stub)}))
        return subprocess.Popen([sys.executable, "-I", str(packed), "--config", str(file)], stderr=subprocess.PIPE)

    bridge = start()
    port = int(bridge.stderr.readline().decode().rpartition(":")[2].strip("/\n"))
    texts = (("runs", "HANG"), ("waits", "text"))
    connections = []
    for name, text in texts:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/calls", json.dumps(a_call(name, text)), {"Authorization": f"Bearer {TOKEN}"})
        connections.append(connection)
        until = time.monotonic() + 10
        while not log() and time.monotonic() < until:
            time.sleep(0.01)
    health = asked(port, "/health", {})
    assert health["waiting"] in (0, 1)
    until = time.monotonic() + 10
    while asked(port, "/answers", {"id": "waits"})["state"] != "waiting" and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(bridge.pid, signal.SIGKILL)
    bridge.wait()
    bridge = start()
    port = int(bridge.stderr.readline().decode().rpartition(":")[2].strip("/\n"))
    try:
        assert asked(port, "/answers", {"id": "runs"})["reason"] == "interrupted"
        assert asked(port, "/answers", {"id": "waits"})["reason"] == "stopped"
        assert asked(port, "/calls", a_call("waits", "text"))["state"] == "not_called", "and never will be"
        assert [one for one in log() if one.startswith("in")] == ["in HANG"]
    finally:
        bridge.terminate()
        assert bridge.wait(10) == 0


def asked(port, path, content, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", path, json.dumps(content), {"Authorization": f"Bearer {TOKEN}", **headers})
    response = connection.getresponse()
    return {"status": response.status, **json.loads(response.read())}


def test_the_door_opens_to_programs_with_the_token_only(server, log):
    port = server().server_address[1]
    call = a_call("call", "text")
    assert asked(port, "/calls", call, Authorization="Bearer wrong")["status"] == 401
    assert asked(port, "/calls", call, Origin="http://127.0.0.1")["status"] == 403
    assert asked(port, "/calls", {"id": "x"})["status"] == 400
    assert not log()
    lost = http.client.HTTPConnection("127.0.0.1", port)
    lost.request("POST", "/calls", json.dumps(call), {"Authorization": f"Bearer {TOKEN}"})
    lost.close()  # nobody waits for the answer
    told = asked(port, "/calls", call)
    assert answer(told)["data"] == {"asked": 1}
    assert asked(port, "/answers", {"id": "call"})["out"] == told["out"]
    assert len(log()) == 2


def test_over_a_network_both_sides_know_each_other(server, tmp_path, monkeypatch):
    made, other = make("https://127.0.0.1:1"), make("https://127.0.0.1:1")
    files = {"certificate": made.certificate, "key": made.key, "portal_certificate": made.client_certificate}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    port = server(**{name: str(tmp_path / name) for name in files}).server_address[1]

    def ask(tls):
        return post(
            f"https://127.0.0.1:{port}/health",
            b"{}",
            {"Authorization": f"Bearer {TOKEN}"},
            connect_timeout=5,
            read_timeout=5,
            allowed=[f"127.0.0.1:{port}"],
            tls=tls,
        )

    assert json.loads(ask(Tls(made.certificate, made.client_certificate, made.client_key)).body)["state"] == "ready"
    for stranger in (
        Tls(made.certificate),
        Tls(made.certificate, other.client_certificate, other.client_key),
        Tls(other.certificate, made.client_certificate, made.client_key),
        None,
    ):
        with pytest.raises(GatewayError):
            ask(stranger)
    # What this computer believes otherwise does not count at a desk.
    believed = re.findall("-+BEGIN[^-]+-+[^-]+-+END[^-]+-+", Path(certifi.where()).read_text())
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "certificate"))
    with pytest.raises(GatewayError):
        ask(Tls(believed[0], made.client_certificate, made.client_key))


def test_a_door_that_would_be_open_is_not_opened(tmp_path):
    given = {"token": TOKEN, "library": "x.dll", "state": str(tmp_path)}
    assert settings({**given, "listen": "127.0.0.1:9521"})["listen"] == "127.0.0.1:9521"
    with pytest.raises(ValueError, match="listen"):
        settings(given)
    command = [sys.executable, "-m", "portal.gateway.bridge", "--listen", "0.0.0.0:9521", "--token", TOKEN]
    run = subprocess.run([*command, "--library", "x.dll", "--state", str(tmp_path)], cwd=ROOT, capture_output=True)
    assert "只能在本机" in run.stderr.decode()
    assert run.returncode == 1

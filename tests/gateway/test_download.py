"""Files over the national interface: bytes up (9101), a zip down (9102) that may be anything but a zip."""

import base64
import io
import json
import os
import resource
import socket
import zipfile

import pytest

from portal.access.door import tenant_tx
from portal.gateway.archives import BadArchive, ZipLimits, check_zip
from portal.gateway.channels.services import install_channel
from portal.gateway.client import download
from portal.gateway.errors import Doubt, NotSent, Rejected
from portal.gateway.filing import Into
from portal.gateway.journal.models import Attempt
from portal.gateway.national import compose
from portal.gateway.national.control.desk import obtain
from portal.gateway.seals.national import NationalSwitches
from portal.gateway.wire import Outcome, prepare, send
from portal.gateway.wire.national_content import byte_values, bytes_of, longest
from tests.gateway.envelopes import NOW
from tests.gateway.scripted import reply, serving
from tests.gateway.test_national import REFMSGID, settings

ASKED = compose("9102", {"fsDownloadIn": {"file_qury_no": "F1", "filename": "a.zip", "fixmedins_code": "plc"}})
REFUSAL = json.dumps({"infcode": -1, "inf_refmsgid": REFMSGID, "err_msg": "文件不存在"}, ensure_ascii=False).encode()
MEGABYTE = 1024 * 1024


def zipped(text: bytes = b"a\tb\n" * 1000, name: str = "a.txt") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return made.getvalue()


def fetched(script, file, limit=10 * MEGABYTE):
    with serving(script) as server:
        prepared = prepare(settings(server.host), ASKED, "M" * 30, now=lambda: NOW)
        return send(prepared, now=lambda: NOW, into=Into(file, limit, b"PK\x03\x04"))


def test_a_zip_goes_into_the_file_and_an_error_is_read_as_a_message():
    file = io.BytesIO()
    done = fetched(reply(zipped(), kind="application/octet-stream"), file)
    assert (done.outcome, file.getvalue()) == (Outcome.OK, zipped())
    assert str(len(zipped())).encode() in done.raw_reply
    refused = fetched(reply(REFUSAL), file := io.BytesIO())
    assert (refused.outcome, refused.message, file.getvalue()) == (Outcome.REJECTED, "文件不存在", b"")
    assert fetched(reply(b"<html>"), io.BytesIO()).reason is Doubt.HTML
    assert fetched(reply(b"no file today"), io.BytesIO()).reason is Doubt.SHAPE
    broken = fetched(reply(zipped(), status="502 Bad"), file := io.BytesIO())
    assert (broken.reason, file.getvalue()) == (Doubt.STATUS, b"")
    assert fetched(reply(zipped(), length=len(zipped()) + 9), io.BytesIO()).reason is Doubt.TRUNCATED
    assert fetched(reply(zipped()), io.BytesIO(), limit=100).reason is Doubt.TOO_LARGE


def test_two_hundred_megabytes_do_not_pass_through_memory(tmp_path):
    piece, count = b"\0" * MEGABYTE, 200

    def script(connection: socket.socket, request: bytes) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {count * MEGABYTE + 4}\r\n\r\nPK\x03\x04".encode())
        for _ in range(count):
            connection.sendall(piece)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with (tmp_path / "big").open("wb") as file, serving(script) as server:
        own = settings(server.host, read_timeout=60)
        done = send(prepare(own, ASKED, "M" * 30), into=Into(file, 300 * MEGABYTE, b"PK\x03\x04"))
    assert done.outcome is Outcome.OK
    assert (tmp_path / "big").stat().st_size == count * MEGABYTE + 4
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


@pytest.mark.parametrize(
    ("content", "limits", "word"),
    [
        (zipped()[:-30], ZipLimits(), "不完整"),
        (b"PK\x03\x04 no zip", ZipLimits(), "不完整"),
        (zipped(b"\0" * (2 * MEGABYTE)), ZipLimits(), "解压后过大"),
        (zipped(), ZipLimits(file=100), "超过"),
        (zipped(name="../a.txt"), ZipLimits(), "异常"),
        (zipped(name="inner.zip"), ZipLimits(), "还有压缩文件"),
        (zipped(), ZipLimits(entries=0), "条目过多"),
    ],
)
def test_what_should_not_be_unpacked_is_not(tmp_path, content, limits, word):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(BadArchive, match=word):
        check_zip(path, limits)


@pytest.mark.django_db(transaction=True)
def test_a_download_is_whole_or_not_there_and_is_not_asked_for_twice(hospital_a, settings, tmp_path):
    target, says = tmp_path / "a.zip", [reply(zipped()[:-40])]
    with serving(lambda connection, request: says[-1](connection, request)) as server:
        settings.SANDBOX_URL = f"http://{server.host}"
        values = {"base_url": f"http://{server.host}", "medins_code": "H14020000001", "medins_name": "样例"}
        more = {"region": "440100", "switches": {"auth": "none", "sign_in": "none", "refmsgid": "present"}}
        with tenant_tx(hospital_a.pk):
            install_channel("national", "test", {**values, **more})

        def get() -> int:
            return download(ASKED, target, institution_id=hospital_a.pk)

        with pytest.raises(BadArchive, match="不完整"):
            get()
        says.append(reply(REFUSAL))
        with pytest.raises(Rejected, match="文件不存在"):
            get()
        assert os.listdir(tmp_path) == []
        says.append(reply(zipped()))
        assert get() == len(zipped())
        asked = len(server.requests)
        assert get() == len(zipped())
        assert target.read_bytes() == zipped()
        assert len(server.requests) == asked
        target.write_bytes(zipped()[:-40])  # whoever was killed in the middle of a copy
        assert get() == len(zipped())
    with tenant_tx(hospital_a.pk):
        kinds = Attempt.objects.order_by("sent_at").values_list("outcome", flat=True)
        assert [one for one in kinds if one != "unknown"] == ["ok", "rejected", "ok", "ok"]


# --- 9101


def test_a_file_is_sent_as_an_array_of_bytes_and_noted_by_its_digest():
    content = bytes(range(256))
    asked = {"in": base64.b64encode(content).decode(), "filename": "a.zip", "fixmedins_code": "H1"}
    request = compose("9101", {"fsUploadIn": asked})
    for form, last in (("signed", -1), ("unsigned", 255)):
        switches = NationalSwitches.read({"bytes_form": form})
        prepared = prepare(settings(switches=switches), request, "M" * 30)
        sent = json.loads(prepared.body)["input"]["fsuploadin"]["in"]
        assert (len(sent), sent[-1], bytes_of(sent)) == (256, last, content)
        assert b"256 bytes sha256" in prepared.plain
        assert len(prepared.plain) < 300
    assert byte_values(b"\x80", "signed") == [-128]
    with pytest.raises(ValueError):
        bytes_of([256])


def test_a_file_and_a_medical_record_may_be_longer_than_table_2_says():
    big = base64.b64encode(b"\xff" * 30_000).decode()
    request = compose("9101", {"fsUploadIn": {"in": big, "filename": "a.zip", "fixmedins_code": "H1"}})
    assert len(prepare(settings(), request, "M" * 30).body) > 90_000
    assert longest("1101") == 40_000
    assert longest("4701") > 1_000_000


# --- the control at the desk


def test_what_the_control_says_instead_of_a_medium_is_said():
    for body in (b'{"error":"no card"}', b"[]", b'{"medium":""}'):
        with serving(reply(body)) as server:
            own = settings(server.host, switches=NationalSwitches.read({"control_address": f"{server.url}/control"}))
            with pytest.raises(NotSent, match="没有发出"):
                obtain(own, "2207A")
    with serving(reply(b'{"medium":"M1","seconds":99}')) as server:
        own = settings(server.host, switches=NationalSwitches.read({"control_address": f"{server.url}/control"}))
        assert obtain(own, "2207A").seconds == 99

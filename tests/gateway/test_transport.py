"""Every way a call can end, and on which side of the first byte."""

import datetime
import ipaddress
import socket
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.gateway.errors import Doubt, NotSent, Unknown
from portal.gateway.transport import Answer, post
from tests.gateway.scripted import raw, reply, reset, serving, silence, trickle


def call(url: str, allowed: str, body: bytes = b'{"a":1}', **options) -> Answer:
    limits = {"connect_timeout": 2, "read_timeout": 2} | options
    return post(url, body, {"Content-Type": "application/json"}, allowed=(allowed,), **limits)


def doubt(script, **options) -> Unknown:
    with serving(script) as server:
        with pytest.raises(Unknown) as caught:
            call(server.url, server.host, **options)
        assert len(server.requests) == 1, "it was sent exactly once"
    return caught.value


def test_it_sends_once_and_returns_the_answer():
    with serving(reply(b'{"ok":1}')) as server:
        answer = call(server.url, server.host, body=b"x" * 100_000)
        assert (answer.status, answer.body) == (200, b'{"ok":1}')
        assert answer.headers["Content-Type"] == "application/json"
        assert 0 < answer.seconds < 2
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        assert body == b"x" * 100_000
        assert b"connection: close" in head.lower()
        assert b"accept-encoding: identity" in head.lower()
        assert b"python" not in head.lower()


def test_it_has_time_for_something_else_once_everything_is_sent():
    there: list[bool] = []

    def look():
        until = time.monotonic() + 2
        while not server.requests and time.monotonic() < until:
            time.sleep(0.001)
        there.append(server.requests[0].endswith(b"x" * 100))

    with serving(reply(b"{}")) as server:
        assert call(server.url, server.host, body=b"x" * 100, meanwhile=look).status == 200
        assert there == [True]


def test_it_opens_a_connection_for_every_call():
    with serving(reply(b"{}")) as server:
        for _ in range(3):
            call(server.url, server.host)
        assert server.connections == 3


def test_it_reads_a_reply_in_chunks():
    chunked = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n'
    with serving(raw(chunked)) as server:
        assert call(server.url, server.host).body == b'{"a":1}'


def test_it_goes_past_proxies_of_the_environment(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(reply(b"{}")) as server:
        assert call(server.url, server.host).status == 200


# Before the first byte: not sent


def test_a_refused_connection_is_not_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(NotSent, match="拒绝连接"):
        call(f"http://{host}/api", host)


def test_an_unknown_name_is_not_sent():
    with pytest.raises(NotSent, match="无法解析"):
        call("http://gateway.invalid/api", "gateway.invalid")


def test_a_connection_that_is_never_accepted_is_not_sent():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        waiting = []
        for _ in range(4):  # fill the queue: further connections get no answer at all
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
            waiting.append(one)
        started = time.monotonic()
        with pytest.raises(NotSent, match="超时"):
            call(f"http://{host}/api", host, connect_timeout=0.3)
        assert time.monotonic() - started < 2
        for one in waiting:
            one.close()


def test_a_failed_tls_handshake_is_not_sent():
    with serving(silence, greeting=b"220 mail.example\r\n") as server, pytest.raises(NotSent, match="加密连接失败"):
        call(server.url.replace("http:", "https:"), server.host)


def test_a_hang_up_during_the_tls_handshake_is_not_sent():
    with serving(None) as server:
        with pytest.raises(NotSent):
            call(server.url.replace("http:", "https:"), server.host)
        assert server.requests == []
        assert server.connections == 1, "not even connecting is tried again"


def test_a_tls_handshake_that_hangs_is_not_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(NotSent):
            call(f"https://{host}/api", host, connect_timeout=0.2, read_timeout=0.2)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of our own making for 127.0.0.1: (file with key and certificate)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(encoded + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_an_untrusted_certificate_is_not_sent_and_a_trusted_one_is(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(reply(b"{}"), tls=context) as server:
        url = server.url.replace("http:", "https:")
        with pytest.raises(NotSent, match="证书"):
            call(url, server.host)
        assert server.requests == []
        assert call(url, server.host, ca_file=str(certificate)).body == b"{}"


def test_silence_behind_tls_ends_at_the_deadline(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(silence, tls=context) as server, pytest.raises(Unknown) as caught:
        call(server.url.replace("http:", "https:"), server.host, ca_file=str(certificate), read_timeout=0.3)
    assert caught.value.reason is Doubt.TIMEOUT


@pytest.mark.parametrize(
    ("url", "allowed", "sentence"),
    [
        ("ftp://127.0.0.1/x", "127.0.0.1", "http:// 或 https://"),
        ("file:///etc/passwd", "", "http:// 或 https://"),
        ("http:///x", "", "http:// 或 https://"),
        ("http://127.0.0.1:99999/x", "127.0.0.1:99999", "有效的网址"),
        ("http://user:secret@127.0.0.1/x", "127.0.0.1", "用户名或密码"),
        ("http://127.0.0.1:8080/x", "127.0.0.1", "不在允许的名单中"),
        ("http://127.0.0.1/x", "127.0.0.1:8080", "不在允许的名单中"),
        ("http://127.0.0.1.evil/x", "127.0.0.1", "不在允许的名单中"),
        ("http://[::1]:8080/x", "::1", "不在允许的名单中"),
    ],
)
def test_an_address_that_is_not_allowed_is_not_sent(url, allowed, sentence):
    with pytest.raises(NotSent, match=sentence) as refused:
        call(url, allowed)
    assert "secret" not in str(refused.value)


# After the first byte: unknown


def test_a_hang_up_before_the_reply_is_unknown():
    assert doubt(raw(b"")).reason is Doubt.RESET


def test_a_reset_is_unknown():
    assert doubt(reset).reason is Doubt.RESET


def test_silence_is_unknown_and_ends_in_time():
    started = time.monotonic()
    assert doubt(silence, read_timeout=0.3).reason is Doubt.TIMEOUT
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
    ids=["headers", "body", "endless body", "chunks"],
)
def test_a_trickle_does_not_hold_the_worker(start, drop):
    started = time.monotonic()
    with serving(None) as unused:
        stopped = unused.stopped.is_set
        found = doubt(trickle(start, drop, stopped), connect_timeout=0.2, read_timeout=0.5)
    assert found.reason is Doubt.TIMEOUT
    assert time.monotonic() - started < 2


def test_a_reply_that_is_cut_off_is_unknown_and_keeps_what_came():
    found = doubt(reply(b'{"code":"0"', length=500))
    assert found.reason is Doubt.TRUNCATED
    assert found.evidence in (b"", b'{"code":"0"')


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "404 Not Found", "500 Error", "204 Empty"])
def test_any_other_status_is_unknown(status):
    found = doubt(reply(b"{}", status=status))
    assert found.reason is Doubt.STATUS
    assert status[:3] in found.sentence


def test_a_redirect_is_not_followed():
    with serving(reply(b"{}")) as other:
        answer = f"HTTP/1.1 307 Moved\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n".encode()
        assert doubt(raw(answer)).reason is Doubt.REDIRECT
        assert other.connections == 0


@pytest.mark.parametrize(
    ("body", "kind"), [(b"{}", "text/html; charset=gbk"), (b"\n <!DOCTYPE html>", "text/plain"), (b"<HTML>", "")]
)
def test_a_web_page_is_unknown(body, kind):
    assert doubt(reply(body, kind=kind)).reason is Doubt.HTML


def test_a_reply_that_is_too_large_is_unknown():
    assert doubt(reply(b"x" * 2000), limit=1000).reason is Doubt.TOO_LARGE
    assert doubt(raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000), limit=100_000).reason is Doubt.TOO_LARGE
    assert len(doubt(raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000), limit=100_000).evidence) <= 65536


def test_what_is_not_http_is_unknown():
    assert doubt(raw(b"\x00\x01garbage\r\n\r\n")).reason in (Doubt.RESET, Doubt.SHAPE)

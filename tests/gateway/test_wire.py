"""One exchange from request to typed reply, over a real socket, with the centre's side of the seal."""

import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clearing.messages import CLEARING, GenerateClearing, Generation, QueryClearing, RevokeClearing, VerifyClearing
from portal.gateway.errors import Doubt, NotSent, Rejected, Unknown
from portal.gateway.messages import Gateway, wire_form
from portal.gateway.seals.switches import EnvelopeSwitches
from portal.gateway.wire import (
    Exchange,
    Outcome,
    WireSettings,
    exchange,
    judge,
    new_msgid,
    prepare,
    register_wire,
    send,
    wire,
)
from portal.gateway.wire.sm_envelope import SmEnvelopeWire
from tests.gateway.envelopes import IV, NOW, Ends
from tests.gateway.scripted import Server, reply, serving, silence

REQUEST = GenerateClearing(year="2025", aka080="001")


@pytest.fixture(scope="module")
def ends() -> Ends:
    return Ends()


def settings(ends: Ends, host: str, **changes: Any) -> WireSettings:
    chosen: dict[str, Any] = {
        "gateway": CLEARING,
        "base_url": f"http://{host}",
        "app_code": "APP-1",
        "provider_public_key": ends.centre_keys[1],
        "private_key": ends.hospital_keys[0],
        "public_key": ends.hospital_keys[1],
        "iv": IV,
        "allowed_hosts": (host,),
        "switches": ends.switches,
        "connect_timeout": 1,
        "read_timeout": 2,
    } | changes
    return WireSettings(**chosen)


def centre(ends: Ends, answer: Callable[[Any], bytes]):
    """A server that opens each request and sends what `answer` makes of it."""

    def script(connection, request):
        opened = ends.centre.open_request(request.partition(b"\r\n\r\n")[2], now=NOW)
        reply(answer(opened))(connection, request)

    return serving(script)


def says(ends: Ends, code: str, data: Any = None, message: str = "处理完成", **changes: Any):
    def answer(opened):
        encoded = data if isinstance(data, bytes | None) else json.dumps(data).encode()
        options = {"nonce": opened.nonce, "now": NOW} | changes
        return ends.centre.close_reply(code, message, encoded, **options)

    return centre(ends, answer)


def call(ends: Ends, server: Server, request: Any = REQUEST, **changes: Any) -> Exchange[Any]:
    return exchange(settings(ends, server.host, **changes), request, now=lambda: NOW)


def test_a_success_brings_the_typed_reply_and_what_the_journal_keeps(ends):
    with says(ends, "0", {"batch_no": "B1", "count": 12}) as server:
        own = settings(ends, server.host)
        msgid = new_msgid(own)
        done = exchange(own, REQUEST, msgid=msgid, now=lambda: NOW)
        assert done.outcome is Outcome.OK
        assert done.require() == Generation(batch_no="B1", count=12)
        assert (done.code, done.message, done.msgid) == ("0", "处理完成", msgid)
        assert json.loads(done.raw_request) == {"year": "2025", "aka080": "001"}
        assert json.loads(done.raw_reply) == {"batch_no": "B1", "count": 12}
        sent = server.requests[0].partition(b"\r\n\r\n")[2]
        assert done.sealed_request_size == len(sent)
        assert done.sealed_reply_size > 400
        assert json.loads(sent)["nonce"] == msgid
        assert b"POST /thrid_api/external_api HTTP/1.1" in server.requests[0]
        assert (done.started_at, done.ended_at, done.seconds) == (NOW, NOW, 0)


def test_a_listed_code_is_rejected_with_the_next_step(ends):
    with says(ends, "2003", message="存在已核对数据") as server:
        done = call(ends, server, RevokeClearing(year="2025", aka080="001"))
    assert done.outcome is Outcome.REJECTED
    assert done.sentence == "已核对的清算数据不能撤销。先撤销核对，再撤销清算数据"
    assert done.refusal is CLEARING.refusals["2003"]
    assert done.message == "存在已核对数据"
    with pytest.raises(Rejected) as error:
        done.require()
    assert error.value.code == "2003"


@pytest.mark.parametrize("code", ["2003", "9999", "-1", "", "00"])
def test_a_code_not_listed_for_the_transaction_is_unknown(ends, code):
    with says(ends, code) as server:
        done = call(ends, server)
    assert (done.outcome, done.reason, done.code) == (Outcome.UNKNOWN, Doubt.CODE, code)
    with pytest.raises(Unknown):
        done.require()


@pytest.mark.parametrize(
    "data", [None, b"", b"{", {"batch_no": "B1"}, {"batch_no": "B1", "count": "many"}, b"[1]", b"\xff\xfe"]
)
def test_a_success_that_cannot_be_read_is_a_success_still(ends, data):
    with says(ends, "0", data) as server:
        done = call(ends, server)
    assert done.outcome is Outcome.OK_UNPARSED
    assert done.reply is None
    assert "已受理" in done.sentence
    assert done.raw_reply
    with pytest.raises(Unknown):
        done.require()


def test_an_unparsed_success_names_the_items_but_not_their_values(ends):
    with says(ends, "0", {"batch_no": "x" * 60, "count": -3}) as server:
        done = call(ends, server)
    assert "批次号（batch_no）：最多 40 个字符；生成条数（count）：不能小于 0" in done.sentence
    assert "xxx" not in done.sentence


def test_a_wrong_vector_garbles_the_reply_but_does_not_hide_the_success(ends):
    with says(ends, "0", {"batch_no": "B1", "count": 12}) as server:
        done = call(ends, server, iv="0" * 32)
    assert done.outcome is Outcome.OK_UNPARSED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"nonce": "f" * 32}, Doubt.NONCE), ({"now": NOW - timedelta(minutes=11)}, Doubt.TIMESTAMP)],
)
def test_a_reply_that_breaks_a_rule_is_unknown(ends, changes, reason):
    with says(ends, "0", {"batch_no": "B1", "count": 1}, **changes) as server:
        done = call(ends, server)
    assert (done.outcome, done.reason, done.code) == (Outcome.UNKNOWN, reason, "")
    assert done.raw_reply.startswith(b'{"code"'), "what came is kept as evidence"


def test_a_reply_of_an_impostor_is_unknown_even_if_it_refuses(ends):
    impostor = dataclasses.replace(ends, centre_keys=Ends().centre_keys)
    with centre(
        ends, lambda opened: impostor.centre.close_reply("2001", "", None, nonce=opened.nonce, now=NOW)
    ) as server:
        done = call(ends, server)
    assert (done.outcome, done.reason) == (Outcome.UNKNOWN, Doubt.SIGNATURE)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (reply(b"{}", status="502 Bad Gateway"), Doubt.STATUS),
        (reply("<html>系统繁忙</html>".encode(), kind="text/html"), Doubt.HTML),
        (reply('{"code":"0","message":"系统繁忙"}'.encode()), Doubt.SHAPE),
        (reply(b'{"code":"0"', length=400), Doubt.TRUNCATED),
        (silence, Doubt.TIMEOUT),
    ],
)
def test_trouble_on_the_way_back_is_unknown(ends, script, reason):
    with serving(script) as server:
        done = call(ends, server, read_timeout=0.3)
        assert (done.outcome, done.reason) == (Outcome.UNKNOWN, reason)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"allowed_hosts": ()}, "不在允许的名单中"),
        ({"iv": "short"}, "SM4 加密 IV应为"),
        ({"provider_public_key": "04" + "1" * 128}, "服务提供方 SM2 公钥不是有效"),
        ({"private_key": "1"}, "调用方 SM2 私钥应为 64 位"),
        ({"public_key": Ends().hospital_keys[1]}, "不是一对"),
    ],
)
def test_settings_that_cannot_work_are_not_sent(ends, changes, sentence):
    with serving(silence) as server:
        done = call(ends, server, **changes)
        assert done.outcome is Outcome.NOT_SENT
        assert server.requests == []
    with pytest.raises(NotSent, match=sentence):
        done.require()


def test_preparing_sends_nothing_and_sending_uses_the_prepared_bytes(ends):
    with says(ends, "0", {"batch_no": "B1", "count": 12}) as server:
        prepared = prepare(settings(ends, server.host), REQUEST, "0" * 32, now=lambda: NOW)
        assert server.connections == 0
        assert prepared.is_changing
        assert prepared.deadline == 3
        assert send(prepared, now=lambda: NOW).outcome is Outcome.OK
        assert server.requests[0].endswith(prepared.body)


def test_a_late_reply_can_be_judged_afterwards(ends):
    prepared = prepare(settings(ends, "127.0.0.1:9"), REQUEST, "0" * 32, now=lambda: NOW)
    body = ends.centre.close_reply("0", "", b'{"batch_no":"B1","count":1}', nonce="0" * 32, now=NOW)
    assert judge(prepared, body, started_at=NOW, now=lambda: NOW).outcome is Outcome.OK


def test_each_transaction_has_its_own_patience_unless_the_channel_says_otherwise(ends):
    host = "127.0.0.1:9"
    own = settings(ends, host, read_timeout=None)
    assert prepare(own, REQUEST, "0" * 32).read_timeout == 300
    assert prepare(own, QueryClearing(year="2025", aka080="001"), "0" * 32).read_timeout == 60
    assert prepare(settings(ends, host, read_timeout=7), REQUEST, "0" * 32).read_timeout == 7


def test_names_paths_and_amounts_follow_the_channel(ends):
    switched = dataclasses.replace(ends, switches=EnvelopeSwitches(path="/gw/call", amounts="number"))
    own = settings(switched, "127.0.0.1:9", names={"generateClearing": "qs001"})
    prepared = prepare(own, REQUEST, "0" * 32, now=lambda: NOW)
    assert prepared.url == "http://127.0.0.1:9/gw/call"
    assert json.loads(prepared.body)["transType"] == "qs001"
    whole = settings(ends, "127.0.0.1:9", base_url="http://127.0.0.1:9/thrid_api/external_api/")
    assert prepare(whole, REQUEST, "0" * 32).url == "http://127.0.0.1:9/thrid_api/external_api"


def test_nothing_secret_shows_in_repr(ends):
    own = settings(ends, "127.0.0.1:9")
    prepared = prepare(own, VerifyClearing(row_ids=["R1"]), "0" * 32)
    for text in (repr(own), repr(prepared)):
        for secret in (*ends.hospital_keys, ends.centre_keys[1], IV, "R1"):
            assert secret not in text


def test_all_faults_of_settings_are_told_at_once(ends):
    own = settings(
        ends, "x", base_url="10.30.22.117:8090", app_code=" ", iv="1", private_key="", provider_public_key="04"
    )
    assert own.faults() == {
        "app_code": "appCode（调用方标识）必填",
        "base_url": "API 地址应以 http:// 或 https:// 开头，且不带参数",
        "provider_public_key": "服务提供方 SM2 公钥应为 04 开头的 130 位十六进制字符（或不带 04 的 128 位）",
        "private_key": "调用方 SM2 私钥应为 64 位十六进制字符",
        "iv": "SM4 加密 IV应为 32 位十六进制字符，或 16 个半角字符，现为 1 个字符",
    }
    assert settings(ends, "127.0.0.1:9").faults() == {}
    other = settings(ends, "127.0.0.1:9", public_key=Ends().hospital_keys[1])
    assert other.faults() == {"public_key": "调用方 SM2 私钥与调用方 SM2 公钥不是一对"}


def test_a_request_of_another_gateway_is_a_programming_error(ends):
    other = dataclasses.replace(settings(ends, "127.0.0.1:9"), gateway=object.__new__(Gateway))
    object.__setattr__(other.gateway, "name", "other")
    with pytest.raises(ValueError, match="does not belong"):
        prepare(other, REQUEST, "0" * 32)


def test_wires_are_known_by_name():
    assert isinstance(wire("sm-envelope"), SmEnvelopeWire)
    with pytest.raises(LookupError):
        wire("pigeon")
    with pytest.raises(TypeError, match="twice"):
        register_wire("sm-envelope", wire("sm-envelope").__class__())


def test_the_wire_form_of_a_request_is_what_the_centre_reads(ends):
    seen = []

    def answer(opened):
        seen.append((opened.trans_type, json.loads(opened.data)))
        return ends.centre.close_reply("0", "", b'{"count":1,"row_ids":["R1"]}', nonce=opened.nonce, now=NOW)

    request = VerifyClearing(row_ids=["R1", "R2"])
    with centre(ends, answer) as server:
        assert call(ends, server, request).require().count == 1
    assert seen == [("verifyClearing", wire_form(request))]

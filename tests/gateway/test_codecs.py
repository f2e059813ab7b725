"""JSON without surprises."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.gateway.codecs import Garbled, JsonCodec

TEXT, NUMBER = JsonCodec(), JsonCodec(amounts="number")

#: Amounts as fields hold them: never minus zero.
amounts = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**13), max_value=10**13).filter(
    lambda value: not (value.is_zero() and value.is_signed())
)
text = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
messages = st.dictionaries(
    text,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | text | amounts,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=6,
)


@given(messages)
def test_it_reads_back_numbers_exactly(message):
    found = NUMBER.unpack(NUMBER.pack(message))
    assert found == message


@given(messages)
def test_it_writes_what_every_json_reader_reads(message):
    assert json.loads(TEXT.pack(message)) == json.loads(json.dumps(message, default=str))


def test_it_writes_amounts_as_text_or_as_numbers():
    message = {"a": Decimal("12.50"), "b": Decimal("0.00"), "c": Decimal("99999999999999.99"), "d": Decimal("1E+3")}
    assert TEXT.pack(message) == b'{"a":"12.50","b":"0.00","c":"99999999999999.99","d":"1000"}'
    assert NUMBER.pack(message) == b'{"a":12.50,"b":0.00,"c":99999999999999.99,"d":1000}'


def test_it_writes_compact_utf_8_and_keeps_rare_names():
    assert TEXT.pack({"姓名": "䶮㛃𬱖\u202e\x00"}) == '{"姓名":"䶮㛃𬱖\u202e\\u0000"}'.encode()
    assert TEXT.unpack(TEXT.pack({"姓名": "䶮㛃𬱖\u202e\x00"})) == {"姓名": "䶮㛃𬱖\u202e\x00"}


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        Decimal("NaN"),
        Decimal("-0"),
        Decimal("Infinity"),
        Decimal("1e309"),
        {1: "x"},
        {"x"},
        object(),
        b"x",
        "\ud800",
    ],
)
def test_it_refuses_to_write_what_has_no_exact_form(value):
    with pytest.raises(TypeError):
        TEXT.pack({"x": [value]})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"a":1', "不是完整的 JSON"),
        (b"", "不是完整的 JSON"),
        (b"<html>", "不是完整的 JSON"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "NaN"),
        (b'{"a":1,"b":{"c":1,"c":2}}', "重复"),
        (b"[1]", "不是一个 JSON 对象"),
        ('{"姓名":"样例"}'.encode("gbk"), "UTF-8"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "层次太深"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "层次太深"),
        (b'{"a":' + b"9" * 5000 + b"}", "不是完整的 JSON"),
        (b'{"a":"' + b"x" * 200 + b'"}', "超过允许的大小"),
    ],
)
def test_it_refuses_odd_messages_without_quoting_them(data, sentence):
    codec = JsonCodec(size=150) if sentence == "超过允许的大小" else TEXT
    with pytest.raises(Garbled, match=sentence) as refused:
        codec.unpack(data)
    assert "姓名" not in str(refused.value)


def test_it_reads_numbers_with_a_point_as_decimals_and_skips_a_byte_order_mark():
    found = TEXT.unpack(b'\xef\xbb\xbf{"a":0.1,"b":1e2,"c":7}')
    assert found == {"a": Decimal("0.1"), "b": Decimal("1E+2"), "c": 7}
    assert isinstance(found["a"], Decimal)
    assert isinstance(found["c"], int)


def test_it_accepts_32_levels_and_no_more():
    at_the_limit = b'{"a":' + b"[" * 31 + b"]" * 31 + b"}"
    assert TEXT.unpack(at_the_limit)
    with pytest.raises(Garbled):
        TEXT.unpack(b'{"a":' + b"[" * 32 + b"]" * 32 + b"}")

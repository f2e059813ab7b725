"""The work-injury cipher against FIPS 197, the openssl command and RFC 1321."""

import base64
import subprocess
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from portal.gateway.crypto import WrongCiphertext, WrongKey
from portal.gateway.seals import aes

KEY = b"0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("size", "block"),
    [
        (16, "69c4e0d86a7b0430d8cdb78070b4c55a"),
        (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
        (32, "8ea2b7ca516745bfeafc49904b496089"),
    ],
)
def test_it_gives_the_blocks_of_the_standard(size, block):
    plain = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert base64.b64decode(aes.close(plain, bytes(range(size))))[:16].hex() == block


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize("length", [1, 15, 16, 1000])
def test_it_agrees_with_the_openssl_command(size, length):
    plain, key = ('{"姓名":"样例"}'.encode() * 60)[:length], KEY[:size]
    theirs = openssl("-e", key, plain)
    assert aes.close(plain, key).encode() == theirs
    assert aes.open_(theirs, key) == plain
    assert openssl("-d", key, aes.close(plain, key).encode()) == plain


def openssl(way: str, key: bytes, content: bytes) -> bytes:
    """AES in another's hands: the key as hexadecimal, Base64 in one line, PKCS padding as it comes."""
    options = ["openssl", "enc", way, f"-aes-{len(key) * 8}-ecb", "-K", key.hex(), "-a", "-A"]
    return subprocess.run(options, input=content, capture_output=True, check=True).stdout


@given(st.binary(max_size=200), st.sampled_from([16, 24, 32]))
def test_it_opens_what_it_closed(plain, size):
    sealed = aes.close(plain, KEY[:size])
    assert "\n" not in sealed
    assert aes.open_(sealed, KEY[:size]) == plain


def test_it_reads_base64_with_line_breaks():
    sealed = aes.close(b"x" * 200, KEY)
    assert aes.open_("\r\n".join(sealed[n : n + 76] for n in range(0, len(sealed), 76)), KEY) == b"x" * 200


@pytest.mark.parametrize("broken", ["", "abc", "张三", base64.b64encode(bytes(15)).decode(), "<html>"])
def test_it_refuses_what_is_no_ciphertext(broken):
    with pytest.raises(WrongCiphertext):
        aes.open_(broken, KEY)


def test_it_refuses_another_key():
    with pytest.raises(WrongCiphertext, match="密钥"):
        aes.open_(aes.close(b"x" * 15, KEY), KEY[::-1])


def test_the_key_of_the_sign_in_call_is_the_digest_of_the_day():
    assert aes.md5_upper("abc") == "900150983CD24FB0D6963F7D28E17F72"
    assert aes.login_key(date(2025, 1, 31)) == aes.md5_upper("2025-01-31").encode()


def test_the_day_is_the_day_in_shanghai():
    with time_machine.travel(datetime(2025, 1, 31, 23, 30, tzinfo=ZoneInfo("UTC")), tick=False):
        assert aes.login_key() == aes.login_key(date(2025, 2, 1))


@pytest.mark.parametrize("text", ["", "short", "x" * 17, "密" * 16])
def test_it_refuses_a_key_of_another_length_and_names_it(text):
    with pytest.raises(WrongKey, match="机构密钥应为 16、24 或 32 个半角字符"):
        aes.key(text, "机构密钥")
    with pytest.raises(WrongKey):
        aes.close(b"x", text.encode())

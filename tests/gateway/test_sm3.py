"""SM3 against GB/T 32905 and against the openssl command."""

import hashlib
import hmac
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.gateway.crypto import hmac_sm3, sm3


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
@pytest.mark.parametrize("in_python", [True, False])
def test_it_gives_the_digests_of_the_standard(message, digest, in_python, monkeypatch):
    module = sys.modules["portal.gateway.crypto.sm3"]  # the package exports the function under the same name
    if in_python and "sm3" not in hashlib.algorithms_available:
        pytest.skip("Python's OpenSSL has no SM3 here")
    monkeypatch.setattr(module, "EMPTY", hashlib.new("sm3") if in_python else None)
    assert sm3(message).hex() == digest


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_it_digests_parts_as_one(left, right):
    assert sm3(left, right) == sm3(left + right)


def test_it_agrees_with_the_openssl_command():
    for size in (0, 1, 55, 56, 63, 64, 65, 1000, 100_000):
        message = bytes(n % 251 for n in range(size))
        done = subprocess.run(["openssl", "dgst", "-sm3", "-binary"], input=message, capture_output=True, check=True)
        assert sm3(message) == done.stdout, size


def test_its_hmac_agrees_with_the_openssl_command():
    done = subprocess.run(
        ["openssl", "dgst", "-sm3", "-mac", "HMAC", "-macopt", f"hexkey:{b'key of some length'.hex()}", "-binary"],
        input=b"text",
        capture_output=True,
        check=True,
    )
    assert hmac_sm3(b"key of some length", b"text") == done.stdout


def test_its_hmac_is_the_textbook_construction():
    if "sm3" in hashlib.algorithms_available:
        assert hmac_sm3(b"k" * 100, b"text") == hmac.new(b"k" * 100, b"text", "sm3").digest()
    key = sm3(b"k" * 100).ljust(64, b"\0")
    inner = sm3(bytes(one ^ 0x36 for one in key), b"text")
    assert hmac_sm3(b"k" * 100, b"text") == sm3(bytes(one ^ 0x5C for one in key), inner)

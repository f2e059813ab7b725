"""SM4 against GB/T 32907, RFC 8998 and the openssl command."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.gateway.crypto import (
    WrongCiphertext,
    WrongIv,
    WrongKey,
    cbc_decrypt,
    cbc_encrypt,
    gcm_decrypt,
    gcm_encrypt,
    iv,
)

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
ZERO = bytes(16)


def test_it_gives_the_block_of_the_standard():
    assert cbc_encrypt(KEY, ZERO, KEY)[:16].hex() == "681edf34d206965e86b3e94f536e4246"


def test_it_gives_the_block_of_the_standard_after_a_million_rounds():
    # CBC over zeros feeds each block's ciphertext back into the cipher, as the standard's example does.
    chained = cbc_encrypt(KEY, KEY, bytes(16 * 1_000_000))
    assert chained[16 * 999_999 : 16 * 1_000_000].hex() == "595298c7c6fd271f0402f804c33d3f66"


def test_its_gcm_gives_the_example_of_rfc_8998():
    plain = bytes.fromhex("".join(two * 8 for two in ("AA", "BB", "CC", "DD", "EE", "FF", "EE", "AA")))
    bound = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    sealed = gcm_encrypt(KEY, bytes.fromhex("00001234567800000000ABCD"), plain, bound)
    assert sealed[:-16].hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    )
    assert sealed[-16:].hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"


@given(st.binary(max_size=200), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_it_opens_what_it_closed(plain, key, vector):
    assert cbc_decrypt(key, vector, cbc_encrypt(key, vector, plain)) == plain
    assert gcm_decrypt(key, vector[:12], gcm_encrypt(key, vector[:12], plain, b"row 7"), b"row 7") == plain


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 32_768])
def test_it_agrees_with_the_openssl_command_in_both_directions(size):
    plain = bytes(n % 251 for n in range(size))
    options = ["openssl", "enc", "-sm4-cbc", "-K", KEY.hex(), "-iv", KEY[::-1].hex()]
    theirs = subprocess.run(options, input=plain, capture_output=True, check=True).stdout
    assert cbc_encrypt(KEY, KEY[::-1], plain) == theirs
    opened = subprocess.run([*options, "-d"], input=theirs, capture_output=True, check=True).stdout
    assert opened == plain == cbc_decrypt(KEY, KEY[::-1], theirs)


def test_its_gcm_refuses_every_changed_bit():
    sealed = gcm_encrypt(KEY, bytes(12), b"amount 100.00", b"clearing,17")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(WrongCiphertext):
            gcm_decrypt(KEY, bytes(12), bytes(changed), b"clearing,17")


def test_its_gcm_refuses_another_place_key_or_nonce():
    sealed = gcm_encrypt(KEY, bytes(12), b"secret", b"row 1")
    for key, nonce, bound in ((KEY, bytes(12), b"row 2"), (ZERO, bytes(12), b"row 1"), (KEY, b"1" * 12, b"row 1")):
        with pytest.raises(WrongCiphertext):
            gcm_decrypt(key, nonce, sealed, bound)


@pytest.mark.parametrize("broken", [b"", b"short", bytes(17), ZERO])
def test_it_refuses_a_ciphertext_of_the_wrong_length_or_padding(broken):
    with pytest.raises(WrongCiphertext):
        cbc_decrypt(KEY, ZERO, broken)


def test_it_refuses_keys_and_vectors_that_are_not_16_bytes():
    with pytest.raises(WrongKey, match="16 字节"):
        cbc_encrypt(b"short", ZERO, b"")
    with pytest.raises(WrongIv, match="16 字节"):
        cbc_encrypt(KEY, b"short", b"")


def test_it_reads_an_initial_vector_as_sites_write_it():
    assert iv("00112233445566778899AABBCCDDEEFF").hex() == "00112233445566778899aabbccddeeff"
    assert iv(" 3425032093234524\n") == b"3425032093234524"


@pytest.mark.parametrize("text", ["", "342503209323452", "34250320932345245", "0" * 31, "0" * 33, "３" * 16, "g" * 32])
def test_it_refuses_any_other_initial_vector_and_names_it(text):
    with pytest.raises(WrongIv, match="SM4 加密 IV应为 32 位十六进制字符，或 16 个半角字符") as refused:
        iv(text)
    assert not text or text not in str(refused.value)

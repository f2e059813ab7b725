"""SM2 against GB/T 32918.5, gmssl's arithmetic and the openssl command."""

import secrets

import pytest
from gmssl import sm2 as gmssl_sm2

from portal.gateway.crypto import SM2, WrongCiphertext, WrongKey, check_pair, curve, generate, private_key, public_key
from portal.gateway.crypto.sm2 import from_der, to_der
from tests.gateway.openssl import OpenSSL

# GB/T 32918.5 annex A: the recommended curve's own example.
PRIVATE = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
PUBLIC = (
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
K = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21


@pytest.fixture(scope="module")
def pair() -> tuple[SM2, SM2]:
    private, public = generate()
    return SM2(private_key=private), SM2(public_key=public)


def test_it_derives_the_public_key_of_the_standard():
    assert SM2(private_key=PRIVATE).public_key == PUBLIC.lower()


def test_it_gives_the_signature_of_the_standard():
    key = SM2(private_key=PRIVATE)
    assert key._za.hex().upper() == "B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3"
    digest = key.digest(b"message digest")
    assert digest.hex().upper() == "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
    assert key.sign(b"message digest", k=K).hex().upper() == (
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )


def test_it_gives_the_ciphertext_of_the_standard():
    # The x of this point begins with 04 itself: the prefix stands before it.
    c1 = (
        "0404EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73"
        "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
    )
    c2 = "21886CA989CA9C7D58087307CA93092D651EFA"
    c3 = "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766"
    key = SM2(public_key=PUBLIC)
    assert key.encrypt(b"encryption standard", prefix=True, k=K).hex().upper() == c1 + c3 + c2
    assert key.encrypt(b"encryption standard", order="C1C2C3", k=K).hex().upper() == c1[2:] + c2 + c3
    owner = SM2(private_key=PRIVATE)
    assert owner.decrypt(bytes.fromhex(c1 + c3 + c2), prefix=True) == b"encryption standard"
    assert owner.decrypt(bytes.fromhex(c1[2:] + c2 + c3), order="C1C2C3") == b"encryption standard"


def test_its_multiplication_agrees_with_gmssl():
    theirs = gmssl_sm2.CryptSM2(private_key="", public_key="")
    _, public = generate()
    point = (int(public[2:66], 16), int(public[66:], 16))
    base = theirs.ecc_table["g"].lower()
    for scalar in (
        1,
        2,
        3,
        15,
        16,
        17,
        2**255,
        curve.N - 2,
        curve.N - 1,
        *(secrets.randbelow(curve.N) for _ in range(8)),
    ):
        assert "{:064x}{:064x}".format(*(curve.multiply(scalar, curve.G) or ())) == theirs._kg(scalar, base)
        assert "{:064x}{:064x}".format(*(curve.multiply(scalar, point) or ())) == theirs._kg(scalar, public[2:])
    assert curve.multiply(curve.N, curve.G) is None
    assert curve.multiply(0, point) is None


def test_it_works_for_200_random_keys_even_those_that_look_like_a_prefix():
    for number in range(200):
        private, public = generate()
        owner, other = SM2(private_key=private, public_key=public), SM2(public_key=public)
        message = f"message {number}".encode()
        assert other.verify(owner.sign(message), message)
        assert owner.decrypt(other.encrypt(message)) == message


def test_it_keeps_public_keys_whose_digits_begin_with_04():
    found = 0
    while found < 3:  # one key in 256
        private, public = generate()
        if public[2:4] != "04":
            continue
        found += 1
        for text in (public, public[2:], public.upper()):
            assert SM2(public_key=text).public_key == public
            assert SM2(public_key=text).verify(SM2(private_key=private).sign(b"x"), b"x")


def test_it_draws_another_number_for_every_signature_and_ciphertext(pair):
    owner, other = pair
    assert owner.sign(b"same") != owner.sign(b"same")
    assert other.encrypt(b"same") != other.encrypt(b"same")


def test_it_agrees_with_the_openssl_command_on_signatures(tmp_path):
    for number in range(5):
        private, public = generate()
        theirs, owner = OpenSSL(tmp_path, private, public), SM2(private_key=private)
        message = b"m" * number * 37
        assert theirs.verify(to_der(owner.sign(message)), message)
        assert not theirs.verify(to_der(owner.sign(message)), message + b"!")
        assert SM2(public_key=public).verify(from_der(theirs.sign(message)), message)


def test_it_agrees_with_the_openssl_command_on_another_user_id(tmp_path):
    private, public = generate()
    theirs, owner = OpenSSL(tmp_path, private, public), SM2(private_key=private, user_id="hospital-7")
    assert theirs.verify(to_der(owner.sign(b"x")), b"x", "hospital-7")
    assert not theirs.verify(to_der(owner.sign(b"x")), b"x")


def test_it_agrees_with_the_openssl_command_on_encryption(tmp_path):
    for size in (1, 16, 31, 32, 33, 200):
        private, public = generate()
        theirs, plain = OpenSSL(tmp_path, private, public), secrets.token_bytes(size)
        assert theirs.decrypt(SM2(public_key=public).encrypt(plain)) == plain
        assert SM2(private_key=private).decrypt(theirs.encrypt(plain)) == plain


@pytest.mark.parametrize("order", ["C1C3C2", "C1C2C3"])
def test_it_refuses_a_ciphertext_with_any_byte_changed(pair, order):
    owner, other = pair
    sealed = other.encrypt(b"sixteen byte key", order=order)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 0x10
        with pytest.raises(WrongCiphertext):
            owner.decrypt(bytes(changed), order=order)


def test_it_refuses_a_ciphertext_cut_short_or_for_somebody_else(pair):
    owner, other = pair
    sealed = other.encrypt(b"sixteen byte key")
    for broken in (b"", sealed[:64], sealed[:96], sealed[:-1], bytes(112)):
        with pytest.raises(WrongCiphertext):
            owner.decrypt(broken)
    with pytest.raises(WrongCiphertext):
        SM2(private_key=generate()[0]).decrypt(sealed)
    with pytest.raises(WrongCiphertext, match="04"):
        owner.decrypt(b"\x05" + sealed, prefix=True)


def test_it_refuses_a_signature_with_any_byte_changed(pair):
    owner, other = pair
    signature = owner.sign(b"text")
    for position in range(64):
        changed = bytearray(signature)
        changed[position] ^= 1
        assert not other.verify(bytes(changed), b"text")
    assert not other.verify(signature, b"Text")
    assert not SM2(public_key=generate()[1]).verify(signature, b"text")


def test_it_refuses_signatures_out_of_range(pair):
    _, other = pair
    order, zero = curve.N.to_bytes(32, "big"), bytes(32)
    one, last = (1).to_bytes(32, "big"), (curve.N - 1).to_bytes(32, "big")
    for r, s in ((zero, one), (one, zero), (order, one), (one, order), (b"\xff" * 32, one), (one, last)):
        assert not other.verify(r + s, b"text")
    for wrong in (b"", bytes(63), bytes(65), bytes(128)):
        assert not other.verify(wrong, b"text")
    assert from_der(b"\x30\x01") == b""


def test_it_refuses_a_second_spelling_of_a_valid_signature(monkeypatch):
    # A signature with s = 5, for a digest made to fit: x is the abscissa of sG + tP.
    key = SM2(private_key=PRIVATE)
    s, t = 5, 7
    point = curve.multiply(s + t * int(PRIVATE, 16), curve.G)
    assert point
    r = (t - s) % curve.N
    digest = (r - point[0]) % curve.N
    monkeypatch.setattr(key, "digest", lambda message: digest.to_bytes(32, "big"))
    assert key.verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"text")
    assert not key.verify(r.to_bytes(32, "big") + (s + curve.N).to_bytes(32, "big"), b"text")
    assert not key.verify((r + curve.N).to_bytes(32, "big") + s.to_bytes(32, "big"), b"text")


@pytest.mark.parametrize("text", ["", "04", "0" * 127, "g" * 128, "05" + PUBLIC[2:], PUBLIC + "00", PUBLIC[:-1] + "4"])
def test_it_refuses_a_wrong_public_key_and_names_it(text):
    with pytest.raises(WrongKey, match="服务提供方 SM2 公钥"):
        public_key(text, "服务提供方 SM2 公钥")


@pytest.mark.parametrize("text", ["", "0" * 64, "f" * 64, "1" * 63, "1" * 65, f"{curve.N - 1:064x}", "１" * 64])
def test_it_refuses_a_wrong_private_key_and_names_it(text):
    with pytest.raises(WrongKey, match="调用方 SM2 私钥") as refused:
        private_key(text, "调用方 SM2 私钥")
    assert not text or text not in str(refused.value)


def test_it_refuses_keys_that_do_not_belong_together():
    (private, public), (_, other) = generate(), generate()
    check_pair(private, public)
    with pytest.raises(WrongKey, match="不是一对"):
        check_pair(private, other)
    with pytest.raises(WrongKey, match="不是一对"):
        SM2(private_key=private, public_key=other)


def test_it_says_when_a_public_key_cannot_do_something(pair):
    _, other = pair
    with pytest.raises(WrongKey, match="不能签名"):
        other.sign(b"x")
    with pytest.raises(WrongKey, match="不能解密"):
        other.decrypt(bytes(120))
    with pytest.raises(WrongKey, match="缺少"):
        SM2()


def test_it_never_shows_a_key():
    private, public = generate()
    key = SM2(private_key=private)
    assert private not in repr(key)
    assert public not in repr(key)

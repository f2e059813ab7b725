"""Seal and open one clearing message of 32 KB, against the same steps done by gmssl alone."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime

from gmssl import sm2 as gmssl_sm2
from gmssl.sm4 import SM4_DECRYPT, SM4_ENCRYPT, CryptSM4

from bench.case import Case
from portal.gateway.crypto import SM2
from portal.gateway.seals.sm_envelope import SmEnvelope

# Public example keys: the first pair is printed in GB/T 32918.5. Neither begins with 04, which gmssl would mangle.
HOSPITAL = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
CENTRE = "1" * 64
IV = b"3425032093234524"
NONCE = "0123456789abcdef0123456789abcdef"


def _message() -> bytes:
    row = {"row_id": "R", "medins_name": "样例医院", "medfee_sumamt": "1234.56", "fund_due_amt": "987.65"}
    rows = [row | {"row_id": f"R{n:06d}"} for n in range(400)]
    return json.dumps({"total": 400, "rows": rows}, ensure_ascii=False).encode()[: 32 * 1024]


MESSAGE = _message()


def ours() -> None:
    """Both ends of the envelope as the portal and the sandbox use it."""
    hospital, centre = SM2(private_key=HOSPITAL), SM2(private_key=CENTRE)
    now = datetime.now(UTC)
    sender = SmEnvelope(own=centre, peer=SM2(public_key=hospital.public_key), iv=IV)
    receiver = SmEnvelope(own=hospital, peer=SM2(public_key=centre.public_key), iv=IV)
    body = sender.close_reply("0", "", MESSAGE, nonce=NONCE, now=now)
    if receiver.open_reply(body, nonce=NONCE, now=now).data != MESSAGE:
        raise AssertionError("the message changed")


def gmssl_alone() -> None:
    """The same steps with gmssl's SM2, SM3 and SM4: as a reader of its manual would write them."""
    hospital = gmssl_sm2.CryptSM2(private_key=HOSPITAL, public_key=PUBLIC[HOSPITAL], mode=1)
    centre = gmssl_sm2.CryptSM2(private_key=CENTRE, public_key=PUBLIC[CENTRE], mode=1)
    key = secrets.token_bytes(16)
    cipher = CryptSM4()
    cipher.set_key(key, SM4_ENCRYPT)
    members = {
        "code": "0",
        "message": "",
        "nonce": NONCE,
        "encKey": hospital.encrypt(key.hex().encode()).hex(),
        "encData": cipher.crypt_cbc(IV, MESSAGE).hex(),
    }
    text = "&".join(f"{k}={members[k]}" for k in sorted(members)).encode()
    body = json.dumps(members | {"signData": centre.sign_with_sm3(text)})

    arrived = json.loads(body)
    signature = arrived.pop("signData")
    if not centre.verify_with_sm3(signature, "&".join(f"{k}={arrived[k]}" for k in sorted(arrived)).encode()):
        raise AssertionError("the signature does not verify")
    cipher = CryptSM4()
    cipher.set_key(bytes.fromhex(hospital.decrypt(bytes.fromhex(arrived["encKey"])).decode()), SM4_DECRYPT)
    if cipher.crypt_cbc(IV, bytes.fromhex(arrived["encData"])) != MESSAGE:
        raise AssertionError("the message changed")


PUBLIC = {private: SM2(private_key=private).public_key[2:] for private in (HOSPITAL, CENTRE)}

CASE = Case(
    name="seal",
    work="seal and open one clearing message of 32 KB",
    against="the same with gmssl alone",
    ours=ours,
    reference=gmssl_alone,
    prepare=ours,
    repeats=5,
    ratio=1 / 15,
)

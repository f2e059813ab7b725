"""SM2 through the openssl command: an implementation that shares nothing with ours."""

import subprocess
from pathlib import Path

OID = "06082a811ccf5501822d"


class OpenSSL:
    """One key pair in files of a folder."""

    def __init__(self, folder: Path, private: str, public: str) -> None:
        self.folder = folder
        body = f"3077020101 0420{private} a00a{OID} a14403420 0{public}".replace(" ", "")
        (folder / "private.der").write_bytes(bytes.fromhex(body))
        (folder / "public.der").write_bytes(bytes.fromhex(f"3059301306072a8648ce3d0201{OID}034200{public}"))

    def sign(self, message: bytes, user_id: str = "1234567812345678") -> bytes:
        """A DER signature."""
        return self._run("-sign", *self._digest(user_id), "-inkey", "private.der", message=message)

    def verify(self, signature: bytes, message: bytes, user_id: str = "1234567812345678") -> bool:
        (self.folder / "signature").write_bytes(signature)
        (self.folder / "message").write_bytes(message)
        options = ["-verify", *self._digest(user_id), "-pubin", "-inkey", "public.der", "-in", "message"]
        done = subprocess.run(
            ["openssl", "pkeyutl", *options, "-keyform", "DER", "-sigfile", "signature"],
            cwd=self.folder,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def encrypt(self, plain: bytes) -> bytes:
        """C1 ‖ C3 ‖ C2 without 04."""
        return _from_asn1(self._run("-encrypt", "-pubin", "-inkey", "public.der", message=plain))

    def decrypt(self, sealed: bytes) -> bytes:
        """From C1 ‖ C3 ‖ C2 without 04."""
        return self._run("-decrypt", "-inkey", "private.der", message=_to_asn1(sealed))

    def _run(self, *options: str, message: bytes) -> bytes:
        (self.folder / "message").write_bytes(message)
        command = ["openssl", "pkeyutl", *options, "-keyform", "DER", "-in", "message"]
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=True).stdout

    @staticmethod
    def _digest(user_id: str) -> list[str]:
        return ["-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{user_id}"]


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(length)]) + length + content


def _integer(number: bytes) -> bytes:
    number = number.lstrip(b"\0") or b"\0"
    return _tagged(2, (b"\0" if number[0] > 127 else b"") + number)


def _to_asn1(sealed: bytes) -> bytes:
    coordinates = _integer(sealed[:32]) + _integer(sealed[32:64])
    return _tagged(0x30, coordinates + _tagged(4, sealed[64:96]) + _tagged(4, sealed[96:]))


def _from_asn1(sealed: bytes) -> bytes:
    _, content, _ = _next(sealed)
    parts = []
    while content:
        _, part, content = _next(content)
        parts.append(part)
    x, y, c3, c2 = parts
    return x[-32:].rjust(32, b"\0") + y[-32:].rjust(32, b"\0") + c3 + c2


def _next(data: bytes) -> tuple[int, bytes, bytes]:
    size, start = data[1], 2
    if size > 127:
        start = 2 + size - 128
        size = int.from_bytes(data[2:start], "big")
    return data[0], data[start : start + size], data[start + size :]

"""TLS between two sides that know each other, without an authority."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tls:
    """Two sides that know each other: the only certificate believed there, and ours with its key (all PEM)."""

    certificate: str
    client_certificate: str = ""
    client_key: str = field(default="", repr=False)

    def context(self) -> ssl.SSLContext:
        """For one connection; the name in the certificate does not matter, because no other is believed."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.check_hostname = False
        made.load_verify_locations(cadata=self.certificate)
        if self.client_certificate:
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as kept:  # mode 0600, gone before anything is sent
                kept.write(self.client_certificate + "\n" + self.client_key)
                kept.flush()
                made.load_cert_chain(kept.name)
        return made

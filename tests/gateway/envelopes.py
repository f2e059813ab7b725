"""Both ends of the clearing wire, with generated keys and one fixed time."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.gateway.crypto import SM2, generate, iv
from portal.gateway.seals.sm_envelope import SmEnvelope
from portal.gateway.seals.switches import EnvelopeSwitches

NOW = datetime(2025, 2, 12, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
NONCE = "0123456789abcdef0123456789abcdef"
IV = "3425032093234524"


@dataclass
class Ends:
    """A hospital and the centre."""

    switches: EnvelopeSwitches = field(default_factory=EnvelopeSwitches)
    hospital_keys: tuple[str, str] = field(default_factory=generate)
    centre_keys: tuple[str, str] = field(default_factory=generate)

    @property
    def hospital(self) -> SmEnvelope:
        return self._end(self.hospital_keys[0], self.centre_keys[1])

    @property
    def centre(self) -> SmEnvelope:
        return self._end(self.centre_keys[0], self.hospital_keys[1])

    def _end(self, own: str, peer: str) -> SmEnvelope:
        user = self.switches.user_id
        return SmEnvelope(
            own=SM2(private_key=own, user_id=user),
            peer=SM2(public_key=peer, user_id=user),
            iv=iv(IV),
            switches=self.switches,
        )

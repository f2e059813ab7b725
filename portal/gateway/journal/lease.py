"""One sender at a time per institution, gateway, lane and environment; a number unmasks whoever fell asleep (I6).

A lane is a session of its own at the gateway, like the library of one desk; most gateways have only the lane "".

Every step is one statement on the database's clock: compare, set, look at the count.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, Q

from portal.access.door import tenant_tx
from portal.access.rows import new_id
from portal.gateway.journal.models import Lease

#: Seconds a lease lasts beyond what was asked for: a sender that overslept this has lost it.
MARGIN = 15.0

TAKE = """
INSERT INTO gateway_lease (id, institution_id, gateway, lane, environment, holder, fence, expires_at)
VALUES (%(id)s, %(institution)s, %(gateway)s, %(lane)s, %(environment)s, %(holder)s, 1,
        clock_timestamp() + %(span)s * interval '1 second')
ON CONFLICT (institution_id, gateway, lane, environment) DO UPDATE
   SET holder = excluded.holder, fence = gateway_lease.fence + 1, expires_at = excluded.expires_at
 WHERE gateway_lease.expires_at <= clock_timestamp()
RETURNING fence
"""
KEEP = """
UPDATE gateway_lease SET expires_at = clock_timestamp() + %(span)s * interval '1 second'
 WHERE institution_id = %(institution)s AND gateway = %(gateway)s AND lane = %(lane)s
   AND environment = %(environment)s AND fence = %(fence)s AND expires_at > clock_timestamp()
"""
GIVE_BACK = """
UPDATE gateway_lease SET expires_at = clock_timestamp()
 WHERE institution_id = %(institution)s AND gateway = %(gateway)s AND lane = %(lane)s
   AND environment = %(environment)s AND fence = %(fence)s
"""


#: The institution, gateway and lane that this thread sends for.
_sender: ContextVar[tuple[int, str, str] | None] = ContextVar("sender", default=None)


@contextmanager
def sending(institution_id: int, gateway: str, lane: str) -> Iterator[None]:
    """This thread looks again for what is queued after every message: nobody has to be called for it."""
    token = _sender.set((institution_id, gateway, lane))
    try:
        yield
    finally:
        _sender.reset(token)


def is_sending(institution_id: int, gateway: str, lane: str) -> bool:
    return _sender.get() == (institution_id, gateway, lane)


@dataclass(frozen=True)
class Held:
    """A lease somebody holds; `fence` is larger than that of every earlier holder."""

    institution_id: int
    gateway: str
    environment: str
    fence: int
    lane: str = ""

    def keep(self, seconds: float) -> bool:
        """Renew it for so long, inside the open door; False when it has run out: then nothing may be sent."""
        return self._run(KEEP, seconds) == 1

    def give_back(self) -> None:
        with tenant_tx(self.institution_id):
            self._run(GIVE_BACK)

    @property
    def is_mine(self) -> Q:
        """Condition for the UPDATE that writes an outcome: nobody has taken the lease since."""
        rows = Lease.objects.filter(gateway=self.gateway, lane=self.lane, environment=self.environment)
        return Q(Exists(rows.filter(fence=self.fence)))

    def _run(self, statement: str, seconds: float = 0) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                {
                    "institution": self.institution_id,
                    "gateway": self.gateway,
                    "lane": self.lane,
                    "environment": self.environment,
                    "fence": self.fence,
                    "span": seconds + MARGIN,
                },
            )
            return int(cursor.rowcount)


def take(institution_id: int, gateway: str, environment: str, seconds: float = 30, *, lane: str = "") -> Held | None:
    """The lease, or None while somebody else holds it."""
    with tenant_tx(institution_id), connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "id": new_id(),
                "institution": institution_id,
                "gateway": gateway,
                "lane": lane,
                "environment": environment,
                "holder": f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:120],
                "span": seconds,
            },
        )
        row = cursor.fetchone()
    return Held(institution_id, gateway, environment, int(row[0]), lane) if row else None

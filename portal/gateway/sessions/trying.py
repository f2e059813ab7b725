"""测试连接 where somebody must sign in: in with what is typed, one harmless query, and out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from portal.access.door import tenant_tx
from portal.gateway import wire
from portal.gateway.journal import lease
from portal.gateway.messages import Request
from portal.gateway.sessions import services

Exchange = wire.Exchange[Any]


def tried(
    settings: wire.WireSettings, probe: Callable[[], Request[Any]], institution_id: int, environment: str
) -> Exchange | None:
    """What came of the query, or of signing in if that was refused; None while another task signs in.

    Our own session would be in the way: it is given back before, and the next call signs in anew. Nothing of a trial
    is written down as an attempt.
    """
    rules, kind = services.rules_of(settings), wire.wire(settings.gateway.wire)
    assert rules is not None
    held = lease.take(institution_id, services.lease_name(settings), environment, services.LEASE)
    if held is None:
        return None
    try:
        with tenant_tx(institution_id):
            row = services.session_row(settings, environment)
            own = str(row.session.reveal()) if row is not None and row.session is not None else ""
        if own:
            services.sign_out(replace(settings, session=own), institution_id, environment)
        signed_in = wire.exchange(settings, kind.sign_in(settings))
        session = kind.session_in(signed_in.raw_reply) if signed_in.outcome is wire.Outcome.OK else ""
        if not session:
            return signed_in
        settings = replace(settings, session=session)
        found = wire.exchange(settings, probe())
        signed_out = wire.exchange(settings, kind.sign_out(settings))
        if signed_out.outcome is not wire.Outcome.OK and signed_out.code not in rules.gone:
            # With a wrong key nobody can sign out: whoever comes next with the right one must know the session.
            with tenant_tx(institution_id):
                services.keep(settings, environment, session, "测试连接后没有退出成功")
        return found
    finally:
        held.give_back()


def is_taken(settings: wire.WireSettings, exchange: Exchange) -> bool:
    """Whether signing in was refused because the user is signed in elsewhere."""
    rules = services.rules_of(settings)
    return rules is not None and exchange.outcome is wire.Outcome.REJECTED and exchange.code in rules.taken

"""Electronic health cards that patients let be used by scanning a code (3.1.3.8, 3.1.3.9)."""

from __future__ import annotations

from portal.gateway.sandbox.plays import Call, plays
from settlement.messages.onetrans import Authorization, AuthorizationUrl, AuthorizeHealthCard, QueryAuthorization
from settlement.sandbox.models import Permission
from settlement.sandbox.onetrans.desk import NO_PERMISSION, no, people_of, reader_of, trace_number
from settlement.sandbox.onetrans.options import Options
from settlement.sandbox.onetrans.reading import health_card

UNDER_WAY, GIVEN = "ing", "succ"
#: What an authorization tells of a card beside what the card itself does.
NOT_TOLD = {"phone"}


@plays(AuthorizeHealthCard)
def authorize(request: AuthorizeHealthCard, call: Call) -> AuthorizationUrl:
    """The code to scan; the same number gives the same code."""
    Permission.objects.get_or_create(party=call.party, number=request.out_authorize_no)
    token = trace_number(call.party, "permission", request.out_authorize_no)
    return AuthorizationUrl(ehealth_authurl=f"https://ehc.example.invalid/a?t={token}")


@plays(QueryAuthorization)
def query(request: QueryAuthorization, call: Call) -> Authorization:
    """How it stands; after so many questions (`authorizes_after`) whoever stands at the reader has scanned it."""
    found = Permission.objects.select_for_update().filter(party=call.party, number=request.out_authorize_no)
    permission = found.first()
    if permission is None:
        raise no(NO_PERMISSION, "没有这个用卡授权流水号")
    after = Options.of(call.party).authorizes_after
    permission.asked += 1
    if permission.status == UNDER_WAY and after and permission.asked >= after:
        permission.status = GIVEN
        permission.insured = reader_of(call.party).insured or people_of(call.party).first()
    permission.save()
    if permission.status != GIVEN or permission.insured is None:
        return Authorization(auth_status=permission.status)
    card = health_card(permission.insured).model_dump(exclude=NOT_TOLD)
    known = {name: value for name, value in card.items() if name in Authorization.model_fields}
    return Authorization(auth_status=GIVEN, **known)

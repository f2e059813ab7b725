"""E-voucher codes serve once: read by 1101, then one registration or one settlement (access guide, 4.1 and 4.5)."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.gateway.messages import Request
from portal.vault import blind_index, blind_indexes
from settlement.models import Identification, UsedVoucher
from settlement.rules.identity import E_VOUCHER
from settlement.services.refusals import Refused

REGISTRATION, SETTLEMENT = "登记", "结算"
PURPOSES = {
    **dict.fromkeys(("2201", "2401", "2401A"), REGISTRATION),
    **dict.fromkeys(("2102", "2102A", "2207", "2207A", "2304", "2304A"), SETTLEMENT),
}
USED = "这个医保电子凭证码已经使用过，请病人刷新后重新出示"


def read_voucher(code: str, identification: Identification) -> None:
    """Note that this identification reads the code; Refused when it was read before."""
    rows = UsedVoucher.objects.filter(environment=identification.environment, mark__in=blind_indexes(code))
    if rows.exclude(identification=identification).exists():
        raise Refused(USED, field="code")
    try:
        with transaction.atomic():
            UsedVoucher.objects.get_or_create(
                environment=identification.environment,
                mark=blind_index(code),
                defaults={"identification": identification},
            )
    except IntegrityError:
        raise Refused(USED, field="code") from None


def spend_voucher(code: str, environment: str, *, purpose: str, key: str) -> None:
    """Let one registration or settlement go with the code; `key` is its number, for which it may be asked again.

    Refused when the code went with something else. One that was not read here is the centre's to judge.
    """
    rows = UsedVoucher.objects.select_for_update(of=("self",)).filter(environment=environment)
    found = rows.filter(mark__in=blind_indexes(code)).first()
    if found is None:
        found, _ = UsedVoucher.objects.get_or_create(environment=environment, mark=blind_index(code))
    if found.spent_on and (found.spent_on, found.spent_for) != (purpose, key):
        raise Refused(f"这个医保电子凭证码已经用于{found.spent_on}，请病人刷新后重新出示", field="certificate")
    if not found.spent_on:
        found.spent_on, found.spent_for, found.spent_at = purpose, key[:60], timezone.now()
        found.save(update_fields=["spent_on", "spent_for", "spent_at"])


def spend_what_is_shown(request: Request[Any], environment: str, key: str) -> None:
    """Spend the e-voucher that a registration or settlement goes with, if it goes with one."""
    purpose = PURPOSES.get(type(request).code)
    if purpose is None:
        return
    for node in request.model_dump(by_alias=True).values():
        if isinstance(node, dict) and node.get("mdtrt_cert_type") == E_VOUCHER and node.get("mdtrt_cert_no"):
            spend_voucher(str(node["mdtrt_cert_no"]), environment, purpose=purpose, key=key)

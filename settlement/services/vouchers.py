"""E-voucher codes serve once: read by 1101, then one registration or one settlement (access guide, 4.1 and 4.5)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.vault import blind_index, blind_indexes
from settlement.models import Identification, UsedVoucher
from settlement.services.refusals import Refused

REGISTRATION, SETTLEMENT = "登记", "结算"
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

    Refused when the code was not read by 1101, or went with something else.
    """
    rows = UsedVoucher.objects.select_for_update(of=("self",)).filter(environment=environment)
    found = rows.filter(mark__in=blind_indexes(code)).first()
    if found is None:
        raise Refused("请先用这个医保电子凭证识别病人（1101），再用它办理", field="certificate")
    if found.spent_on and (found.spent_on, found.spent_for) != (purpose, key):
        raise Refused(f"这个医保电子凭证码已经用于{found.spent_on}，请病人刷新后重新出示", field="certificate")
    if not found.spent_on:
        found.spent_on, found.spent_for, found.spent_at = purpose, key, timezone.now()
        found.save(update_fields=["spent_on", "spent_for", "spent_at"])

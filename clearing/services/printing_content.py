"""What stands on a paper, as digests: two prints with the same digest show the same lines."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from clearing import rules
from clearing.models import ClearingRow, DepositRefund, Scope
from clearing.models.printed import PART_DIGITS
from clearing.services.printing_facts import HELD
from portal.gateway.crypto.sm3 import sm3

_REFUND = ("provider_code", "provider_name", "region", "agency", "deposit", "score", "refund", "finding_count")
#: The fields that a line of each paper shows, the provider first.
LINE = {
    rules.DISBURSEMENT: (
        *("provider_code", "provider_name", "region", "visit_type", "clearing_type", "visit_count", "medical_fee"),
        *("fund_due", "monthly_paid", "deposit", "deduction", "score", "deposit_refund", "disburse"),
        *("finding_count", "application_id"),
    ),
    rules.CROSS_REGION: _REFUND,
    rules.MATERNITY: _REFUND,
    rules.PRIMARY: _REFUND,
}


def digests(lines: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    """By provider: the digest of its lines, in whatever order they come."""
    by_provider: dict[str, list[str]] = defaultdict(list)
    for values in lines:
        by_provider[values[0]].append("\x1f".join(map(_plain, values)))
    return {code: sm3("\n".join(sorted(texts)).encode()).hex()[:PART_DIGITS] for code, texts in by_provider.items()}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def digest_of_all(parts: dict[str, str]) -> str:
    """One SM3 for the whole paper."""
    return sm3("\n".join(f"{code} {part}" for code, part in sorted(parts.items())).encode()).hex()


def present(paper: str, scope: Scope) -> dict[str, str]:
    """The digests of what the paper would show of each provider now."""
    return digests(lines_of(paper, scope).values_list(*LINE[paper]).iterator(chunk_size=5000))


def lines_of(paper: str, scope: Scope) -> Any:
    """The rows behind a paper of the scope."""
    if paper == rules.DISBURSEMENT:
        return ClearingRow.objects.filter(HELD, **scope.fields()).order_by()
    fields = scope.fields()
    if paper == rules.CROSS_REGION:
        fields.pop("agency", None)
    return DepositRefund.objects.filter(kind=paper, **fields).order_by()

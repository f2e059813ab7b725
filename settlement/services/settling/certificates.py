"""What a person showed, as the messages of settling want it; of an e-voucher a fresh one for every settlement."""

from __future__ import annotations

from collections.abc import Mapping

from settlement.models import Visit
from settlement.services.refusals import Refused

#: mdtrt_cert_type 01: its code serves once (access guide 4.5).
E_VOUCHER = "01"


def registered(visit: Visit) -> dict[str, str]:
    """What the visit began with, under the wire's names."""
    return {
        "mdtrt_cert_type": visit.certificate_type,
        "mdtrt_cert_no": visit.certificate_no.reveal() if visit.certificate_no else "",
        "card_sn": visit.card_sn.reveal() if visit.card_sn else "",
        "psn_cert_type": visit.document_type,
        "certno": visit.document.reveal(),
        "psn_name": visit.name.reveal(),
    }


def for_settling(visit: Visit, fresh: Mapping[str, str] | None) -> dict[str, str]:
    """What goes with the settlement: the fresh one where there is one, of the same person.

    Raises Refused when an e-voucher is not fresh, or when it is somebody else's.
    """
    known = registered(visit)
    if not fresh:
        if visit.certificate_type == E_VOUCHER:
            raise Refused("医保电子凭证只能使用一次，结算前请病人重新出示", field="certificate")
        return known
    if fresh.get("certno", known["certno"]) != known["certno"]:
        raise Refused("重新出示的凭证不是本次就诊的病人", field="certificate")
    if fresh.get("mdtrt_cert_type") == E_VOUCHER and fresh.get("mdtrt_cert_no") == known["mdtrt_cert_no"]:
        raise Refused("医保电子凭证只能使用一次，请病人刷新后重新出示", field="certificate")
    return {**known, **fresh}

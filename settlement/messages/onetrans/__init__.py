"""The nine transactions of the OneTrans library (3.1.3): names on the wire stay here and in `services`."""

from portal.gateway.desk import ONETRANS
from settlement.messages.onetrans.charges import (
    CancelCharge,
    CancelledCharge,
    CancelledSettlement,
    Charged,
    ChargeExtra,
    ChargeOutpatient,
    FundPart,
    HisExtra,
)
from settlement.messages.onetrans.health_cards import (
    Authorization,
    AuthorizationUrl,
    AuthorizeHealthCard,
    QueryAuthorization,
)
from settlement.messages.onetrans.identity import (
    BaseInfo,
    DecodedIdentity,
    DecodeIdentity,
    HealthCard,
    HospitalCard,
    Identity,
    Insurance,
    PersonIdentity,
    ReadIdentity,
)
from settlement.messages.onetrans.recharge import (
    BusinessInfo,
    FeeItem,
    MedicalContent,
    PayInfo,
    Recharge,
    Recharged,
    RechargeExtra,
)
from settlement.messages.onetrans.trades import QueryTrade, Refunded, RefundTrade, Trade

__all__ = [
    "ONETRANS",
    "Authorization",
    "AuthorizationUrl",
    "AuthorizeHealthCard",
    "BaseInfo",
    "BusinessInfo",
    "CancelCharge",
    "CancelledCharge",
    "CancelledSettlement",
    "ChargeExtra",
    "ChargeOutpatient",
    "Charged",
    "DecodeIdentity",
    "DecodedIdentity",
    "FeeItem",
    "FundPart",
    "HealthCard",
    "HisExtra",
    "HospitalCard",
    "Identity",
    "Insurance",
    "MedicalContent",
    "PayInfo",
    "PersonIdentity",
    "QueryAuthorization",
    "QueryTrade",
    "ReadIdentity",
    "Recharge",
    "RechargeExtra",
    "Recharged",
    "RefundTrade",
    "Refunded",
    "Trade",
]

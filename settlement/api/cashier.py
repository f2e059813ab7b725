"""Cards and the cashier for hospital systems: read, recharge, give back, charge, cancel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.api.resources import BackgroundJobSerializer
from portal.api.views import ApiRequest, ApiView
from portal.gateway.api import OperationSerializer
from portal.gateway.models import Desk
from settlement.api.cashier_serializers import (
    AccountSerializer,
    ChargeCancellationSerializer,
    ChargeSerializer,
    DeskedSerializer,
    GrantSerializer,
    NewChargeSerializer,
    NewGrantSerializer,
    NewReadingSerializer,
    NewRechargeRefundSerializer,
    NewRechargeSerializer,
    ReadingSerializer,
    RechargeRefundSerializer,
    RechargeSerializer,
)
from settlement.api.identity import IdentificationSerializer
from settlement.api.settlements import WAITS, filtered, parameters, sent
from settlement.api.stays import asked, told
from settlement.models import CardReading, CashierCharge, HealthCardAuth, PrepaidAccount, Recharge, Refund
from settlement.services.cards.authorising import begin_authorisation, look_again
from settlement.services.cards.handing import identify_reading
from settlement.services.cards.pins import change_pin, check_pin
from settlement.services.cards.reading import read_card
from settlement.services.cashier.accounts import Holder, open_account
from settlement.services.cashier.asking import desk_for
from settlement.services.cashier.cancelling import Cancelled, cancel
from settlement.services.cashier.charging import Payer, charge
from settlement.services.cashier.recharging import Payment, recharge
from settlement.services.cashier.refunding import Return, refund, refund_again
from settlement.services.cashier.repeating import refuse_second_charge, refuse_second_recharge, refuse_second_refund
from settlement.views.cashier_lists import AccountFilter, ChargeFilter, RechargeFilter, RefundFilter

IDENTIFY, VIEW = "settlement.people.identify", "settlement.cashier.view"
TAKE, GIVE_BACK = "settlement.cashier.take", "settlement.cashier.refund"
HOLDER = ("card_type", "card_no", "patient_id", "name", "document", "account_type")


def at(given: dict[str, Any], request: ApiRequest) -> Desk:
    """The desk that is named, taken out of what is given; inside `told`."""
    return desk_for(request.member, given.pop("desk"))


def address_of(name: str, row: Any) -> str:
    return reverse(f"api:settlement-api:{name}", args=[row.pk])


# --- cards


class Readings(ApiView):
    permissions = {"GET": IDENTIFY, "POST": IDENTIFY}

    @extend_schema(responses=ReadingSerializer(many=True), summary="读卡记录")
    def get(self, request: ApiRequest) -> Response:
        return self.page(CardReading.objects.all(), ReadingSerializer)

    @extend_schema(
        request=NewReadingSerializer,
        responses={202: ReadingSerializer},
        summary="在终端读卡（hos.user.get、hos.user.third.get、读卡器）",
        description="在后台读取；结果在 Location 的地址读取。同一终端一次读一张。",
    )
    def post(self, request: ApiRequest) -> Response:
        given = asked(NewReadingSerializer, request)
        way = given.pop("way")
        made = told(lambda: read_card(way, desk=at(given, request), by=request.member, **given))
        return self.accepted(address_of("reading", made), ReadingSerializer(made).data)


class OneReading(ApiView):
    permissions = {"GET": IDENTIFY}

    @extend_schema(responses=ReadingSerializer, summary="一次读卡")
    def get(self, request: ApiRequest, reading_id: UUID) -> Response:
        return Response(ReadingSerializer(get_or_404(CardReading, reading_id)).data)


class ReadingIdentifications(ApiView):
    only_asks = True
    permissions = {"POST": IDENTIFY}

    @extend_schema(
        request=None,
        responses={202: IdentificationSerializer},
        summary="把读到的身份交给医保识别（1101、2001）",
        description="同一次读卡只识别一次，再次调用返回同一识别结果。",
    )
    def post(self, request: ApiRequest, reading_id: UUID) -> Response:
        found = get_or_404(CardReading, reading_id)
        made = told(lambda: identify_reading(found, by=request.member))
        return self.accepted(address_of("identification", made), IdentificationSerializer(made).data)


class PinChecks(ApiView):
    permissions = {"POST": IDENTIFY}

    @extend_schema(
        request=DeskedSerializer,
        responses={202: BackgroundJobSerializer},
        summary="由持卡人在终端输入社保卡密码校验（VerifyPIN）",
        description="结果是后台任务的 note：密码正确，或没有通过的原因。门户不接收密码；连续六次输错，卡片会锁定。",
    )
    def post(self, request: ApiRequest) -> Response:
        given = asked(DeskedSerializer, request)
        made = told(lambda: check_pin(desk=at(given, request), by=request.member))
        return self.accepted(reverse("api:job", args=[made.pk]), BackgroundJobSerializer(made).data)


class PinChanges(ApiView):
    permissions = {"POST": IDENTIFY}

    @extend_schema(
        request=DeskedSerializer,
        responses={202: OperationSerializer},
        summary="由持卡人在终端修改社保卡密码（ChangePIN）",
        description="没有得到答复时结果待确认，不会自动重新打开窗口。",
    )
    def post(self, request: ApiRequest) -> Response:
        given = asked(DeskedSerializer, request)
        return sent(self, told(lambda: change_pin(desk=at(given, request), by=request.member)))


class Grants(ApiView):
    only_asks = True
    permissions = {"POST": IDENTIFY}

    @extend_schema(
        request=NewGrantSerializer,
        responses={202: GrantSerializer},
        summary="请病人授权使用电子健康卡（authurl）",
    )
    def post(self, request: ApiRequest) -> Response:
        given = asked(NewGrantSerializer, request)
        code = given.pop("treatment_code")
        made = told(lambda: begin_authorisation(code, desk=at(given, request), by=request.member, **given))
        return self.accepted(address_of("grant", made), GrantSerializer(made).data)


class OneGrant(ApiView):
    permissions = {"GET": IDENTIFY}

    @extend_schema(responses=GrantSerializer, summary="一次授权的状态")
    def get(self, request: ApiRequest, grant_id: UUID) -> Response:
        return Response(GrantSerializer(get_or_404(HealthCardAuth, grant_id)).data)


class GrantLooks(ApiView):
    only_asks = True
    permissions = {"POST": IDENTIFY}

    @extend_schema(
        request=None,
        responses={202: GrantSerializer},
        summary="查询病人是否已授权（ehc.ehealthcard.auth.query）",
        description="至多每 3 秒查询一次；结果在 Location 的地址读取。",
    )
    def post(self, request: ApiRequest, grant_id: UUID) -> Response:
        found = get_or_404(HealthCardAuth, grant_id)
        look_again(found, by=request.member)
        return self.accepted(address_of("grant", found), GrantSerializer(found).data)


# --- prepaid accounts


class PrepaidAccounts(ApiView):
    permissions = {"GET": VIEW}

    @extend_schema(parameters=parameters(AccountFilter), responses=AccountSerializer(many=True), summary="预交金账户")
    def get(self, request: ApiRequest) -> Response:
        return self.page(filtered(AccountFilter, request, PrepaidAccount.objects.all()), AccountSerializer)


class Recharges(ApiView):
    permissions = {"GET": VIEW, "POST": TAKE}

    @extend_schema(parameters=parameters(RechargeFilter), responses=RechargeSerializer(many=True), summary="充值记录")
    def get(self, request: ApiRequest) -> Response:
        rows = filtered(RechargeFilter, request, Recharge.objects.select_related("account").defer("content"))
        return self.page(rows, RechargeSerializer)

    @extend_schema(
        request=NewRechargeSerializer,
        responses={202: RechargeSerializer},
        summary="预交金充值（hop.trade.recharge）",
        description="打开终端的收银台。单号先保存再发送，Location 是充值操作；结果待确认时不要重新充值，"
        "门户按单号查询。这张卡正在充值时，HIS流水号相同（或都没有）的回应 409。",
    )
    def post(self, request: ApiRequest) -> Response:
        given = asked(NewRechargeSerializer, request)
        holder = Holder(**{name: given.pop(name) for name in HOLDER})

        def act() -> Recharge:
            desk, account = at(given, request), open_account(holder, by=request.member)
            refuse_second_recharge(account, given["his_order_no"])
            return recharge(account, Payment(**given), desk=desk, by=request.member)

        made: Recharge = told(act)
        address = reverse("api:operations-api:operation", args=[made.operation_id])
        return self.accepted(address, RechargeSerializer(made).data)


class OneRecharge(ApiView):
    permissions = {"GET": VIEW}

    @extend_schema(responses=RechargeSerializer, summary="一笔充值")
    def get(self, request: ApiRequest, recharge_id: UUID) -> Response:
        return Response(RechargeSerializer(get_or_404(Recharge, recharge_id)).data)


class RechargeRefunds(ApiView):
    permissions = {"POST": GIVE_BACK}

    @extend_schema(
        request=NewRechargeRefundSerializer,
        responses={202: RechargeRefundSerializer},
        summary="从一笔充值退款（hop.trade.refund）",
        description="未被拒绝的退款合计不会超过充值金额；这笔充值正在退款时，HIS流水号相同（或都没有）的回应 409；"
        "被拒绝的退款须用 refunds/{id}/submissions 以原单号重新提交。"
        f"{WAITS}",
    )
    def post(self, request: ApiRequest, recharge_id: UUID) -> Response:
        source, given = get_or_404(Recharge, recharge_id), asked(NewRechargeRefundSerializer, request)

        def act() -> Refund:
            desk = at(given, request)
            refuse_second_refund(source, given["his_order_no"])
            return refund(source, Return(**given), desk=desk, by=request.member)

        made: Refund = told(act)
        address = reverse("api:operations-api:operation", args=[made.operation_id])
        return self.accepted(address, RechargeRefundSerializer(made).data)


class Refunds(ApiView):
    permissions = {"GET": VIEW}

    @extend_schema(
        parameters=parameters(RefundFilter), responses=RechargeRefundSerializer(many=True), summary="退款记录"
    )
    def get(self, request: ApiRequest) -> Response:
        return self.page(filtered(RefundFilter, request, Refund.objects.all()), RechargeRefundSerializer)


class OneRefund(ApiView):
    permissions = {"GET": VIEW}

    @extend_schema(responses=RechargeRefundSerializer, summary="一笔退款")
    def get(self, request: ApiRequest, refund_id: UUID) -> Response:
        return Response(RechargeRefundSerializer(get_or_404(Refund, refund_id)).data)


class RefundSubmissions(ApiView):
    permissions = {"POST": GIVE_BACK}

    @extend_schema(
        request=None,
        responses={202: OperationSerializer},
        summary="以原单号重新提交没有成功的退款",
        description=WAITS,
    )
    def post(self, request: ApiRequest, refund_id: UUID) -> Response:
        row = get_or_404(Refund, refund_id)
        return sent(self, told(lambda: refund_again(row, by=request.member)))


# --- charges of the window


class CashierCharges(ApiView):
    permissions = {"GET": VIEW, "POST": TAKE}

    @extend_schema(parameters=parameters(ChargeFilter), responses=ChargeSerializer(many=True), summary="收费台收费")
    def get(self, request: ApiRequest) -> Response:
        return self.page(filtered(ChargeFilter, request, CashierCharge.objects.all()), ChargeSerializer)

    @extend_schema(
        request=NewChargeSerializer,
        responses={202: ChargeSerializer},
        summary="打开收费台收费（fsi.outpatient.charge）",
        description="Location 是收费操作。动态库没有查询收费结果的交易：结果待确认时由医保查询或两人认定，"
        "不要重新收费。",
    )
    def post(self, request: ApiRequest) -> Response:
        given = asked(NewChargeSerializer, request)

        def act() -> CashierCharge:
            desk, payer = at(given, request), Payer(**given)
            refuse_second_charge(payer, desk=desk, by=request.member)
            return charge(payer, desk=desk, by=request.member)

        made: CashierCharge = told(act)
        address = reverse("api:operations-api:operation", args=[made.operation_id])
        return self.accepted(address, ChargeSerializer(made).data)


class OneCashierCharge(ApiView):
    permissions = {"GET": VIEW}

    @extend_schema(responses=ChargeSerializer, summary="一笔收费台收费")
    def get(self, request: ApiRequest, charge_id: UUID) -> Response:
        return Response(ChargeSerializer(get_or_404(CashierCharge, charge_id)).data)


class ChargeCancellations(ApiView):
    permissions = {"POST": GIVE_BACK}

    @extend_schema(
        request=ChargeCancellationSerializer,
        responses={202: OperationSerializer},
        summary="撤销收费台收费（chs.common.outpatient.settle.cancel）",
        description=WAITS,
    )
    def post(self, request: ApiRequest, charge_id: UUID) -> Response:
        row, given = get_or_404(CashierCharge, charge_id), asked(ChargeCancellationSerializer, request)

        def act() -> Any:
            desk = at(given, request)
            return cancel(row, Cancelled(**given), desk=desk, by=request.member)

        return sent(self, told(act))

"""Letting a patient authorize the use of an electronic health card by scanning a code (3.1.3.8, 3.1.3.9)."""

from __future__ import annotations

from portal.gateway.desk import ONETRANS
from portal.gateway.messages import item
from settlement.messages.onetrans.gateway import Asked, Group, Stamp, filled


class AuthorizationUrl(Group):
    """What the code to scan contains (3.1.3.8)."""

    ehealth_authurl: str = item("用户用卡授权二维码码值", 128, secret=True, default="")


class AuthorizeHealthCard(
    Asked[AuthorizationUrl],
    code="ehc.ehealthcard.authurl",
    title="生成用户用卡授权连接（主扫方式）",
    gateway=ONETRANS,
    safe=True,
):
    """Make the code that the patient scans; it changes nothing that a repetition could double (3.1.3.8)."""

    ehc_app_id: str = filled("电子健康卡应用编号", 32)
    ehc_app_secret: str = filled("电子健康卡应用秘钥", 32, secret=True)
    term_id: str = filled("终端编号", 30)
    out_authorize_no: str = item("外部用卡授权流水号", 32, min_length=1)
    out_authorize_time: Stamp = item("外部用卡授权时间")
    operator_id: str | None = item("用卡授权操作员编号", 32, default=None)
    operator_name: str | None = item("用卡授权操作员姓名", 32, default=None)
    treatment_code: str = item("诊疗环节编码", 32, codes="onetrans.treatment_code", min_length=1)
    office_code: str | None = item("科室代码", 10, default=None)


class Authorization(Group):
    """How the authorization stands; the person is named when it is `succ` (3.1.3.9)."""

    auth_status: str = item("用卡授权状态", 32, codes="onetrans.auth_status", default="")
    mindex_id: str = item("居民健康卡主索引ID", 128, secret=True, default="")
    ehealth_card_id: str = item("电子健康卡ID", 128, secret=True, default="")
    id_type: str = item("证件类型", 2, codes="onetrans.ehc_id_type", default="")
    id_no: str = item("证件号", 32, secret=True, default="")
    user_name: str = item("用户姓名", 50, secret=True, default="")
    user_sex: str = item("用户性别", 1, codes="onetrans.gend", default="")
    mobile_phone: str = item("手机号码", 32, secret=True, default="")
    birthday: str = item("出生日期", 10, secret=True, default="")
    telephone: str = item("联系电话", 32, secret=True, default="")
    address: str = item("居住地址", 200, secret=True, default="")
    work_unit: str = item("工作单位", 100, secret=True, default="")
    card_type: str = item("卡类型", 2, codes="onetrans.ehc_card_type", default="")
    card_no: str = item("默认关联卡号", 32, secret=True, default="")


class QueryAuthorization(
    Asked[Authorization],
    code="ehc.ehealthcard.auth.query",
    title="查询用户用卡授权结果",
    gateway=ONETRANS,
    safe=True,
):
    """Ask whether the patient has authorized (3.1.3.9)."""

    ehc_app_id: str = filled("电子健康卡应用编号", 32)
    ehc_app_secret: str = filled("电子健康卡应用秘钥", 32, secret=True)
    term_id: str = filled("终端编号", 30)
    out_authorize_no: str = item("外部用卡授权流水号", 32, min_length=1)

"""Who the patient is, by card or by code (3.1.3.1, 3.1.3.2)."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from portal.gateway.desk import ONETRANS
from portal.gateway.messages import Exact, item
from settlement.messages.onetrans.gateway import WIDE, Asked, Group, Stamp, When, filled, needed, not_here, refuse

CODE, PAGE = "01", "09"
#: What only the caller knows about decoding an electronic health card; the wire puts in the application.
HEALTH_CARD = ("out_verify_time", "treatment_code")


class BaseInfo(Group):
    """The person (baseinfo)."""

    psn_no: str = item("人员编号", 30, secret=True, default="")
    psn_cert_type: str = item("人员证件类型", 6, codes="onetrans.psn_cert_type", default="")
    certno: str = item("证件号码", 50, secret=True, default="")
    psn_name: str = item("人员姓名", 50, secret=True, default="")
    gend: str = item("性别", 6, codes="onetrans.gend", default="")
    naty: str = item("民族", 3, codes="onetrans.naty", default="")
    brdy: str = item("出生日期", 20, secret=True, default="")
    age: Exact | None = item("年龄", WIDE, default=None)
    exp_content: str = item("字段扩展", 4000, secret=True, default="")


class Insurance(Group):
    """One insurance of the person (insuinfo); the sample calls the region insu_admdvs."""

    balc: Exact | None = item("余额", WIDE, default=None)
    insutype: str = item("险种类型", 6, codes="onetrans.insutype", default="")
    psn_type: str = item("人员类别", 6, codes="onetrans.psn_type", default="")
    psn_insu_stas: str = item("人员参保状态", 6, codes="onetrans.psn_insu_stas", default="")
    psn_insu_date: str = item("个人参保日期", 30, default="")
    paus_insu_date: str = item("暂停参保日期", 30, default="")
    cvlserv_flag: str = item("公务员标志", 3, codes="onetrans.cvlserv_flag", default="")
    insuplc_admdvs: str = item("参保地医保区划", 6, default="")
    emp_name: str = item("单位名称", 200, secret=True, default="")

    @model_validator(mode="before")
    @classmethod
    def _region_by_either_name(cls, data: Any) -> Any:
        if isinstance(data, dict) and "insu_admdvs" in data and not data.get("insuplc_admdvs"):
            return {name: value for name, value in data.items() if name != "insu_admdvs"} | {
                "insuplc_admdvs": data["insu_admdvs"]
            }
        return data


class PersonIdentity(Group):
    """One identity of the person (idetinfo)."""

    psn_idet_type: str = item("人员身份类别", 3, codes="onetrans.psn_idet_type", default="")
    psn_type_lv: str = item("人员类别等级", 3, codes="onetrans.disa_lv", default="")
    memo: str = item("备注", 500, default="")
    begntime: str = item("开始时间", 30, default="")
    endtime: str = item("结束时间", 30, default="")


class HealthCard(Group):
    """An electronic health card (ehcinfo)."""

    mindex_id: str = item("居民健康卡主索引ID", 128, secret=True, default="")
    ehealth_card_id: str = item("电子健康卡ID", 128, secret=True, default="")
    phone: str = item("手机号码", 32, secret=True, default="")
    card_type: str = item("卡类型", 2, codes="onetrans.ehc_card_type", default="")
    card_no: str = item("卡号", 32, secret=True, default="")
    id_type: str = item("证件类型", 2, codes="onetrans.ehc_id_type", default="")
    id_no: str = item("证件号", 32, secret=True, default="")
    user_name: str = item("用户姓名", 50, secret=True, default="")
    user_sex: str = item("用户性别", 1, codes="onetrans.gend", default="")
    mobile_phone: str = item("手机号码", 32, secret=True, default="")
    birthday: str = item("出生日期", 10, secret=True, default="")
    telephone: str = item("联系电话", 32, secret=True, default="")
    address: str = item("居住地址", 200, secret=True, default="")
    work_unit: str = item("工作单位", 100, secret=True, default="")
    citizen: str = item("国籍", 2, default="")
    birth_place: str = item("出生地", 30, secret=True, default="")
    user_native: str = item("籍贯", 30, secret=True, default="")
    marital_status: str = item("婚姻状况", 2, default="")
    career: str = item("职业", 3, default="")
    unit_phone: str = item("单位电话", 20, secret=True, default="")
    email: str = item("邮箱", 120, secret=True, default="")
    community: str = item("社区地址", 200, secret=True, default="")
    contact_name: str = item("联系人姓名", 200, secret=True, default="")
    contact_relation: str = item("联系人关系", 2, default="")
    contact_phone: str = item("联系人电话", 20, secret=True, default="")
    contact_address: str = item("联系人地址", 200, secret=True, default="")


class HospitalCard(Group):
    """A card of the hospital's own (cardinfo)."""

    balc: Exact | None = item("余额", WIDE, default=None)
    card_type: str = item("卡类型", 2, codes="onetrans.card_type", default="")
    card_no: str = item("卡号", 32, secret=True, default="")


class Identity(Group):
    """Who it is, and by which certificate (3.1.3.1)."""

    baseinfo: BaseInfo = item("基本信息")
    insuinfo: list[Insurance] = item("参保信息", default=[])
    idetinfo: list[PersonIdentity] = item("身份信息", default=[])
    ehcinfo: list[HealthCard] = item("电子健康卡信息", default=[])
    cardinfo: list[HospitalCard] = item("患者院内卡列表", default=[])
    mdtrt_cert_type: str = item("本次就诊凭证类型", 3, codes="onetrans.mdtrt_cert_type", default="")
    ecToken: str = item("身份令牌", 64, secret=True, default="")
    insuOrg: str = item("参保地区编码", 6, codes="onetrans.region", default="")
    card_code: str = item("卡识别码", 64, secret=True, default="")
    card_no: str = item("卡号", 32, secret=True, default="")
    card_type: str = item("卡类型", 6, default="")
    issuedeptid: str = item("发行机构编码", 4, default="")
    phone: str = item("手机号码", 32, secret=True, default="")


class ReadIdentity(Asked[Identity], code="hos.user.get", title="读卡", gateway=ONETRANS, safe=True, patience=120):
    """Read a card or a code at the desk, by the way that is named or that the person chooses (3.1.3.1)."""

    mdtrt_cert_type: str = item("就诊凭证类型", 3, codes="onetrans.read_mode", min_length=1)
    business_type: str | None = item("用码业务类型", 5, codes="onetrans.business_type", default=None)
    begntime: When | None = item("开始时间", default=None)
    ehc_app_id: str = filled("电子健康卡应用编号", 32)
    ehc_app_secret: str = filled("电子健康卡应用秘钥", 32, secret=True)
    term_id: str = filled("终端编号", 30)
    out_verify_time: Stamp | None = item("外部验证时间", default=None)
    treatment_code: str | None = item("诊疗环节编码", 32, codes="onetrans.treatment_code", default=None)

    @model_validator(mode="after")
    def _by_its_way(self) -> ReadIdentity:
        by_code = self.mdtrt_cert_type in (CODE, PAGE)
        if by_code:
            refuse(self, needed(self, ("business_type",), "扫码或弹出选择页面时"))
        else:
            refuse(self, not_here(self, HEALTH_CARD, "读身份证或社保卡时"))
        if any(getattr(self, name) for name in HEALTH_CARD):
            refuse(self, needed(self, HEALTH_CARD, "解析电子健康卡时"))
        return self


class DecodedIdentity(Group):
    """Who it is, by the code that was scanned (3.1.3.2)."""

    baseinfo: BaseInfo = item("基本信息")
    insuinfo: list[Insurance] = item("参保信息", default=[])
    idetinfo: list[PersonIdentity] = item("身份信息", default=[])
    ehcinfo: list[HealthCard] = item("电子健康卡信息", default=[])
    card_type: str = item("卡类型", 2, codes="onetrans.card_type", default="")
    card_no: str = item("卡号", 32, secret=True, default="")
    mdtrt_cert_type: str = item("本次就诊凭证类型", 3, codes="onetrans.mdtrt_cert_type", default="")
    ecToken: str = item("身份令牌", 64, secret=True, default="")
    insuOrg: str = item("参保地区编码", 6, codes="onetrans.region", default="")
    phone: str = item("手机号码", 32, secret=True, default="")


class DecodeIdentity(
    Asked[DecodedIdentity], code="hos.user.third.get", title="统一解码", gateway=ONETRANS, safe=True, patience=120
):
    """Decode an electronic health card or an e-voucher, for sites with electronic health cards (3.1.3.2)."""

    begntime: When | None = item("开始时间", default=None)
    business_type: str = item("用码业务类型", 5, codes="onetrans.business_type", min_length=1)
    ehc_app_id: str = filled("电子健康卡应用编号", 32)
    ehc_app_secret: str = filled("电子健康卡应用秘钥", 32, secret=True)
    term_id: str = filled("终端编号", 30)
    out_verify_time: Stamp = item("外部验证时间")
    treatment_code: str = item("诊疗环节编码", 32, codes="onetrans.treatment_code", min_length=1)

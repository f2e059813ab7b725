"""The nine kinds of records that accompany a discharge (4.13, 4.26)."""

from __future__ import annotations

from injury.messages.gateway import Day
from portal.gateway.messages import Part, item

#: Most records of one kind in one message; the specification names no limit.
MOST = 100


class AdmissionNote(Part):
    """The admission record."""

    aac004: str | None = item("性别", 3, codes="injury.aac004", default=None)
    aac006: Day | None = item("出生日期", default=None)
    aac008: str | None = item("联系电话", 20, secret=True, default=None)
    aac010: str | None = item("住址", 2000, secret=True, default=None)
    blz060: str | None = item("主诉", 2000, default=None)
    blz061: str | None = item("现病史", 2000, default=None)
    blz062: str | None = item("既往史", 2000, default=None)
    blz063: str | None = item("个人史", 2000, default=None)
    blz064: str | None = item("月经及婚育史", 2000, default=None)
    blz065: str | None = item("家族史", 2000, default=None)
    blz066: str | None = item("体格检查", 2000, default=None)
    blz067: str | None = item("辅助检查", 2000, default=None)
    blz068: str | None = item("初步诊断", 2000, default=None)


class DischargeNote(Part):
    """The discharge record."""

    aac004: str | None = item("性别", 3, codes="injury.aac004", default=None)
    aac006: Day | None = item("出生日期", default=None)
    aac008: str | None = item("联系电话", 20, secret=True, default=None)
    aac010: str | None = item("住址", 2000, secret=True, default=None)
    blc074: str | None = item("出院情况", 2000, default=None)
    blc075: str | None = item("出院医嘱", 2000, default=None)
    blz070: str | None = item("入院情况", 2000, default=None)
    blz071: str | None = item("入院诊断", 2000, default=None)
    blz072: str | None = item("诊断经过", 2000, default=None)
    blz073: str | None = item("出院诊断", 2000, default=None)


class OperationNote(Part):
    """One operation."""

    opr030: str | None = item("手术操作编码", 20, default=None)
    opr031: Day | None = item("手术日期", default=None)
    opr032: str | None = item("手术级别", 20, default=None)
    opr033: str | None = item("手术及操作名称", 50, default=None)
    opr040: str | None = item("操作医师", 20, default=None)
    opr041: str | None = item("手术操作助理一", 20, default=None)
    opr042: str | None = item("手术操作助理二", 20, default=None)
    opr043: str | None = item("麻醉方式", 20, default=None)
    opr044: str | None = item("麻醉医师", 20, default=None)


class FrontPage(Part):
    """The front page of the medical record."""

    aab034: str | None = item("医疗机构", 50, default=None)
    aab301: str | None = item("组织机构编码", 20, default=None)
    aac002: str | None = item("身份证号", 18, secret=True, default=None)
    aac003: str | None = item("姓名", 20, secret=True, default=None)
    aac004: str | None = item("性别", 3, codes="injury.aac004", default=None)
    aac005: str | None = item("民族", 20, default=None)
    aac006: Day | None = item("出生日期", default=None)
    aac009: str | None = item("出生地", 200, secret=True, default=None)
    aac010: str | None = item("籍贯", 200, secret=True, default=None)
    aac020: str | None = item("职业", 50, default=None)
    aac021: str | None = item("婚姻状态", 20, default=None)
    aad005: str | None = item("单位电话", 20, secret=True, default=None)
    aad007: str | None = item("单位邮编", 7, default=None)
    aad010: str | None = item("工作单位及地址", 200, secret=True, default=None)
    aae005: str | None = item("电话", 20, secret=True, default=None)
    aae006: str | None = item("现住址", 200, secret=True, default=None)
    aae007: str | None = item("现住址邮编", 7, default=None)
    aae010: str | None = item("户口所在地", 200, default=None)
    aae017: str | None = item("户口所在地邮编", 7, default=None)
    aam003: str | None = item("联系人姓名", 20, secret=True, default=None)
    aam005: str | None = item("联系人电话", 20, secret=True, default=None)
    aam010: str | None = item("联系人地址", 200, secret=True, default=None)
    aam036: str | None = item("联系人与住院人员关系", 20, default=None)
    akc020: str | None = item("国籍", 50, default=None)
    akc023: str | None = item("年龄", 6, default=None)
    akc192: Day | None = item("入院日期", default=None)
    akc194: Day | None = item("出院日期", default=None)
    alc028: str | None = item("门诊疾病编码", 100, default=None)
    alc029: str | None = item("损伤中毒的疾病编码", 100, default=None)
    alc030: str | None = item("病例诊断的疾病编码", 100, default=None)
    blm001: str | None = item("健康卡号", 20, secret=True, default=None)
    blm002: str | None = item("第几次住院", 6, default=None)
    blm003: str | None = item("病案号", 20, default=None)
    blm004: str | None = item("入院途径", 200, default=None)
    blm005: str | None = item("入院科别", 20, default=None)
    blm006: str | None = item("入院病房", 20, default=None)
    blm007: str | None = item("转科科别", 20, default=None)
    blm009: str | None = item("出院科别", 20, default=None)
    blm010: str | None = item("出院病房", 20, default=None)
    blm011: str | None = item("住院天数", 8, default=None)
    blm012: str | None = item("损伤中毒的外部原因", 2000, default=None)
    blm013: str | None = item("病理诊断", 2000, default=None)
    blm014: str | None = item("病理号", 100, default=None)
    blm015: str | None = item("药物过敏标识", 8, default=None)
    blm016: str | None = item("过敏药物", 200, default=None)
    blm017: str | None = item("死亡患者尸检标识", 8, default=None)
    blm018: str | None = item("血型", 8, default=None)
    blm019: str | None = item("RH血系情况", 8, default=None)
    blm020: str | None = item("科主任", 20, default=None)
    blm021: str | None = item("主任（副主任）医师", 20, default=None)
    blm022: str | None = item("主治医师", 20, default=None)
    blm023: str | None = item("住院医师", 20, default=None)
    blm024: str | None = item("责任护士", 20, default=None)
    blm025: str | None = item("进修医师", 20, default=None)
    blm026: str | None = item("实习医师", 20, default=None)
    blm027: str | None = item("编码员", 20, default=None)
    blm028: str | None = item("病案质量", 100, default=None)
    blm029: str | None = item("质控医师", 20, default=None)
    blm030: str | None = item("质控护士", 20, default=None)
    blm031: Day | None = item("质控日期", default=None)
    blm032: str | None = item("离院方式", 2000, default=None)
    blm033: str | None = item("颅脑损伤患者昏迷时间", 2000, default=None)
    blm034: str | None = item("病例分型", 8, default=None)
    blm035: str | None = item("实施重病监护", 100, default=None)
    blm036: str | None = item("监护总时间", 100, default=None)
    blm037: str | None = item("单病种管理", 8, default=None)
    blm038: str | None = item("实施临床路径管理", 100, default=None)
    blm039: str | None = item("实施DRGss管理", 100, default=None)
    blm040: str | None = item("抗生素使用", 100, default=None)
    blm041: str | None = item("细菌培养标准送检", 100, default=None)
    blm042: str | None = item("法定传染病", 100, default=None)
    blm043: str | None = item("肿瘤分期", 100, default=None)
    blz068: str | None = item("门（急）诊诊断", 2000, default=None)


class UltrasoundReport(Part):
    """One ultrasound report."""

    kcb001: str | None = item("检查部位", 50, default=None)
    kcb002: str | None = item("检查号", 20, default=None)
    kcb003: Day | None = item("检查日期", default=None)
    kcb004: str | None = item("超声所见", 2000, default=None)
    kcb005: str | None = item("诊断意见", 2000, default=None)
    kcb006: str | None = item("检查医师", 20, default=None)
    kcb007: str | None = item("审核医师", 20, default=None)


class XRayReport(Part):
    """One X-ray report."""

    kcx001: str | None = item("检查部位", 50, default=None)
    kcx002: str | None = item("检查号", 20, default=None)
    kcx003: Day | None = item("检查日期", default=None)
    kcx004: str | None = item("检查所见", 2000, default=None)
    kcx005: str | None = item("检查印象", 2000, default=None)
    kcx006: str | None = item("检查医师", 20, default=None)
    kcx007: str | None = item("审核医师", 20, default=None)


class CtReport(Part):
    """One CT report."""

    kcc001: str | None = item("检查部位", 50, default=None)
    kcc002: str | None = item("检查号", 20, default=None)
    kcc003: Day | None = item("检查日期", default=None)
    kcc004: str | None = item("CT所见", 2000, default=None)
    kcc005: str | None = item("影像学诊断", 2000, default=None)
    kcc006: str | None = item("检查医师", 20, default=None)
    kcc007: str | None = item("审核医师", 20, default=None)


class MriReport(Part):
    """One MRI report."""

    kch001: str | None = item("检查部位", 50, default=None)
    kch002: str | None = item("检查号", 20, default=None)
    kch003: Day | None = item("检查日期", default=None)
    kch004: str | None = item("检查所见", 2000, default=None)
    kch005: str | None = item("诊断意见", 2000, default=None)
    kch006: str | None = item("检查医师", 20, default=None)
    kch007: str | None = item("审核医师", 20, default=None)
    kch008: str | None = item("扫描方式", 100, default=None)

"""Chapters 3, 4, 10 and 11: dashboard, settings, operation log, help."""

import json
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from clearing.management.demo.walk import Failed, Walk
from clearing.services.year import Year
from portal.audit.daily import Days
from portal.audit.exporting import export_days
from portal.codes import code_list
from portal.gateway.channels.models import Channel, ChannelTrial
from portal.gateway.channels.trials import start_trial
from portal.gateway.environments.services import export_settings
from portal.jobs import Job

BOARD, SETTINGS, LOG, HELP = "3 工作台", "4 系统配置", "10 操作日志", "11 帮助"
#: Appendix B: how many values each dictionary has.
DICTIONARIES = {
    "aka080": 2,
    "qsjg00": 3,
    "akc191": 4,
    "hdzt00": 2,
    "qssqzt": 2,
    "insu_admdvs": 13,
    "clr_type": 11,
}


def settings(walk: Walk) -> None:
    """The channel answers, and its exported settings hold no key."""
    with walk.tx():
        channels = list(Channel.objects.filter(environment=walk.scope.environment).order_by("gateway"))
        trials = [(str(one), start_trial(one.gateway, one.environment, {}, by=walk.admin)) for one in channels]
    for name, trial in trials:
        done = walk.wait(f"测试连接{name}", partial(_ended, trial.pk))
        if not done.is_good:
            raise Failed(f"测试连接{name}：{done.sentence}")
        walk.told(SETTINGS, "测试连接", "正常", "答复可信", scope=name)
    with walk.tx():
        exported = [(one, json.dumps(export_settings(one, by=walk.admin), ensure_ascii=False)) for one in channels]
        leaked = [str(one) for one, text in exported if any(key in text for key in _keys(one))]
    if leaked:
        raise Failed(f"导出的配置含有密钥：{'、'.join(leaked)}")
    for one, text in exported:
        walk.keep(f"系统配置_{one.gateway}.json", text.encode())
    walk.told(SETTINGS, "导出配置（不含密钥）", f"{len(exported)} 个接口")


def _ended(trial: Any) -> ChannelTrial | None:
    return ChannelTrial.objects.filter(pk=trial, ended_at__isnull=False).first()


def _keys(channel: Channel) -> list[str]:
    found = [getattr(channel, name) for name in ("private_key", "secret_key", "password", "iv")]
    revealed = [one.reveal() for one in found if one]
    return [text for text in revealed if text]


def dashboard(walk: Walk) -> None:
    """The four cards of the year, both insurances (3.2), beside the centre's sums."""
    truth = [one for one in walk.centre()["scopes"] if one["year"] == str(walk.scope.year)]
    with walk.tx():
        year = Year(walk.scope.environment, walk.scope.year)
        total, held, providers = year.total, len(year.applications), year.providers
    name = f"{walk.scope.year} 年"
    theirs = (sum(one["rows"] for one in truth), sum((Decimal(one["disburse_amt"]) for one in truth), Decimal("0.00")))
    walk.same(BOARD, "拨付总额", (total.rows, total.disburse), theirs, scope=name)
    verified = sum(one["verified"] for one in truth)
    walk.told(BOARD, "医疗机构数、已申请", f"{providers:,} 家，{held} 份", scope=name)
    walk.told(BOARD, "已核对", f"{total.verified:,} 条", f"{verified:,} 条", scope=name)
    if total.verified != verified:
        raise Failed(f"工作台：已核对 {total.verified} 条，沙箱 {verified} 条")


def log(walk: Walk) -> None:
    """Today's records as JSONL; the chain holds."""
    today = timezone.localdate()
    with walk.tx():
        made = export_days(Days(today, today), by=walk.reviewer)
        if isinstance(made, Job):
            raise Failed("操作日志：当天记录过多，应由后台导出")
        content = made.read()
    walk.keep(f"操作日志_{today}.jsonl", content)
    count = content.count(b"\n")
    walk.told(LOG, "导出当天日志", f"{count:,} 条", scope=str(today))


def help_pages(walk: Walk) -> None:
    """Every dictionary of appendix B is complete."""
    for name, count in DICTIONARIES.items():
        if len(code_list(f"clearing.{name}")) != count:
            raise Failed(f"数据字典 {name}：应有 {count} 个值")
    walk.told(HELP, "数据字典 B.1 至 B.7", f"{sum(DICTIONARIES.values())} 个值", scope="附录 B")

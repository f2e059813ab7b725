"""What a channel to the OneTrans library needs, for its form and its checks (OneTrans specification, table 3-1)."""

from __future__ import annotations

from portal.gateway.wire.declared import Setting, digits, printable

#: The columns are those every channel has; what they mean here say the labels.
SETTINGS = (
    Setting(
        "base_url",
        "默认桥接地址",
        "没有指定终端的查询发往这里，例如 http://127.0.0.1:9521；各窗口的桥接程序在“终端”页登记",
    ),
    Setting(
        "private_key",
        "默认桥接令牌",
        "启动桥接程序时的令牌，保存后不再显示",
        "secret",
        64,
        printable(20, 64),
    ),
    Setting("app_code", "加解密应用ID（app_id）", "由平台分配", size=50, check=printable(1, 50)),
    Setting("secret_key", "加解密应用密钥（app_key）", "由平台分配，保存后不再显示", "secret", 200, printable(1, 200)),
    Setting("user_name", "统一支付平台 APPID（payAppId）", "支付平台提供", size=32, check=printable(1, 32)),
    Setting(
        "password",
        "统一支付平台 AppSecret（payAppSecret）",
        "支付平台提供，保存后不再显示",
        "secret",
        32,
        printable(1, 32),
    ),
    Setting("medins_code", "定点医药机构编号", "报文编号以它开头", size=12, check=printable(12, 12), like="code"),
    Setting("region", "医保区划", "6 位区划代码", size=6, check=digits(6), like="region"),
    Setting(
        "iv",
        "电子健康卡应用秘钥（ehc_app_secret）",
        "只在使用电子健康卡时需要，保存后不再显示",
        "secret",
        32,
        printable(1, 32),
        rare=True,
    ),
)

"""A sighting keeps what its own run took the difference for, with the figures of that run's days."""

from decimal import Decimal

from django.db import migrations, models

KINDS = [
    ("only_ours", "本机构有、中心无"),
    ("only_theirs", "中心有、本机构无"),
    ("amount", "金额不一致"),
    ("refund_one_side", "单边退费"),
    ("twice", "重复"),
    ("pending", "办理中"),
    ("doubtful", "结果待确认"),
    ("over_midnight", "日期不同"),
    ("other_scope", "险种或清算类别不同"),
    ("unreadable", "中心记录无法对应"),
]
#: What was seen before this has the figures of its difference: those of the run that saw it last.
FILLED = """
UPDATE reconciliation_sighting AS seen
SET kind = one.kind, ours_total = one.ours_total, theirs_total = one.theirs_total,
    fund_gap = one.fund_gap, account_gap = one.account_gap
FROM reconciliation_difference AS one
WHERE one.id = seen.difference_id AND one.institution_id = seen.institution_id
"""


def yuan(label: str) -> models.DecimalField:
    return models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16, verbose_name=label)


def untold(label: str) -> models.DecimalField:
    return models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name=label)


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0003_decisions")]

    operations = [
        migrations.AddField(
            "sighting",
            "kind",
            models.CharField(choices=KINDS, default="", max_length=15, verbose_name="差异类型"),
            preserve_default=False,
        ),
        migrations.AddField("sighting", "ours_total", untold("本机构总额")),
        migrations.AddField("sighting", "theirs_total", untold("中心总额")),
        migrations.AddField("sighting", "fund_gap", yuan("基金差")),
        migrations.AddField("sighting", "account_gap", yuan("个人账户差")),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
    ]

"""The keys of fee items and batch lines are checked once, together with the institution (portal.access.walls)."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import portal.access.door


def institution() -> Any:
    return models.ForeignKey(
        "access.institution",
        verbose_name="机构",
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        editable=False,
        default=portal.access.door.required_institution,
        db_index=False,
        db_constraint=False,
    )


def key(to: str, label: str, **more: Any) -> Any:
    return models.ForeignKey(
        to, verbose_name=label, on_delete=django.db.models.deletion.PROTECT, db_constraint=False, **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_accounts"),
        ("injury", "0007_enquiries"),
    ]

    operations = [
        migrations.AlterField("batchline", "institution", institution()),
        migrations.AlterField("batchline", "admission", key("injury.admission", "就诊", db_index=False)),
        migrations.AlterField("batchline", "epoch", key("injury.feeepoch", "费用上传", db_index=False)),
        migrations.AlterField("batchline", "batch", key("injury.feebatch", "批次", related_name="lines")),
        migrations.AlterField("batchline", "item", key("injury.feeitem", "费用明细", related_name="batch_lines")),
        migrations.AlterField("feeitem", "institution", institution()),
        migrations.AlterField(
            "feeitem", "admission", key("injury.admission", "就诊", related_name="fee_items", db_index=False)
        ),
        migrations.AlterField(
            "feeitem",
            "refunds",
            key("injury.feeitem", "冲减", related_name="refunded_by", db_index=False, null=True, blank=True),
        ),
        migrations.AddIndex(
            "feeitem",
            models.Index(fields=["refunds"], condition=models.Q(("refunds__isnull", False)), name="fee_refunds"),
        ),
    ]

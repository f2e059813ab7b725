"""The chains as rows. Nobody writes them through these models: the app role may only read (migration 0001)."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.models.expressions import RawSQL

from portal.access.permissions import Role
from portal.audit.registry import DONE, action

#: Records waiting for the end of the transaction get their number now; later ones wait again.
SETTLE = "SET CONSTRAINTS app.audit_pending_chained IMMEDIATE; SET CONSTRAINTS app.audit_pending_chained DEFERRED"


class ChainManager(models.Manager[Any]):
    """Who reads the log inside a transaction also sees what that transaction has recorded so far."""

    def get_queryset(self) -> models.QuerySet[Any]:
        if connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute(SETTLE)
        return super().get_queryset()


def part(path: str) -> RawSQL:
    """A piece of the body as a column of its own, computed by the database: it cannot differ from what was hashed."""
    return RawSQL(f"(body::jsonb #>> '{{{path}}}')", [])


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label}：{self.before} → {self.after}"


class Event(models.Model):
    """One record. `chain` is the institution's id, 0 the platform; `seq` counts from 1 without gaps."""

    app_may = ("SELECT",)

    chain = models.BigIntegerField("链")
    seq = models.BigIntegerField("序号")
    at = models.DateTimeField("时间")
    body = models.TextField("内容")
    prev = models.BinaryField("上一条摘要")
    hash = models.BinaryField("摘要")
    action = models.GeneratedField(
        verbose_name="操作代码", expression=part("action"), output_field=models.TextField(), db_persist=True
    )
    actor = models.GeneratedField(
        verbose_name="操作人编号", expression=part("who,id"), output_field=models.TextField(), db_persist=True
    )
    object_id = models.GeneratedField(
        verbose_name="对象编号", expression=part("object,id"), output_field=models.TextField(null=True), db_persist=True
    )

    objects = ChainManager()

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        ordering = ["chain", "-seq"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_event_place")]
        indexes = [
            models.Index(fields=["chain", "at"], name="audit_event_at"),
            models.Index(fields=["chain", "action", "seq"], name="audit_event_action"),
            models.Index(fields=["chain", "actor", "seq"], name="audit_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.sentence}"

    @cached_property
    def content(self) -> dict[str, Any]:
        """The body, parsed."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def label(self) -> str:
        """The kind of action, as filters name it."""
        try:
            return action(self.action).label
        except LookupError:
            return str(self.action)

    @property
    def result(self) -> str:
        """How it ended; what nobody declares any more was done."""
        try:
            return action(self.action).result
        except LookupError:
            return DONE

    @property
    def actor_name(self) -> str:
        return str(self.content["who"]["name"])

    @property
    def address(self) -> str:
        return str(self.content["address"])

    @property
    def object_label(self) -> str:
        return str((self.content["object"] or {}).get("label", ""))

    @property
    def sentence(self) -> str:
        """What happened, as the action's sentence says it; the bare name of an action that no longer exists."""
        try:
            declared = action(self.action)
        except LookupError:
            return " ".join(
                [self.action, *(f"{name}={shown(value)}" for name, value in self.content["details"].items())]
            )
        values = {name: shown(value) for name, value in self.content["details"].items()}
        if self.content["object"]:
            values.setdefault(self.content["object"]["type"].rpartition(".")[2], self.object_label)
            values.setdefault("object", self.object_label)
        values.setdefault("changes", "；".join(map(str, self.changes)) or "—")
        return declared.sentence(values)

    @property
    def changes(self) -> list[Change]:
        """Fields before and after."""
        changes = self.content["changes"].items()
        return [Change(self._label_of(name), shown(old), shown(new)) for name, (old, new) in changes]

    @property
    def role_labels(self) -> str:
        labels = dict(Role.choices)
        return "、".join(str(labels.get(role, role)) for role in self.content["who"]["roles"])

    @property
    def particulars(self) -> list[tuple[str, str]]:
        """Details that the sentence does not already say."""
        try:
            said = action(self.action).placeholders
        except LookupError:
            said = frozenset()
        return [(name, shown(value)) for name, value in self.content["details"].items() if name not in said]

    @property
    @admin.display(description="本条摘要")
    def hash_hex(self) -> str:
        return bytes(self.hash).hex()

    @property
    @admin.display(description="上一条摘要")
    def prev_hex(self) -> str:
        return bytes(self.prev).hex()

    def _label_of(self, name: str) -> str:
        try:
            model = apps.get_model((self.content["object"] or {}).get("type", ""))
            return str(getattr(model._meta.get_field(name), "verbose_name", name))
        except (LookupError, ValueError, FieldDoesNotExist):
            return name


class Head(models.Model):
    """Where a chain ends: its last number and hash. Counts and hashes only, so the platform may see all of them."""

    app_may = ("SELECT",)

    chain = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    objects = ChainManager()

    class Meta:
        verbose_name = verbose_name_plural = "日志链尾"
        ordering = ["chain"]

    def __str__(self) -> str:
        return f"{self.chain}: {self.seq}"


def shown(value: Any) -> str:
    """A recorded value as people read it."""
    match value:
        case None | "":
            return "空"
        case bool():
            return "是" if value else "否"
        case {"hmac": str(mark)}:
            return f"（已加密留痕 {mark[4:12]}）"
        case {"label": label, **_rest}:
            return str(label)
        case dict():
            return "，".join(f"{name}：{shown(one)}" for name, one in value.items())
        case list():
            return "、".join(shown(one) for one in value) or "空"
    return str(value)

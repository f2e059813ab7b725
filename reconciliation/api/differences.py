"""Differences for other systems: read them, propose what shall be done, agree, assign, remark."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.gate import get_or_404
from portal.access.models import User
from portal.api.bulk import MOST, BulkAnswerSerializer, BulkSerializer, Rows, answered, firsts
from portal.api.fields import Text
from portal.api.filters import filtered, parameters
from portal.api.problems import Problem
from portal.api.reading import ReadSerializer
from portal.api.views import ApiRequest, ApiView
from reconciliation.models import Action, Comment, Decision, DecisionState, Difference
from reconciliation.services.deciding import approve, propose, refuse, withdraw
from reconciliation.services.deciding_many import propose_all
from reconciliation.services.discussing import LONGEST, assign_one, colleague, comment
from reconciliation.services.refusals import Refused
from reconciliation.views.difference_lists import DifferenceFilter

REASON = "理由，必填"


class DifferenceSerializer(ReadSerializer[Difference]):
    """One difference; gaps are ours minus theirs, in yuan, as text. `assigned_to` is a user name."""

    assigned_to = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)

    class Meta:
        model = Difference
        fields = [
            *(
                "id",
                "environment",
                "family",
                "kind",
                "state",
                "outcome",
                "proposal",
                "note",
                "run",
                "last_run",
                "entry",
            ),
            *("number", "setl_id", "mdtrt_id", "msgid", "about", "person", "insutype", "clr_type", "clr_optins"),
            *("day", "settled_at", "is_refund", "ours_total", "theirs_total", "field", "ours", "theirs", "difference"),
            *("total_gap", "fund_gap", "account_gap", "found_at", "seen_at", "done_at"),
            *("assigned_to", "assigned_at"),
        ]
        read_only_fields = fields


class DecisionSerializer(ReadSerializer[Decision]):
    """What was proposed, by whom, who agreed, and what came of it."""

    class Meta:
        model = Decision
        fields = [
            *("id", "difference", "batch", "action", "reason", "kind", "gap", "needs_second", "state", "said"),
            *("operation", "proposed_as", "proposed_at", "approved_as", "approved_at", "ended_at"),
        ]
        read_only_fields = fields


class DifferenceCommentSerializer(ReadSerializer[Comment]):
    """A remark."""

    class Meta:
        model = Comment
        fields = ["id", "text", "written_as", "written_at"]
        read_only_fields = fields


class DifferenceDetailSerializer(DifferenceSerializer):
    """One difference with its decisions and remarks."""

    decisions = DecisionSerializer(many=True, read_only=True)
    comments = DifferenceCommentSerializer(many=True, read_only=True)

    class Meta(DifferenceSerializer.Meta):
        fields = [*DifferenceSerializer.Meta.fields, "decisions", "comments"]
        read_only_fields = fields


class NewDecisionSerializer(serializers.Serializer[Any]):
    """What shall be done, and why."""

    action = serializers.ChoiceField(choices=Action.choices, help_text="处理方式")
    reason = Text(max_length=300, help_text=REASON)


class NewDecisionsSerializer(NewDecisionSerializer, BulkSerializer):
    """The same for several differences."""

    differences = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST, help_text="差异的 id"
    )


class AskedDecisionsSerializer(serializers.Serializer[Any]):
    """Which decisions are asked for."""

    state = serializers.ChoiceField(choices=DecisionState.choices, required=False)
    batch = serializers.UUIDField(required=False)


class DecisionsTakenSerializer(BulkAnswerSerializer):
    """What became of a call for several."""

    batch = serializers.UUIDField(help_text="这一批处理的编号")
    count = serializers.IntegerField(help_text="提出处理的条数")


class DecisionReasonSerializer(serializers.Serializer[Any]):
    """Why it is sent back."""

    reason = Text(max_length=300, help_text=REASON)


class AssignmentSerializer(serializers.Serializer[Any]):
    """Who shall look after it."""

    to = Text(max_length=150, allow_blank=True, help_text="本机构人员的用户名；空为不指派")


class NewCommentSerializer(serializers.Serializer[Any]):
    """A remark for colleagues."""

    text = Text(max_length=LONGEST)


def with_assignee() -> QuerySet[Difference]:
    return Difference.objects.select_related("assigned_to")


def refused(refusal: Refused) -> Problem:
    """All faults of a refusal, each with its pointer; a conflict with how things stand when no field is at fault."""
    errors = [{"pointer": f"/{field}", "detail": text} for field, text in refusal.faults if field]
    return Problem(422 if errors else 409, "refused", refusal.sentence, errors=errors)


def read(serializer: type[serializers.Serializer[Any]], request: ApiRequest) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class Differences(ApiView):
    permissions = {"GET": "reconciliation.runs.view"}

    @extend_schema(
        parameters=parameters(DifferenceFilter), responses=DifferenceSerializer(many=True), summary="差异列表"
    )
    def get(self, request: ApiRequest) -> Response:
        found = filtered(DifferenceFilter, request.query_params, with_assignee())
        return self.page(found, DifferenceSerializer)


class OneDifference(ApiView):
    permissions = {"GET": "reconciliation.runs.view"}

    @extend_schema(responses=DifferenceDetailSerializer, summary="一条差异，附处理和备注")
    def get(self, request: ApiRequest, difference_id: UUID) -> Response:
        return Response(DifferenceDetailSerializer(get_or_404(Difference, difference_id)).data)


class DifferenceDecisions(ApiView):
    permissions = {"POST": "reconciliation.differences.decide"}

    @extend_schema(
        request=NewDecisionSerializer,
        responses={201: DecisionSerializer},
        summary="提出处理一条差异",
        description=(
            "动钱的处理在开启双人复核的机构先处于 proposed 状态，由另一位复核人员复核后办理；"
            "调用接口时 state 变为 running，结束后为 done 或 failed。现在不能这样处理的，返回 422 和原因；"
            "已提出处理的返回 409，正在调用接口的附上接口业务。"
        ),
    )
    def post(self, request: ApiRequest, difference_id: UUID) -> Response:
        difference, asked = get_or_404(Difference, difference_id), read(NewDecisionSerializer, request)
        try:
            made = propose(difference, asked["action"], reason=asked["reason"], by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return Response(DecisionSerializer(made).data, 201)


class Decisions(ApiView):
    permissions = {"GET": "reconciliation.runs.view", "POST": "reconciliation.differences.decide"}
    rows_in = ("differences",)

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=DecisionState.values, description="只看这种状态"),
            OpenApiParameter("batch", UUID, description="只看一次批量提出的处理（答复中的 batch）"),
        ],
        responses=DecisionSerializer(many=True),
        summary="差异的处理列表",
    )
    def get(self, request: ApiRequest) -> Response:
        # Not as a form sends it: there an empty value means none.
        asked = AskedDecisionsSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return self.page(Decision.objects.filter(**asked.validated_data), DecisionSerializer)

    @extend_schema(
        request=NewDecisionsSerializer,
        responses={201: DecisionsTakenSerializer, 207: DecisionsTakenSerializer},
        summary="对多条差异提出同样的处理",
    )
    def post(self, request: ApiRequest) -> Response:
        asked = read(NewDecisionsSerializer, request)
        assert request.member.institution
        rows, batch, count = Rows("differences"), None, 0
        ids = firsts(asked["differences"], rows)
        mine = Difference.objects.filter(environment=request.member.institution.environment)
        here = mine.filter(pk__in=list(ids.values()))
        known = set(here.values_list("pk", flat=True))
        for place in [place for place, one in ids.items() if one not in known]:
            rows.wrong(place, [("", "没有这条差异")])
        if known and not (asked["atomic"] and rows.faults):
            try:
                taken = propose_all(here, asked["action"], reason=asked["reason"], by=request.member)
            except Refused as refusal:
                raise refused(refusal) from None
            batch, count, left = taken.batch, taken.count, {one.pk: sentence for one, sentence in taken.left}
            for place, one in ids.items():
                if one in left:
                    rows.wrong(place, [("", left[one])])
                elif one in known:
                    rows.done(place, "proposed", one)
        more = {"batch": str(batch), "count": count}
        return answered([rows], atomic=asked["atomic"], more=more)


class OneDecision(ApiView):
    permissions = {"GET": "reconciliation.runs.view"}

    @extend_schema(responses=DecisionSerializer, summary="一项处理：由谁提出、复核，结果如何")
    def get(self, request: ApiRequest, decision_id: UUID) -> Response:
        return Response(DecisionSerializer(get_or_404(Decision, decision_id)).data)


class DecisionApprovals(ApiView):
    permissions = {"POST": "reconciliation.differences.approve"}

    @extend_schema(request=None, responses={200: DecisionSerializer}, summary="复核通过（须由人，接口密钥不能复核）")
    def post(self, request: ApiRequest, decision_id: UUID) -> Response:
        decision = get_or_404(Decision, decision_id)
        try:
            return Response(DecisionSerializer(approve(decision, by=request.member)).data)
        except Refused as refusal:
            raise refused(refusal) from None


class DecisionRefusals(ApiView):
    permissions = {"POST": "reconciliation.differences.approve"}

    @extend_schema(request=DecisionReasonSerializer, responses={200: DecisionSerializer}, summary="退回")
    def post(self, request: ApiRequest, decision_id: UUID) -> Response:
        decision, asked = get_or_404(Decision, decision_id), read(DecisionReasonSerializer, request)
        try:
            refuse(decision, by=request.member, reason=asked["reason"])
        except Refused as refusal:
            raise refused(refusal) from None
        decision.refresh_from_db()
        return Response(DecisionSerializer(decision).data)


class DecisionWithdrawals(ApiView):
    permissions = {"POST": "reconciliation.differences.decide"}

    @extend_schema(request=None, responses={200: DecisionSerializer}, summary="撤回还没有复核的处理")
    def post(self, request: ApiRequest, decision_id: UUID) -> Response:
        decision = get_or_404(Decision, decision_id)
        try:
            withdraw(decision, by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        decision.refresh_from_db()
        return Response(DecisionSerializer(decision).data)


class DifferenceAssignments(ApiView):
    permissions = {"POST": "reconciliation.differences.discuss"}

    @extend_schema(
        request=AssignmentSerializer,
        responses={200: DifferenceSerializer},
        summary="指派一条差异",
        description="指派给本机构的经办或复核人员；已处理的差异不再指派，返回 409。",
    )
    def post(self, request: ApiRequest, difference_id: UUID) -> Response:
        difference, name = get_or_404(Difference, difference_id), read(AssignmentSerializer, request)["to"]
        try:
            assign_one(difference, colleague(name) if name else None, by=request.member)
        except Refused as refusal:
            raise refused(refusal) from None
        return Response(DifferenceSerializer(with_assignee().get(pk=difference.pk)).data)


class DifferenceComments(ApiView):
    permissions = {"POST": "reconciliation.differences.discuss"}

    @extend_schema(request=NewCommentSerializer, responses={201: DifferenceCommentSerializer}, summary="备注一条差异")
    def post(self, request: ApiRequest, difference_id: UUID) -> Response:
        difference, asked = get_or_404(Difference, difference_id), read(NewCommentSerializer, request)
        made = comment(difference, asked["text"], by=request.member)
        return Response(DifferenceCommentSerializer(made).data, 201)

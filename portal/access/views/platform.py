"""Institutions, their first people and emergency views, for platform administrators (no patient data here)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from portal.access.door import platform_tx, tenant_tx
from portal.access.forms import AddPersonForm, AppointForm, GlassForm, InstitutionChangeForm, InstitutionForm
from portal.access.gate import break_glass_of, platform_page, signed_in_page
from portal.access.member import PortalRequest
from portal.access.models import BreakGlass, GrantState, Institution, Membership, RoleGrant
from portal.access.services import glass
from portal.access.services import institutions as services
from portal.access.services.members import decide_grant, username_taken
from portal.access.services.refusals import NotAllowed

PLATFORM = "platform.manage"


@platform_page(PLATFORM)
def institutions(request: PortalRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip().replace("\0", "")
    rows = Institution.objects.order_by("code")
    if query:
        rows = rows.filter(Q(code__istartswith=query) | Q(name__icontains=query))
    shown = list(rows[:200])
    people = Membership.objects.filter(institution__in=shown, is_active=True).values_list("institution")
    counts = dict(people.annotate(Count("id")).order_by())
    listed = [(row, counts.get(row.pk, 0)) for row in shown]
    context = {"listed": listed, "query": query, "total": rows.count()}
    return render(request, "access/institutions.html", context)


@platform_page(PLATFORM, methods=("GET", "POST"), door=False)
def create(request: PortalRequest) -> HttpResponse:
    form = InstitutionForm(request.POST or None)
    if form.is_valid():
        institution = services.create_institution(form.instance, by=request.member)
        messages.success(request, "机构已新增，请为它指定机构管理员")
        return redirect("access:institution", institution.public_id)
    return render(request, "access/institution_form.html", {"form": form})


@platform_page(PLATFORM)
def institution(request: PortalRequest, public_id: UUID) -> HttpResponse:
    row = find(public_id)
    people = Membership.objects.filter(institution=row).select_related("user").order_by("-is_active", "user__username")
    waiting = RoleGrant.objects.filter(institution=row, state=GrantState.WAITING)
    views = BreakGlass.objects.filter(institution=row).select_related("user")[:5]
    context = {
        "row": row,
        "people": list(people),
        "grants": list(waiting.select_related("person", "requested_by")),
        "views": list(views),
        "appoint": AppointForm(),
        "add": AddPersonForm(),
    }
    return render(request, "access/institution.html", context)


@platform_page(PLATFORM, methods=("GET", "POST"), door=False)
def change(request: PortalRequest, public_id: UUID) -> HttpResponse:
    row = find(public_id)
    form = InstitutionChangeForm(request.POST or None, instance=row)
    if form.is_valid():
        services.change_institution(row, form.cleaned_data, by=request.member)
        messages.success(request, "机构资料已保存")
        return redirect("access:institution", row.public_id)
    return render(request, "access/institution_form.html", {"form": form, "row": row})


@platform_page(PLATFORM, methods=("POST",), door=False)
def appoint(request: PortalRequest, public_id: UUID) -> HttpResponse:
    row, form = find(public_id), AppointForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请填写新管理员的用户名和姓名")
        return redirect("access:institution", row.public_id)
    given = form.cleaned_data
    try:
        membership, password, grant = services.appoint_administrator(
            row, given["username"], given["full_name"], by=request.member
        )
    except ValidationError as error:
        taken = "用户名已被使用；此人已有账号时请用“加入已有人员”"
        messages.error(request, taken if username_taken(error) else "；".join(error.messages))
        return redirect("access:institution", row.public_id)
    note = "该机构已有管理员，角色须由其中一位复核后生效" if grant else ""
    context = {"person": membership.user, "what": "一次性密码", "secret": password, "note": note, "institution": row}
    return render(request, "access/secret_once.html", context)


@platform_page(PLATFORM, methods=("POST",), door=False)
def add_person(request: PortalRequest, public_id: UUID) -> HttpResponse:
    row, form = find(public_id), AddPersonForm(request.POST)
    try:
        username = form.cleaned_data["username"] if form.is_valid() else ""
        services.add_person(row, username, by=request.member)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已加入，请该机构的管理员授予角色")
    return redirect("access:institution", row.public_id)


@platform_page(PLATFORM, methods=("POST",), door=False)
def decide(request: PortalRequest, public_id: UUID, grant_id: UUID) -> HttpResponse:
    row = find(public_id)
    with tenant_tx(row.pk):
        grant = RoleGrant.objects.filter(pk=grant_id).first()
        if grant is None:
            raise Http404("没有找到这条记录")
        try:
            decide_grant(grant, approve=request.POST.get("decision") == "approve", by=request.member)
        except NotAllowed as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, "已处理")
    return redirect("access:institution", row.public_id)


@platform_page(PLATFORM, methods=("GET", "POST"), door=False)
def break_glass(request: PortalRequest, public_id: UUID) -> HttpResponse:
    row, form = find(public_id), GlassForm(request.POST or None)
    if form.is_valid():
        try:
            glass.break_glass(request, row, form.cleaned_data["reason"], by=request.member)
        except NotAllowed as refusal:
            form.add_error("reason", refusal.message)
        else:
            return redirect("web:dashboard")
    return render(request, "access/break_glass.html", {"row": row, "form": form})


@signed_in_page(methods=("POST",), reason="ends one's own emergency view")
def break_glass_end(request: PortalRequest) -> HttpResponse:
    if found := break_glass_of(request):
        glass.close_glass(request, found, by=request.member)
        messages.success(request, "已结束应急查看")
    return redirect("access:institutions")


def find(public_id: UUID) -> Institution:
    with platform_tx():
        row = Institution.objects.filter(public_id=public_id).first()
    if row is None:
        raise Http404("没有找到这家机构")
    return row

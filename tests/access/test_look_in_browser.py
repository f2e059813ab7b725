"""Every page of the access room in a real browser: accessible, and without complaints of the content policy."""

import pytest
from playwright.sync_api import expect

from portal.access.door import tenant_tx
from portal.access.models import InstitutionKey
from portal.access.services.members import invite_member, make_reset_code
from portal.access.services.passwords import give_one_time_password
from tests.access.browser import opened
from tests.cast import PASSWORD, membership_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The reference holds every operation of every business, all of one template: axe would take longer for it than for all
#: other pages together. Leaves one of each shape (elements, attributes, what is too wide), in the same list or table as
#: well as among operations, and says which ids come twice.
ONE_OF_EACH_SHAPE = """() => {
  const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
  const tooWide = one => one.scrollWidth > one.clientWidth;
  const shape = one => [one.localName, one.className, ...one.getAttributeNames(), tooWide(one)].join();
  const shapes = one => [...new Set([one, ...one.querySelectorAll('*')].map(shape))].sort().join(';');
  const again = (all, seen = new Set()) => [...all].filter(one => seen.size === seen.add(shapes(one)).size);
  const lists = [...document.querySelectorAll('.reference ul, .reference tbody')];
  const found = [again(document.querySelectorAll('section.operation')), ...lists.map(list => again(list.children))];
  found.flat().forEach(one => one.remove());
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""


@pytest.fixture
def desk(browser, live_server):
    with opened(browser, live_server.url) as desk:
        yield desk


@pytest.fixture
def page(desk):
    return desk.tab()


def sign_in(page, username, password=PASSWORD):
    page.get_by_label("用户名", exact=True).fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.keyboard.press("Enter")


def test_it_signs_in_with_the_keyboard_and_tells_what_is_wrong(desk, page, alice_member):
    desk.visit(page, "/")
    expect(page.get_by_label("用户名", exact=True)).to_be_focused()
    desk.look(page, "sign-in")
    sign_in(page, "alice", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    desk.look(page, "sign-in-wrong")
    page.get_by_role("button", name="显示密码").click()
    assert page.get_by_label("密码", exact=True).get_attribute("type") == "text"
    page.get_by_role("button", name="隐藏密码").click()
    page.get_by_label("记住用户名").check()
    sign_in(page, "alice")
    page.wait_for_url(f"{desk.url}/")
    page.get_by_role("button", name="经办甲").click()
    page.get_by_role("button", name="退出").click()
    page.get_by_role("dialog").get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in/")
    expect(page.get_by_label("密码", exact=True)).to_be_focused()
    assert page.get_by_label("用户名", exact=True).input_value() == "alice"


def test_it_shows_the_lock(desk, page, alice_member):
    desk.visit(page, "/sign-in/")
    for _ in range(5):
        sign_in(page, "alice", "wrong")
    expect(page.get_by_role("heading", name="账号已锁定")).to_be_visible()
    desk.look(page, "locked")


def test_it_leads_through_the_first_password(desk, page, alice_member):
    password = give_one_time_password(alice_member.user)
    desk.visit(page, "/sign-in/")
    sign_in(page, "alice", password)
    page.wait_for_url("**/account/password/")
    page.locator("#id_new").fill("short")
    page.get_by_label("再次输入新密码").fill("other")
    page.keyboard.press("Enter")
    expect(page.get_by_text("两次输入的新密码不一致")).to_be_visible()
    desk.look(page, "password-first")
    page.locator("#id_new").fill("Autumn-Leaf-77")
    page.get_by_label("再次输入新密码").fill("Autumn-Leaf-77")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.url}/")
    desk.look(desk.visit(page, "/account/password/"), "password")


def test_it_takes_a_reset_code(desk, page, alice_member, dora_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        code = make_reset_code(membership_of_open(alice_member), by=dora_member)
    desk.visit(page, "/sign-in/")
    page.get_by_role("link", name="忘记密码").click()
    desk.look(page, "forgot")
    page.get_by_label("用户名").fill("alice")
    page.get_by_label("重置码", exact=False).first.fill(code)
    page.locator("#id_new").fill("Autumn-Leaf-77")
    page.get_by_label("再次输入新密码").fill("Autumn-Leaf-77")
    page.keyboard.press("Enter")
    expect(page.get_by_text("新密码已设置")).to_be_visible()


def membership_of_open(member):
    from portal.access.models import Membership

    return Membership.objects.select_related("user").get(user=member.user)


def test_it_shows_the_second_factor(desk, page, alice_member):
    desk.sign_in(alice_member)
    desk.visit(page, "/account/totp/")
    desk.look(page, "totp")
    page.get_by_role("button", name="复制密钥").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()


def test_it_shows_people_and_keys(desk, page, dora_member, bob_member, alice_member, carol_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        invite_member("erin", "新来的", ["clerk"], by=dora_member)
        InstitutionKey.objects.create_key(
            name="住院 HIS", scopes=["portal.use"], made_by=dora_member.user, addresses=["10.1.0.0/16"]
        )
    desk.sign_in(dora_member)
    desk.look(desk.visit(page, "/members/"), "members")
    desk.look(desk.visit(page, f"/members/{membership_of(alice_member).pk}/"), "member")
    page.get_by_role("button", name="停用").click()
    desk.look(page, "member-confirm")
    page.get_by_role("dialog").get_by_role("button", name="取消").click()
    page.get_by_role("button", name="生成重置码").click()
    page.get_by_role("dialog").get_by_role("button", name="生成").click()
    expect(page.get_by_role("heading", name="重置码")).to_be_visible()
    desk.look(page, "reset-code")
    desk.visit(page, "/members/invite/")
    page.get_by_label("用户名").fill("no spaces please")
    page.get_by_role("button", name="新增人员").click()
    expect(page.get_by_text("请至少选择一个角色")).to_be_visible()
    desk.look(page, "member-invite")
    desk.look(desk.visit(page, "/members/grants/"), "grants")
    desk.look(desk.visit(page, "/keys/"), "keys")
    desk.visit(page, "/keys/create/")
    desk.look(page, "key-create")
    desk.visit(page, "/api/v1/docs")
    expect(page.get_by_text("/api/v1/keys").first).to_be_visible()
    assert page.evaluate(ONE_OF_EACH_SHAPE) == []
    desk.look(page, "api-docs")


def test_it_shows_the_platform(desk, page, paul_member, dora_member, alice_member, hospital_a, hospital_b):
    desk.sign_in(paul_member)
    desk.look(desk.visit(page, "/"), "institutions")
    desk.look(desk.visit(page, "/platform/institutions/create/"), "institution-create")
    where = f"/platform/institutions/{hospital_a.public_id}/"
    desk.look(desk.visit(page, where), "institution")
    desk.look(desk.visit(page, "/platform/users/"), "users")
    desk.look(desk.visit(page, f"/platform/users/{alice_member.user.pk}/"), "user")
    desk.look(desk.visit(page, "/platform/users/create/"), "user-create")
    desk.visit(page, f"{where}break-glass/")
    page.get_by_label("理由").fill("工单 2031-7：核对清算数据")
    desk.look(page, "break-glass")
    page.get_by_role("button", name="开始查看").click()
    page.wait_for_url(f"{desk.url}/")
    expect(page.get_by_text("应急查看").first).to_be_visible()
    desk.look(page, "break-glass-banner")

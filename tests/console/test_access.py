"""Users, invitations, roles, keys: what administrators may do from the console, and what nobody may."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from jiceng.access.actor import Actor
from jiceng.access.models import ApiKey, Invite, Role, RoleAssignment, RoleGrant, User
from jiceng.access.services import create_key, create_role
from tenants.context import tenant_scope
from tests.factories import make_user

URLCONF = "jiceng.config.urls_tenant"


def url(name: str, *args: object) -> str:
    return reverse(f"console-console-{name}", urlconf=URLCONF, args=args)


@pytest.fixture
def office(client_for, login, hongqi, secretary):
    return login(client_for(hongqi), secretary)


@pytest.fixture
def facts(hongqi):
    """Everything these pages can change, as it stands."""

    def read() -> tuple:
        with tenant_scope(hongqi):
            return (
                sorted(User.objects.values_list("username", "is_active")),
                sorted(RoleAssignment.objects.values_list("user__username", "role__code", "unit_path")),
                sorted(Role.objects.values_list("code", "name")),
                sorted(RoleGrant.objects.values_list("role__code", "permission", "is_allowed")),
                sorted(Invite.objects.values_list("display_name", "revoked_at"), key=str),
                sorted(ApiKey.objects.values_list("name", "revoked_at"), key=str),
            )

    return read


# --- Users ------------------------------------------------------------------------------------------------------------
def test_live_filter_finds_by_name_role_and_state(office, member, editor):
    def shown(**query: str) -> list[str]:
        return [user.username for user, _held in office.get(url("user_list"), query).context["rows"]]

    assert shown(q="成员") == ["chengyuan"]
    assert shown(role="editor") == ["bianji"]
    assert shown(state="disabled") == []
    assert shown(q="%") == []


def test_disabling_ends_sessions_and_can_be_undone(office, client_for, login, hongqi, editor):
    desk = login(client_for(hongqi), editor)
    assert desk.get("/console/").status_code == 200
    office.post(url("user_disable", editor.pk))
    assert desk.get("/console/").status_code == 302
    assert [user.username for user, _held in office.get(url("user_list"), {"state": "disabled"}).context["rows"]] == [
        "bianji"
    ]
    office.post(url("user_enable", editor.pk))
    with tenant_scope(hongqi):
        assert User.objects.get(pk=editor.pk).is_active


def test_nobody_acts_on_their_own_account(office, secretary, facts):
    before = facts()
    for name in ("user_disable", "user_enable", "user_reset_totp"):
        assert office.post(url(name, secretary.pk)).status_code == 403
    assert office.post(url("role_assign", secretary.pk), {"role": "auditor"}).status_code == 403
    assert facts() == before


def test_last_administrator_cannot_be_lost(client_for, login, hongqi, secretary, facts):
    """Two administrators: one may end the other, then none is left to end."""
    second = make_user(hongqi, "fushuji", "administrator", display_name="副书记")
    client = login(client_for(hongqi), second)
    with tenant_scope(hongqi):
        held = RoleAssignment.objects.get(user=secretary, role__code="administrator")
        own = RoleAssignment.objects.get(user=second, role__code="administrator")
    client.post(url("role_unassign", secretary.pk, held.pk))
    before = facts()
    assert client.post(url("role_unassign", second.pk, own.pk)).status_code == 403
    assert client.post(url("user_disable", second.pk)).status_code == 403
    assert facts() == before


def test_roles_are_given_within_a_unit(office, hongqi, member):
    from jiceng.members.services import create_unit

    with tenant_scope(hongqi):
        branch = create_unit(name="第一支部", kind="party_branch", actor=Actor.system())
    office.post(url("role_assign", member.pk), {"role": "editor", "unit_path": branch.path})
    with tenant_scope(hongqi):
        assert RoleAssignment.objects.get(user=member, role__code="editor").unit_path == branch.path
    assert "第一支部" in office.get(url("user_detail", member.pk)).text


@pytest.mark.parametrize(
    "data", [{}, {"role": "operator"}, {"role": "nothing"}, {"role": "editor", "unit_path": "zzzzzzzz/"}]
)
def test_malformed_assignments_change_nothing(office, member, facts, data):
    before = facts()
    assert office.post(url("role_assign", member.pk), data).status_code == 422
    assert facts() == before


def test_unknown_people_are_not_found(office, facts):
    before, nobody = facts(), uuid.uuid4()
    for name in ("user_disable", "user_enable", "user_reset_totp", "role_assign"):
        assert office.post(url(name, nobody)).status_code == 404
    assert office.post(url("role_unassign", nobody, nobody)).status_code == 404
    assert facts() == before


def test_people_of_another_tenant_do_not_exist_here(office, people, dongfeng, facts):
    foreign = people(dongfeng).member
    assert office.get(url("user_detail", foreign.pk)).status_code == 404
    assert office.post(url("user_disable", foreign.pk)).status_code == 404
    with tenant_scope(dongfeng):
        assert User.objects.get(pk=foreign.pk).is_active


# --- Invitations ------------------------------------------------------------------------------------------------------
def test_invitation_is_shown_once_with_a_code_to_scan(office, hongqi):
    page = office.post(url("invite_create"), {"display_name": "赵六", "roles": ["member"], "days": "7"})
    assert page.status_code == 200
    link = page.context["link"]
    assert link.startswith(f"http://{hongqi.host}")
    assert "<svg" in page.text
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in office.get(url("invite_list")).text
    with tenant_scope(hongqi):
        assert not Invite.objects.filter(token_hash=token).exists()


@pytest.mark.parametrize(
    "data",
    [
        {"display_name": "", "roles": ["member"], "days": "7"},
        {"display_name": "赵六", "roles": [], "days": "7"},
        {"display_name": "赵六", "roles": ["operator"], "days": "7"},
        {"display_name": "赵六", "roles": ["member"], "days": "9999"},
        {"display_name": "赵" * 51, "roles": ["member"], "days": "7"},
        {"display_name": "赵\x00六", "roles": ["member"], "days": "7"},
    ],
)
def test_bad_invitations_are_refused(office, facts, data):
    before = facts()
    assert office.post(url("invite_create"), data).status_code == 422
    assert facts() == before


def test_revoked_invitation_opens_nothing(office, client_for, hongqi):
    page = office.post(url("invite_create"), {"display_name": "赵六", "roles": ["member"], "days": "7"})
    with tenant_scope(hongqi):
        invite = Invite.objects.get(display_name="赵六")
    office.post(url("invite_revoke", invite.pk))
    path = "/invite/" + page.context["link"].rpartition("/invite/")[2]
    assert client_for(hongqi).get(path).status_code == 410
    assert office.post(url("invite_revoke", invite.pk)).status_code == 410


# --- Roles ------------------------------------------------------------------------------------------------------------
def test_overrides_are_marked_and_reset(office, hongqi, editor):
    office.post(url("role_edit", "editor"), {"permissions": ["news.read", "console.view"]})
    page = office.get(url("role_edit", "editor"))
    cells = {cell.code: cell for group in page.context["groups"] for cell in group.cells}
    assert cells["news.publish"].is_override
    assert not cells["news.publish"].is_allowed
    office.post(url("role_edit", "editor"), {"reset": "1"})
    with tenant_scope(hongqi):
        assert not RoleGrant.objects.filter(role__code="editor").exists()


def test_own_roles_come_and_go(office, hongqi):
    office.post(url("role_create"), {"name": "通讯员", "permissions": ["news.read", "news.publish"]})
    with tenant_scope(hongqi):
        role = Role.objects.get(name="通讯员")
        assert set(role.grants.values_list("permission", flat=True)) == {"news.read", "news.publish"}
    office.post(url("role_remove", role.code))
    with tenant_scope(hongqi):
        assert not Role.objects.filter(name="通讯员").exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("administrator", {"permissions": []}),
        ("editor", {"permissions": ["no.such"]}),
        ("editor", {"permissions": ["ops.tenants"]}),
    ],
)
def test_bad_role_changes_are_refused(office, facts, name, data):
    before = facts()
    assert office.post(url("role_edit", name), data).status_code in (409, 422)
    assert facts() == before


def test_operator_role_is_none_of_a_tenants_business(office, facts):
    before = facts()
    assert office.get(url("role_edit", "operator")).status_code == 404
    assert office.post(url("role_edit", "operator"), {"permissions": []}).status_code == 404
    assert facts() == before


def test_built_in_and_held_roles_cannot_be_removed(office, hongqi, member, secretary, facts):
    with tenant_scope(hongqi):
        role = create_role(name="通讯员", permissions=["news.read"], actor=Actor.for_user(secretary))
    office.post(url("role_assign", member.pk), {"role": role.code})
    before = facts()
    assert office.post(url("role_remove", role.code)).status_code == 409
    assert office.post(url("role_remove", "editor")).status_code == 409
    assert facts() == before


def test_nobody_gives_more_than_they_have(client_for, login, hongqi, member, facts, secretary):
    """Somebody trusted with users only makes no administrator and no all-powerful role."""
    with tenant_scope(hongqi):
        role = create_role(
            name="人事", actor=Actor.for_user(secretary),
            permissions=["access.read_users", "access.manage_users", "access.manage_roles", "console.view"],
        )  # fmt: skip
    clerk = make_user(hongqi, "renshi", role.code, display_name="人事")
    client = login(client_for(hongqi), clerk)
    before = facts()
    assert client.post(url("role_assign", member.pk), {"role": "administrator"}).status_code == 403
    invitation = {"display_name": "赵六", "roles": ["administrator"], "days": "7"}
    assert client.post(url("invite_create"), invitation).status_code == 403
    assert client.post(url("role_create"), {"name": "超级", "permissions": ["news.publish"]}).status_code == 403
    assert client.post(url("user_disable", secretary.pk)).status_code == 403
    assert facts() == before


def test_explainer_says_yes_no_and_why(office, editor, stranger):
    def ask(user: User, permission: str):
        query = {"user": user.username.upper(), "permission": permission, "unit_path": ""}
        return office.get(url("explain"), query).context["decision"]

    office.post(reverse("console-console-module_switch", urlconf=URLCONF, args=["news"]), {"on": "1"})
    assert (ask(editor, "news.publish").allowed, ask(editor, "news.publish").source) == (True, "role:editor")
    assert (ask(stranger, "news.publish").allowed, ask(stranger, "news.publish").source) == (False, "none")
    office.post(reverse("console-console-module_switch", urlconf=URLCONF, args=["news"]), {"on": "0"})
    assert ask(editor, "news.publish").source == "module"


def test_explainer_tells_of_unknown_people_and_permissions(office, editor):
    for query in ({"user": "nobody", "permission": "news.read"}, {"user": "bianji", "permission": "no.such"}):
        context = office.get(url("explain"), query).context
        assert context["form"].errors
        assert "decision" not in context


# --- Keys -------------------------------------------------------------------------------------------------------------
def new_key(**changes: object) -> dict[str, object]:
    return {"name": "门户网站", "days": "90", "allowed_addresses": "", "scopes": ["news.read"], **changes}


@pytest.fixture
def news_on(office):
    office.post(reverse("console-console-module_switch", urlconf=URLCONF, args=["news"]), {"on": "1"})


def test_key_is_shown_once_and_works_until_revoked(office, news_on, client_for, hongqi):
    page = office.post(url("key_create"), new_key())
    token = page.context["token"]
    assert f"Bearer {token}" in page.context["example"]
    assert token not in office.get(url("key_list")).text
    program = client_for(hongqi, key=token)
    assert program.get("/api/v1/news/articles").status_code == 200
    with tenant_scope(hongqi):
        key = ApiKey.objects.get()
    office.post(url("key_revoke", key.pk))
    assert program.get("/api/v1/news/articles").status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "长" * 61}, {"scopes": []}, {"scopes": ["no.such"]}, {"scopes": ["ops.tenants"]},
        {"days": "100000"}, {"days": "-1"}, {"allowed_addresses": "300.1.1.1"}, {"allowed_addresses": "例子"},
        {"allowed_addresses": "\n".join(f"10.0.0.{last}" for last in range(30))},
    ],
)  # fmt: skip
def test_bad_keys_are_refused(office, news_on, facts, changes):
    before = facts()
    assert office.post(url("key_create"), new_key(**changes)).status_code == 422
    assert facts() == before


@pytest.mark.parametrize("who", ["editor", "member", "stranger"])
def test_others_change_nothing(who, request, client_for, login, hongqi, secretary, member, facts):
    with tenant_scope(hongqi):
        key, _token = create_key(name="旧密钥", scopes=["news.read"], actor=Actor.for_user(secretary))
    client = login(client_for(hongqi), request.getfixturevalue(who))
    before = facts()
    attempts = [
        (url("user_disable", secretary.pk), {}), (url("user_reset_totp", secretary.pk), {}),
        (url("role_assign", member.pk), {"role": "administrator"}),
        (url("invite_create"), {"display_name": "赵六", "roles": ["administrator"], "days": "7"}),
        (url("role_create"), {"name": "超级", "permissions": ["news.publish"]}),
        (url("role_edit", "member"), {"permissions": ["access.manage_users"]}),
        (url("key_create"), new_key()), (url("key_revoke", key.pk), {}),
    ]  # fmt: skip
    assert [client.post(path, data).status_code for path, data in attempts] == [403] * len(attempts)
    assert facts() == before

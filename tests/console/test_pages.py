"""Every page of the console, for everybody: the administrator sees it, nobody else gets in, and nothing breaks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from jiceng.access.actor import Actor
from jiceng.access.services import create_invite
from jiceng.members import services as members
from tenants.context import tenant_scope

LISTS = (
    "console-console-dashboard", "console-console-module_list", "console-console-user_list",
    "console-console-invite_list", "console-console-invite_create", "console-console-role_list",
    "console-console-role_create", "console-console-explain", "console-console-key_list", "console-console-key_create",
    "console-console-audit_list", "console-console-audit_export", "console-console-organisation_edit",
    "console-console-domain_list", "console-members-people", "console-members-person_create",
    "console-members-unit_create",
)  # fmt: skip
OPEN_TO_EDITORS = {"console-console-dashboard", "console-members-people"}
URLCONF = "jiceng.config.urls_tenant"


def address(name: str, *args: object) -> str:
    return reverse(name, urlconf=URLCONF, args=args)


@pytest.fixture
def roster(hongqi, secretary):
    """A small organisation with one person in it."""
    with tenant_scope(hongqi):
        actor = Actor.for_user(secretary)
        unit = members.create_unit(name="机关党委", kind="party_committee", actor=actor)
        members.create_unit(name="第一党支部", kind="party_branch", parent_id=unit.pk, actor=actor)
        person = members.create_person(name="欧阳华", unit_id=unit.pk, title="书记", actor=actor)
        invite, _token = create_invite(display_name="李四", roles=["member"], actor=actor)
    return {"unit": unit, "person": person, "invite": invite}


@pytest.fixture
def details(roster, member):
    """Pages about one thing."""
    return (
        address("console-console-module_detail", "news"),
        address("console-console-module_switch", "news") + "?on=1",
        address("console-console-settings_edit", "news"),
        address("console-console-settings_history", "news"),
        address("console-console-user_detail", member.pk),
        address("console-console-role_edit", "editor"),
        address("console-members-person_edit", roster["person"].pk),
        address("console-members-person_invite", roster["person"].pk),
        address("console-members-unit_edit", roster["unit"].pk),
        address("console-members-unit_move", roster["unit"].pk),
        address("console-members-unit_remove", roster["unit"].pk),
    )


@pytest.mark.parametrize("name", LISTS)
def test_administrator_opens_page(name, client_for, login, hongqi, secretary, roster):
    response = login(client_for(hongqi), secretary).get(address(name))
    assert response.status_code == 200
    assert b"style=" not in response.content
    assert b"<script>" not in response.content


def test_administrator_opens_details(details, client_for, login, hongqi, secretary):
    client = login(client_for(hongqi), secretary)
    assert {url: client.get(url).status_code for url in details} == dict.fromkeys(details, 200)


@pytest.mark.parametrize("name", LISTS)
def test_editor_sees_only_what_the_role_gives(name, client_for, login, hongqi, editor):
    expected = 200 if name in OPEN_TO_EDITORS else 403
    assert login(client_for(hongqi), editor).get(address(name)).status_code == expected


@pytest.mark.parametrize("who", ["member", "stranger"])
def test_others_are_refused_everywhere(who, request, details, client_for, login, hongqi):
    client = login(client_for(hongqi), request.getfixturevalue(who))
    pages = [*map(address, LISTS), *details]
    assert {url: client.get(url).status_code for url in pages} == dict.fromkeys(pages, 403)


def test_visitors_are_sent_to_the_login(details, client_for, hongqi):
    client = client_for(hongqi)
    for url in [*map(address, LISTS), *details]:
        response = client.get(url)
        assert response.status_code == 302, url
        assert response.headers["Location"].startswith("/login/?next="), url

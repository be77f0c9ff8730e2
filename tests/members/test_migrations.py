"""A tenant that was there before the registry knew history keeps its people, each with the first period of one."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate

from tenants.context import owner_scope
from tests.support import database

SCHEMA = "probe_upgrade"
UNIT = (
    'INSERT INTO "{0}".members_unit (id, parent_id, name, kind, path, depth, position, created_at, updated_at)'
    " VALUES (%s, %s, %s, %s, %s, %s, 0, '2024-03-05T02:00:00Z', now())"
)
PERSON = (
    'INSERT INTO "{0}".members_person (id, name, pinyin, search_key, title, unit_id, created_at, updated_at)'
    " VALUES (%s, %s, %s, '', '', %s, '2024-04-01T02:00:00Z', now())"
)


@pytest.fixture
def upgraded(transactional_db):
    """``upgraded(rows)``: a schema at the first state with those rows, brought to the present one; an owner's connection."""
    with database.as_owner(), database.owner_connection() as owner:
        owner.execute(f'CREATE SCHEMA "{SCHEMA}"')

        def run(rows):
            _migrate("members", "0001")
            for statement, values in rows:
                owner.execute(statement.format(SCHEMA), values)
            _migrate("members")
            return owner

        yield run
        owner.execute(f'DROP SCHEMA "{SCHEMA}" CASCADE')


def _migrate(*target: str) -> None:
    with owner_scope(SCHEMA):
        call_command(migrate.Command(), *target, database="default", verbosity=0, interactive=False)


def test_units_and_people_keep_their_place_and_get_a_history(upgraded):
    top, branch, office, person, loner = (uuid.uuid4() for _number in range(5))
    owner = upgraded([
        (UNIT, (top, None, "党总支", "general_branch", "aaaaaaaa/", 1)),
        # What stood below a Party unit stays in its tree, whatever it called itself.
        (UNIT, (branch, top, "受理组", "window", "aaaaaaaa/bbbbbbbb/", 2)),
        (UNIT, (office, None, "综合科", "department", "cccccccc/", 1)),
        (PERSON, (person, "张三", "zhang san", branch)),
        (PERSON, (loner, "李四", "li si", None)),
    ])  # fmt: skip

    def rows(query: str) -> list:
        return owner.execute(query.replace("{}", SCHEMA)).fetchall()

    assert rows('SELECT name, tree, founded_on::text FROM "{}".members_unit ORDER BY path') == [
        ("党总支", "party", "2024-03-05"), ("受理组", "party", "2024-03-05"), ("综合科", "admin", "2024-03-05"),
    ]  # fmt: skip
    assert rows('SELECT name, parent_id, valid_to FROM "{}".members_unitperiod ORDER BY name') == [
        ("党总支", None, None), ("受理组", top, None), ("综合科", None, None),
    ]  # fmt: skip
    assert rows('SELECT person_id, body, state, unit_id, ended_on FROM "{}".members_membership') == [
        (person, "party", "full", branch, None)
    ]
    assert rows('SELECT state, unit_id, valid_from::text, valid_to FROM "{}".members_membershipperiod') == [
        ("full", branch, "2024-04-01", None)
    ]
    assert rows('SELECT name, initial, state FROM "{}".members_person ORDER BY pinyin') == [
        ("李四", "L", "active"), ("张三", "Z", "active"),
    ]  # fmt: skip

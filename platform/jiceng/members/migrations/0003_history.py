"""Give units and people that were there before the registry knew history their first period of it."""

from django.db import migrations

TREES = {
    "party": ("party_committee", "general_branch", "party_branch", "party_group"),
    "union": ("union",),
    "league": ("youth_league",),
    "women": ("womens_federation",),
}
STATES = {"party": "full", "union": "member", "league": "member", "women": "member", "admin": "regular"}


def _case(column, pairs, default):
    whens = " ".join(
        f"WHEN {column} IN ({', '.join(repr(value) for value in values)}) THEN '{to}'" for to, values in pairs
    )
    return f"CASE {whens} ELSE '{default}' END"


TREE_OF_ROOT = _case("root.kind", TREES.items(), "admin")
BODY = _case("u.tree", ((tree, (tree,)) for tree in TREES), "staff")
STATE = _case("u.tree", ((state, (tree,)) for tree, state in STATES.items()), "regular")

FORWARD = [
    # A unit stands in the tree of its topmost unit, whatever its own kind was.
    f"UPDATE members_unit AS u SET tree = {TREE_OF_ROOT} FROM members_unit AS root"
    " WHERE root.parent_id IS NULL AND u.path LIKE root.path || '%'",
    "UPDATE members_unit SET founded_on = created_at::date",
    "INSERT INTO members_unitperiod (id, unit_id, parent_id, name, kind, position, valid_from)"
    " SELECT gen_random_uuid(), id, parent_id, name, kind, position, founded_on FROM members_unit",
    "INSERT INTO members_membership (id, person_id, body, state, unit_id, end_reason, version, created_at, updated_at)"
    f" SELECT gen_random_uuid(), p.id, {BODY}, {STATE}, u.id, '', 1, p.created_at, p.updated_at"
    " FROM members_person p JOIN members_unit u ON u.id = p.unit_id",
    "INSERT INTO members_membershipperiod (id, membership_id, state, unit_id, valid_from, note)"
    " SELECT gen_random_uuid(), id, state, unit_id, created_at::date, '' FROM members_membership",
    "UPDATE members_person SET initial = upper(left(pinyin, 1)) WHERE pinyin ~ '^[a-z]'",
]


class Migration(migrations.Migration):
    dependencies = [("members", "0002_registry")]

    operations = [migrations.RunSQL([(statement, None) for statement in FORWARD], migrations.RunSQL.noop)]

"""A tenant's schema: made by a script from the template, equal to what migrations make, and self-contained."""

from __future__ import annotations

import time

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

from jiceng.kernel.context import Scope, enter
from tenants import ddl, structure
from tenants.context import owner_scope, platform_scope
from tenants.models import SpareSchema
from tests.support import catalogue, database


@pytest.fixture
def owner(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), database.owner_connection() as connection_:
        yield connection_


@pytest.fixture
def as_owner(transactional_db):
    with database.as_owner():
        yield


def spare_of(owner) -> tuple[str, str]:
    return owner.execute("SELECT schema_name, role_name FROM public.tenants_spareschema ORDER BY id LIMIT 1").fetchone()


def test_cloned_schema_equals_the_migrated_one(owner):
    """Everything the catalogue knows of the two: no index, default, identity or constraint is lost on the way."""
    spare, _role = spare_of(owner)
    assert catalogue.structure(owner, spare) == catalogue.structure(owner, settings.TEMPLATE_SCHEMA)


def test_living_tenant_equals_the_template(owner, hongqi):
    assert catalogue.structure(owner, hongqi.schema_name) == catalogue.structure(owner, settings.TEMPLATE_SCHEMA)


def test_template_is_complete(owner):
    """Each model of a tenant's app has its table there, and none of the landlord's has."""
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    expected = {model._meta.db_table for model in apps.get_models(include_auto_created=True)
                if model._meta.app_label in labels and model._meta.managed}  # fmt: skip
    assert set(catalogue.tables(owner, settings.TEMPLATE_SCHEMA)) == expected | {"django_migrations"}


def test_migration_record_comes_along(owner, hongqi):
    query = 'SELECT app, name FROM "{}".django_migrations ORDER BY 1, 2'
    template = owner.execute(query.format(settings.TEMPLATE_SCHEMA)).fetchall()
    assert owner.execute(query.format(hongqi.schema_name)).fetchall() == template


def test_no_foreign_key_leaves_its_schema(owner):
    assert owner.execute(catalogue.FOREIGN_KEYS).fetchall() == []


def test_rights_are_the_same_for_every_tenant(owner, hongqi, dongfeng):
    first = catalogue.rights(owner, hongqi.schema_name, hongqi.role_name)
    assert first == catalogue.rights(owner, dongfeng.schema_name, dongfeng.role_name)
    assert {kind for _table, kind in first} == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    audit = [kind for table, kind in first if table == "audit_auditentry"]
    assert sorted(audit) == ["INSERT", "SELECT"]


def test_role_reaches_one_schema_only(owner, hongqi):
    schemas = owner.execute(
        "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'USAGE')"
        " AND nspname !~ '^(pg_|information_schema)' ORDER BY 1",
        [hongqi.role_name],
    ).fetchall()
    assert schemas == [("public",), (hongqi.schema_name,)]


def test_schema_names_derive_from_nothing_people_typed(hongqi, dongfeng):
    import re

    for tenant in (hongqi, dongfeng):
        assert re.fullmatch(r"t_[0-9a-f]{16}", tenant.schema_name)
        assert re.fullmatch(r"r_[0-9a-f]{16}", tenant.role_name)


def test_no_migration_waits_to_be_written():
    loader = MigrationLoader(None)
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith(("jiceng.", "modules.", "tenants"))}
    with translation.override(None):  # as makemigrations does: lazy labels compare by their msgid
        changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    assert {label: [str(m.operations) for m in found] for label, found in changes.items() if label in ours} == {}


@pytest.mark.django_db(transaction=True)
class TestOwner:
    """What processes with the owner's login do."""

    def test_claim_renames_and_is_fast(self, django_db_setup):
        with database.as_owner():
            structure.keep_spares(database.SPARES)
        taken = []
        for _ in range(3):
            with transaction.atomic():
                started = time.perf_counter()
                taken.append(structure.claim_spare())
                seconds = time.perf_counter() - started
                transaction.set_rollback(True)
            assert seconds < 0.25, "sign-up must rename, never migrate"
        assert all(schema.startswith("t_") and role.startswith("r_") for schema, role in taken)

    def test_rolled_back_claim_leaves_the_spare(self, django_db_setup):
        with platform_scope():
            before = set(SpareSchema.objects.values_list("schema_name", flat=True))
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            structure.claim_spare()
            1 / 0  # noqa: B018
        with platform_scope():
            assert set(SpareSchema.objects.values_list("schema_name", flat=True)) == before

    def test_spare_of_an_older_structure_is_never_claimed(self, django_db_setup, platform):
        with transaction.atomic():
            SpareSchema.objects.update(schema_digest="old")
            assert structure.claim_spare() is None
            transaction.set_rollback(True)

    def test_upgrade_with_nothing_to_do_touches_no_tenant(self, as_owner, django_assert_max_num_queries):
        with django_assert_max_num_queries(1):
            assert structure.upgrade_tenants() == 0

    def test_unknown_structure_is_refused_rather_than_left_out(self, as_owner):
        with transaction.atomic(), owner_scope(settings.TEMPLATE_SCHEMA):
            with connection.cursor() as cursor:
                cursor.execute("CREATE VIEW extra AS SELECT 1")
            with pytest.raises(ddl.UnknownStructure, match="extra"):
                ddl.read_structure(settings.TEMPLATE_SCHEMA)
            transaction.set_rollback(True)


class Sample(models.Model):
    """A table that only these tests make."""

    class Meta:
        app_label = "tests"
        managed = False
        db_table = "sample"


def _field(field: models.Field, name: str) -> models.Field:
    field.set_attributes_from_name(name)
    field.model = Sample
    return field


FIELDS = {
    "check": models.PositiveIntegerField(default=0),
    "unique": models.CharField(max_length=20, unique=True, null=True),
    "foreign": models.ForeignKey("access.User", on_delete=models.CASCADE, null=True, related_name="+"),
    "one": models.OneToOneField("access.User", on_delete=models.CASCADE, null=True, related_name="+"),
    "plain": models.CharField(max_length=20, default="x"),
    "indexed": models.SlugField(default=""),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", FIELDS)
def test_column_comes_first_and_its_constraints_after_it_by_name(as_owner, name):
    """Citus takes no ADD COLUMN with a constraint inside, and no constraint without a name."""
    field = _field(FIELDS[name].clone(), name)
    with transaction.atomic(), owner_scope(settings.TEMPLATE_SCHEMA):
        if field.remote_field:
            field.remote_field.model = apps.get_model("access.User")
        with connection.schema_editor(collect_sql=True) as editor:
            editor.create_model(Sample)
            editor.add_field(Sample, field)
        script = [line for line in editor.collected_sql if "ADD" in line or "CREATE" in line]
        transaction.set_rollback(True)
    adding = [line for line in script if "ADD COLUMN" in line]
    assert len(adding) == 1
    for word in ("CHECK", "UNIQUE", "REFERENCES", "CONSTRAINT"):
        assert word not in adding[0]
    constraints = [line for line in script if "ADD CONSTRAINT" in line]
    expected = {"check": ["CHECK"], "unique": ["UNIQUE"], "foreign": ["FOREIGN KEY"], "one": ["UNIQUE", "FOREIGN KEY"]}
    assert [kind for line in constraints for kind in ("CHECK", "UNIQUE", "FOREIGN KEY") if kind in line] == expected.get(
        name, []
    )


def test_tenant_cannot_enter_by_a_schema_that_does_not_exist(db, hongqi):
    """A scope whose schema is gone reads nothing, in particular not public's table of the same name."""
    from django.db import DatabaseError

    from jiceng.access.models import User

    with enter(Scope(key="x", schema="t_0000000000000000", role=hongqi.role_name)), pytest.raises(DatabaseError), transaction.atomic():
        User.objects.count()

"""The database backend: the server's role and path are the scope's, always, or nothing is sent."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError

from jiceng.kernel.context import ScopeMissing, current_scope
from jiceng.kernel.models import ModuleSetting
from tenants.context import platform_scope, tenant_scope
from tenants.models import Tenant
from tests.support import database

pytestmark = pytest.mark.django_db


def seen() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        return cursor.fetchone()


def expected(tenant) -> tuple[str, str]:
    return (tenant.role_name, tenant.schema_name)


def count() -> int:
    return ModuleSetting.objects.count()


def add(version: int = 1) -> None:
    ModuleSetting.objects.create(module="probe", version=version, changed_by="试")


def test_without_a_scope_every_query_is_refused(db):
    for query in (lambda: Tenant.objects.count(), count, add, lambda: connection.cursor()):
        with pytest.raises(ScopeMissing):
            query()


def test_server_agrees_with_the_scope(db, hongqi, dongfeng):
    with tenant_scope(hongqi):
        assert seen() == expected(hongqi)
        with tenant_scope(dongfeng):
            assert seen() == expected(dongfeng)
            with platform_scope():
                assert seen() == ("jiceng_platform", "public")
            assert seen() == expected(dongfeng)
        assert seen() == expected(hongqi)
    assert current_scope() is None


def test_path_holds_exactly_one_schema(in_hongqi):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schemas(false)")
        assert cursor.fetchone()[0] == [in_hongqi.schema_name]


def test_row_of_one_tenant_is_invisible_to_the_other(db, hongqi, dongfeng):
    with tenant_scope(hongqi):
        before = count()
        add()
        assert count() == before + 1
    with tenant_scope(dongfeng):
        assert not ModuleSetting.objects.filter(module="probe").exists()


def test_exception_inside_a_scope_restores_the_outer_one(db, hongqi, dongfeng):
    with tenant_scope(hongqi):
        with pytest.raises(ZeroDivisionError), tenant_scope(dongfeng):
            1 / 0  # noqa: B018
        assert seen() == expected(hongqi)


def test_savepoint_rollback_forgets_the_inner_scope(db, hongqi, dongfeng):
    """A savepoint's rollback also takes back SET LOCAL; the next statement must not trust what was sent inside."""
    with tenant_scope(hongqi):
        add()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            with tenant_scope(dongfeng):
                add(2)
                assert seen() == expected(dongfeng)
            1 / 0  # noqa: B018
        assert seen() == expected(hongqi)
        assert list(ModuleSetting.objects.filter(module="probe").values_list("version", flat=True)) == [1]


def test_savepoint_begun_in_another_scope(db, hongqi, dongfeng):
    """Here the rollback puts back the *outer* tenant's setting while the inner scope goes on."""
    with tenant_scope(hongqi):
        add()
        with tenant_scope(dongfeng):
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                add(2)
                1 / 0  # noqa: B018
            assert seen() == expected(dongfeng)
            assert not ModuleSetting.objects.filter(module="probe").exists()


def test_database_error_in_a_savepoint(db, hongqi, dongfeng):
    with tenant_scope(hongqi):
        add()
        with pytest.raises(DatabaseError), transaction.atomic():
            add()  # the same version: refused by the unique constraint
        with tenant_scope(dongfeng):
            assert seen() == expected(dongfeng)
        assert seen() == expected(hongqi)


def test_aborted_transaction_refuses_in_every_scope(db, hongqi, dongfeng):
    with tenant_scope(hongqi):
        savepoint = transaction.savepoint()
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELECT nothing_like_this")
        with tenant_scope(dongfeng), pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        transaction.savepoint_rollback(savepoint)
        assert seen() == expected(hongqi)


def test_cursor_kept_across_scopes_is_in_the_scope_of_its_execution(db, hongqi, dongfeng):
    """A cursor opened in one scope and used in another must never read for the first one's neighbour."""
    with tenant_scope(hongqi):
        cursor = connection.cursor()
        cursor.execute("SELECT current_schema()")
    with tenant_scope(dongfeng):
        cursor.execute("SELECT current_schema()")
        assert cursor.fetchone() == (dongfeng.schema_name,)
        cursor.close()


def test_copy_writes_into_the_scope_it_is_run_in(db, hongqi, dongfeng):
    columns = "id, module, version, changed_by, changed_at, values"
    with tenant_scope(hongqi), transaction.atomic():
        cursor = connection.cursor()
        add()
        with tenant_scope(dongfeng), cursor.copy(f"COPY kernel_modulesetting ({columns}) FROM STDIN") as copy:
            copy.write_row((uuid.uuid4(), "copied", 1, "试", "2026-01-01T00:00:00Z", "{}"))
        assert not ModuleSetting.objects.filter(module="copied").exists()
    with tenant_scope(dongfeng):
        assert ModuleSetting.objects.filter(module="copied").count() == 1


def test_copy_without_a_scope_is_refused(db, hongqi):
    with tenant_scope(hongqi):
        cursor = connection.cursor()
    with pytest.raises(ScopeMissing), cursor.copy("COPY kernel_modulesetting FROM STDIN"):
        pass


def test_streams_are_refused(in_hongqi):
    with pytest.raises(NotImplementedError):
        connection.cursor().stream("SELECT 1")


@pytest.mark.parametrize("parameters", [None, [1]])
def test_stacked_statements_are_refused(in_hongqi, dongfeng, foreign_sql_allowed, parameters):
    value = "%s" if parameters else "1"
    stacked = f'SELECT {value}; SET ROLE "{dongfeng.role_name}"; SELECT 2'
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(stacked, parameters)
    assert seen() == expected(in_hongqi)


def test_role_cannot_be_changed_through_a_function(in_hongqi, dongfeng, foreign_sql_allowed):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [dongfeng.role_name])
    assert seen() == expected(in_hongqi)


def test_analyser_refuses_foreign_names(in_hongqi, dongfeng):
    from tests.support.analyser import ForeignSql, take_found

    for statement in (
        f'SELECT * FROM "{dongfeng.schema_name}"."access_user"',
        "SELECT * FROM public.tenants_tenant",
        f"SET search_path TO {dongfeng.schema_name}",
        f'SET LOCAL ROLE "{dongfeng.role_name}"',
    ):
        with pytest.raises(ForeignSql), connection.cursor() as cursor:
            cursor.execute(statement)
    assert len(take_found()) == 4


class TestCommitted:
    """Outside any transaction of the test: what really begins and ends."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def test_autocommit_statement_has_the_scope_and_leaves_nothing(self, fresh_tenant):
        with tenant_scope(fresh_tenant):
            assert seen() == expected(fresh_tenant)
            add()
            assert ModuleSetting.objects.filter(module="probe").count() == 1
        assert raw_state() == (connection.settings_dict["USER"], None, "IDLE")

    def test_failed_autocommit_statement_leaves_the_connection_clean(self, fresh_tenant):
        with tenant_scope(fresh_tenant), pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELECT nothing_like_this")
        assert raw_state() == (connection.settings_dict["USER"], None, "IDLE")

    def test_transaction_leaves_nothing_whether_it_commits_or_not(self, fresh_tenant):
        with tenant_scope(fresh_tenant):
            with transaction.atomic():
                add()
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                add(2)
                1 / 0  # noqa: B018
            assert list(ModuleSetting.objects.filter(module="probe").values_list("version", flat=True)) == [1]
        assert raw_state() == (connection.settings_dict["USER"], None, "IDLE")

    def test_transaction_begins_with_its_first_statement(self, fresh_tenant):
        """An empty block sends nothing; what a block writes is one transaction all the same."""
        with tenant_scope(fresh_tenant):
            seen()
            with transaction.atomic():
                assert connection.connection.info.transaction_status.name == "IDLE"
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                add()
                assert connection.connection.info.transaction_status.name == "INTRANS"
                1 / 0  # noqa: B018
            assert not ModuleSetting.objects.filter(module="probe").exists()

    def test_block_whose_transaction_was_ended_inside_is_refused(self, fresh_tenant):
        """Going on would write outside every transaction."""
        with tenant_scope(fresh_tenant), pytest.raises(TransactionManagementError), transaction.atomic():
            add()
            connection.connection.execute("COMMIT")
            add(2)
        with tenant_scope(fresh_tenant):
            assert list(ModuleSetting.objects.filter(module="probe").values_list("version", flat=True)) == [1]

    def test_lost_connection_is_an_operational_error(self, fresh_tenant):
        """So that the shells answer 503, and the next use connects again."""
        with tenant_scope(fresh_tenant):
            seen()
            with database.owner_connection() as owner:
                owner.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
            with pytest.raises(OperationalError):
                seen()
            connection.close_if_unusable_or_obsolete()
            assert seen() == expected(fresh_tenant)

    def test_iterator_in_autocommit_reads_its_own_scope(self, fresh_tenant, hongqi):
        with tenant_scope(fresh_tenant):
            for version in range(1, 6):
                add(version)
            rows = ModuleSetting.objects.filter(module="probe").order_by("version").iterator(chunk_size=2)
            found = [next(rows).version]
            with tenant_scope(hongqi):
                assert not ModuleSetting.objects.filter(module="probe").exists()
            assert found + [row.version for row in rows] == [1, 2, 3, 4, 5]

    def test_bare_begin_is_refused(self, fresh_tenant):
        """A transaction opened by hand would have no end that we know of."""
        with tenant_scope(fresh_tenant):
            connection.ensure_connection()
            connection.connection.execute("BEGIN")
            with pytest.raises(TransactionManagementError):
                count()
            connection.connection.execute("ROLLBACK")

    def test_threads_never_meet(self, fresh_tenant, hongqi, dongfeng):
        """8 threads over 3 tenants and the platform, with errors, rollbacks and savepoints in between."""
        wrong: list[object] = []
        threads = [
            threading.Thread(target=_roam, args=(number, (fresh_tenant, hongqi, dongfeng), wrong)) for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert wrong == []
        assert not any(thread.is_alive() for thread in threads)


def raw_state() -> tuple[str, str | None, str]:
    """What the server thinks of the connection, asked past the backend."""
    raw = connection.connection
    status = raw.info.transaction_status.name
    user, schema = raw.execute("SELECT current_user, current_schema()").fetchone()
    return user, schema, status


def _roam(number: int, tenants: tuple, wrong: list) -> None:
    try:
        for turn in range(120):
            tenant = tenants[(number + turn) % len(tenants)]
            other = tenants[(number + turn + 1) % len(tenants)]
            _one_turn(tenant, other, turn, wrong)
            if connection.connection and raw_state()[1:] != (None, "IDLE"):
                wrong.append(("left", raw_state()))
    except Exception as error:
        wrong.append(error)
    finally:
        connection.close()


def _one_turn(tenant, other, turn: int, wrong: list) -> None:
    with tenant_scope(tenant):
        if seen() != expected(tenant):
            wrong.append((seen(), expected(tenant)))
        try:
            with transaction.atomic():
                if seen() != expected(tenant):
                    wrong.append((seen(), expected(tenant)))
                try:
                    with transaction.atomic(), tenant_scope(other):
                        if seen() != expected(other):
                            wrong.append((seen(), expected(other)))
                        if turn % 3 == 0:
                            raise LookupError
                except LookupError:
                    pass
                if seen() != expected(tenant):
                    wrong.append((seen(), expected(tenant)))
                if turn % 2 == 0:
                    raise LookupError
        except LookupError:
            pass
    with platform_scope():
        if seen() != ("jiceng_platform", "public"):
            wrong.append(seen())

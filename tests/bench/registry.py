"""``python -m tests.bench.registry``: imports, directory search and moves of large units, as ratios measured in one run.

Needs the owner's login in DATABASE_OWNER_URL. Prints a table, writes .local/bench-registry.json. ``--check`` fails when a
goal is missed; ``--quick`` takes fewer rows.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiceng.config.settings.test")
os.environ["TEST_DB_SUFFIX"] = f"{os.environ.get('TEST_DB_SUFFIX', 'main')}_benchreg"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from openpyxl import Workbook, load_workbook  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402

from jiceng.access.actor import Actor  # noqa: E402
from jiceng.kernel.clock import now  # noqa: E402
from jiceng.members import selectors, services  # noqa: E402
from jiceng.members.identity import check_character  # noqa: E402
from jiceng.members.importing import services as importing  # noqa: E402
from jiceng.members.models import Person, Unit  # noqa: E402
from tenants.context import tenant_scope  # noqa: E402
from tests.support import database  # noqa: E402
from tests.support.tenants import committed_tenant  # noqa: E402

HEADERS = (
    "姓名",
    "工号",
    "性别",
    "民族",
    "身份证号",
    "手机号码",
    "所在部门",
    "职务",
    "政治面貌",
    "所在党支部",
    "入党时间",
    "学历",
)
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文斌玲建国志红梅"
GOALS = {"import_ratio": 3, "import_megabytes": 300, "library_speedup": 20, "search_ratio": 2, "reader_seconds": 1}


def seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def roster(count: int, *, region: str = "") -> list[list[str]]:
    random = Random(1921)
    rows = []
    for number in range(count):
        born = random.randint(1962, 2000)
        first17 = f"{region or random.choice(('110105', '420106', '440304'))}{born}{random.randint(1, 12):02d}{random.randint(1, 28):02d}{number % 1000:03d}"
        rows.append([
            random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN), f"E{number:05d}",
            "男" if number % 1000 % 2 else "女", "汉族", first17 + check_character(first17),
            f"13{random.randint(0, 999_999_999):09d}", f"部门{random.randint(1, 30)}", "科员", "正式党员",
            f"第{random.randint(1, 20)}党支部", f"{born + 22}-07-01", "本科",
        ])  # fmt: skip
    return rows


def workbook(rows: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (HEADERS, *rows):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def trees(actor: Actor) -> Unit:
    """Thirty departments, twenty branches below one committee, which is returned."""
    for number in range(1, 31):
        services.create_unit(name=f"部门{number}", kind="department", actor=actor)
    committee = services.create_unit(name="党委", kind="party_committee", actor=actor)
    for number in range(1, 21):
        services.create_unit(name=f"第{number}党支部", kind="party_branch", parent_id=committee.pk, actor=actor)
    return committee


def references(content: bytes, rows: list[list[str]]) -> dict[str, float]:
    """Reading the file and nothing else, by two readers; one COPY of the same rows into a table of texts."""

    def by_calamine() -> None:
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    def by_openpyxl() -> None:
        list(load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True))

    def by_copy() -> None:
        with database.owner_connection() as owner:
            owner.execute(f"CREATE TEMP TABLE bare ({', '.join(f'c{place} text' for place in range(len(HEADERS)))})")
            with owner.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    return {
        "calamine": statistics.median(seconds(by_calamine) for _turn in range(3)),
        "openpyxl": seconds(by_openpyxl),
        "copy": statistics.median(seconds(by_copy) for _turn in range(3)),
    }


def imports(count: int, actor: Actor) -> dict[str, Any]:
    """Preview and apply of ``count`` rows, each as the worker runs it."""
    rows = roster(count)
    content = workbook(rows)
    base = references(content, rows)
    memory = _megabytes()
    batch = importing.create_batch(upload=SimpleUploadedFile("roster.xlsx", content), actor=actor, at=now())
    importing.request_check(batch_id=batch.pk, actor=actor)
    check = seconds(lambda: importing.run_check(batch_id=batch.pk, at=now()))
    batch.refresh_from_db()
    importing.request_apply(batch_id=batch.pk, actor=actor, at=now())

    def apply() -> None:
        batch.state = "applying"
        while batch.state == "applying":
            importing.run_apply(batch_id=batch.pk, at=now())
            batch.refresh_from_db(fields=["state"])

    took = seconds(apply)
    assert Person.objects.count() == batch.counts["outcomes"]["new"], batch.counts
    return {
        "rows": count, **{f"{name}_s": round(value, 3) for name, value in base.items()}, "check_s": round(check, 3),
        "apply_s": round(took, 3), "extra_megabytes": round(_megabytes() - memory), "peak_megabytes": round(_megabytes()),
        "check_ratio": {reader: round(check / (base[reader] + base["copy"]), 2) for reader in ("calamine", "openpyxl")},
        "apply_ratio": {reader: round(took / (base[reader] + base["copy"]), 2) for reader in ("calamine", "openpyxl")},
    }  # fmt: skip


def library(count: int, import_seconds_per_row: float, actor: Actor) -> dict[str, Any]:
    """django-import-export on the same kind of file, dry run and import.

    ``plain``: only the plain columns. ``same``: with what our import also does to each row: seals, memberships, history.
    """
    found = {kind: _library_run(count, kind, actor) for kind in ("plain", "same")}
    return {
        "rows": count, "ours_ms_per_row": round(import_seconds_per_row * 1000, 3),
        **{f"{kind}_ms_per_row": round(took / count * 1000, 3) for kind, took in found.items()},
        **{f"{kind}_speedup": round(took / count / import_seconds_per_row, 1) for kind, took in found.items()},
    }  # fmt: skip


def _library_run(count: int, kind: str, actor: Actor) -> float:
    from import_export import fields, resources, widgets
    from tablib import Dataset

    class PersonResource(resources.ModelResource):
        name = fields.Field("name", "姓名")
        employee_number = fields.Field("employee_number", "工号")
        ethnicity = fields.Field("ethnicity", "民族")
        education = fields.Field("education", "学历")
        title = fields.Field("title", "职务")
        unit = fields.Field("unit", "所在部门", widgets.ForeignKeyWidget(Unit, "name"))

        class Meta:
            model = Person
            import_id_fields = ("employee_number",)
            fields = ("name", "employee_number", "ethnicity", "education", "title", "unit")
            use_transactions = True

        def save_instance(self, instance: Person, is_create: bool, row: Any, **options: Any) -> None:
            if kind == "plain":
                super().save_instance(instance, is_create, row, **options)
                return
            made = services.create_person(
                name=row["姓名"], employee_number=row["工号"], ethnicity=row["民族"], education=row["学历"], title=row["职务"],
                id_number=row["身份证号"], phone=row["手机号码"], unit_id=instance.unit_id, actor=actor,
            )  # fmt: skip
            branch = widgets.ForeignKeyWidget(Unit, "name").clean(row["所在党支部"])
            services.join(person=made, body="party", unit_id=branch.pk, actor=actor)

    # Other documents than those of the people who are there already.
    rows = [[row[0], f"L{number}", *row[2:]] for number, row in enumerate(roster(count, region="530102"))]
    content = workbook(rows)

    def run() -> None:
        for dry_run in (True, False):
            data = Dataset().load(content, format="xlsx")
            result = PersonResource().import_data(data, dry_run=dry_run, raise_errors=True)
            assert result.totals["new"] == count

    took = seconds(run)
    Person.objects.filter(employee_number__startswith="L").delete()
    return took


def search(people_count: int) -> dict[str, Any]:
    """The directory's search against the one statement that it needs."""
    from jiceng.members import names

    missing = people_count - Person.objects.count()
    Person.objects.bulk_create(
        [
            Person(name=row[0], pinyin=keys[0], search_key=keys[1], initial=keys[2])
            for row in roster(max(missing, 0))
            for keys in (names.keys(row[0]),)
        ],
        batch_size=2_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM members_person LIMIT 1")

    def ours(words: str) -> None:
        list(selectors.list_people(query=words)[:51])

    statement, parameters = selectors.list_people(query="wangfang")[:51].query.sql_with_params()

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            cursor.fetchall()

    bare(), ours("wangfang")
    pairs = [(seconds(bare), seconds(lambda: ours("wangfang"))) for _turn in range(15)]
    plain, whole = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "people": Person.objects.count(), "statement_ms": round(plain * 1000, 2), "search_ms": round(whole * 1000, 2),
        "ratio": round(whole / plain, 2), "queries": {words: _query_count(lambda w=words: ours(w)) for words in ("wangfang", "王芳文", "w")},
    }  # fmt: skip


def moving(record: Any, committee: Unit, actor: Actor) -> dict[str, Any]:
    """Move a unit with everybody below it while another connection keeps reading; the longest wait of a reader."""
    target = services.create_unit(name="上级党委", kind="party_committee", actor=actor)
    people = selectors.list_people(unit=committee).count()
    waits: list[float] = []
    is_over = threading.Event()

    def read() -> None:
        with tenant_scope(record):
            while not is_over.is_set():
                waits.append(seconds(lambda: list(selectors.list_people(unit=committee)[:30])))
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.3)
    took = seconds(lambda: services.move_unit(unit_id=committee.pk, parent_id=target.pk, actor=actor))
    time.sleep(0.3)
    is_over.set()
    reader.join()
    return {
        "people": people,
        "move_ms": round(took * 1000, 1),
        "reads": len(waits),
        "longest_read_ms": round(max(waits) * 1000, 1),
    }


def _query_count(call: Callable[[], Any]) -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def missed(result: dict[str, Any]) -> list[str]:
    found, taken = [], result["import"]
    for step in ("check", "apply"):
        for reader, ratio in taken[f"{step}_ratio"].items():
            if ratio > GOALS["import_ratio"]:
                found.append(f"{step} {ratio} × reading by {reader} and one COPY")
    if taken["peak_megabytes"] > GOALS["import_megabytes"]:
        found.append(f"memory {taken['peak_megabytes']} MB")
    if result["library"]["same_speedup"] < GOALS["library_speedup"]:
        found.append(f"only {result['library']['same_speedup']} × faster than django-import-export")
    if result["search"]["ratio"] > GOALS["search_ratio"]:
        found.append(f"search {result['search']['ratio']} × its statement")
    if len(set(result["search"]["queries"].values())) != 1:
        found.append(f"search sends {result['search']['queries']} queries")
    if result["move"]["longest_read_ms"] > GOALS["reader_seconds"] * 1000:
        found.append(f"a reader waited {result['move']['longest_read_ms']} ms")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.registry")
    parser.add_argument("--quick", action="store_true", help="fewer rows")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    options = parser.parse_args()
    count, people = (2_000, 10_000) if options.quick else (10_000, 50_000)
    database.create(reuse=False)
    try:
        with committed_tenant() as record, tenant_scope(record):
            actor = Actor.system("测量")
            committee = trees(actor)
            with transaction.atomic():
                result: dict[str, Any] = {"import": imports(count, actor)}
            per_row = (
                result["import"]["check_s"] + result["import"]["apply_s"] + 2 * result["import"]["calamine_s"]
            ) / count
            result["library"] = library(count // 10, per_row, actor)
            result["move"] = moving(record, committee, actor)
            result["search"] = search(people)
    finally:
        connection.close()
        database.drop()
    result["missed"] = missed(result)
    path = Path(settings.ROOT) / ".local" / "bench-registry.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    for name, facts in result.items():
        print(f"{name}: {facts}")
    return 1 if options.check and result["missed"] else 0


if __name__ == "__main__":
    sys.exit(main())

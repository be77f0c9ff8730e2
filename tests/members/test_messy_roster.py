"""A whole office's roster with everything that is usually wrong in one."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from jiceng.members.importing import services as importing
from jiceng.members.models import Membership, Person, Unit
from tests.support.messy_roster import messy_roster


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


def test_it_comes_in_whole_after_one_mending(actor):
    messy = messy_roster(300)
    upload = SimpleUploadedFile("名册.xlsx", messy.content)
    batch = importing.create_batch(upload=upload, actor=actor, at=now(), creates_units=True)
    assert (batch.header_row, batch.row_count) == (3, 300)
    assert set(batch.mapping.values()) == {
        "party_unit", "name", "gender", "ethnicity", "id_number", "birth_date", "phone", "party_state", "party_joined",
        "staff_unit", "title",
    }  # fmt: skip
    importing.request_check(batch_id=batch.pk, actor=actor)
    importing.run_check(batch_id=batch.pk, at=now())
    batch.refresh_from_db()
    assert batch.counts["outcomes"] == {"new": 297, "error": 1, "duplicate": 2}
    wrong = batch.rows.get(outcome="error")
    assert (wrong.number, wrong.faults[0][1]) == (messy.wrong_checksum_row, "id_checksum")
    assert set(batch.rows.filter(outcome="duplicate").values_list("number", flat=True)) == set(messy.twin_rows)
    _apply(batch, actor)
    assert Person.objects.count() == 297

    book = load_workbook(io.BytesIO(importing.errors_of(batch)))
    lines = {line[2].value: line for line in book.active.iter_rows(min_row=2)}
    faulty = next(line for line in lines.values() if "校验位不对" in str(line[-1].value))
    faulty[5].value = messy.right_number
    stream = io.BytesIO()
    book.save(stream)
    again = importing.create_batch(
        upload=SimpleUploadedFile("改正.xlsx", stream.getvalue()), actor=actor, at=now(), creates_units=True
    )
    importing.request_check(batch_id=again.pk, actor=actor)
    importing.run_check(batch_id=again.pk, at=now())
    again.refresh_from_db()
    assert again.counts["outcomes"] == {"unchanged": 297, "new": 1, "duplicate": 2}
    _apply(again, actor)
    assert Person.objects.count() == messy.people == 298
    assert Membership.objects.filter(body="party", unit=None).count() == 0
    assert set(Unit.objects.filter(tree="party").values_list("name", flat=True)) == set(messy.branches)
    assert {"𠮷䶮", "迪丽热巴·迪力木拉提", "欧阳娜", "单于飞"} <= set(Person.objects.values_list("name", flat=True))


def _apply(batch, actor) -> None:
    importing.request_apply(batch_id=batch.pk, actor=actor, at=now())
    importing.run_apply(batch_id=batch.pk, at=now())
    batch.refresh_from_db()
    assert batch.state == "applied"

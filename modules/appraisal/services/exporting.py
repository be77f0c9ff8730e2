"""Results and answers as rows for a workbook. Audited; nothing in them says who gave what."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from jiceng.access.actor import Actor
from jiceng.kernel.clock import local_zone

from ..models import Round, SurveyAnswer
from ..selectors import results as reads
from ..selectors.rounds import criteria_of
from .recording import record_deed

ROWS_AT_MOST = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@transaction.atomic
def export_results(*, round: Round, actor: Actor) -> bytes:
    """Everybody with total, grade and the mean for each criterion. Groups are not in it: see ``computing``."""
    record_deed("appraisal.round.exported", round, round.title, actor)
    names = [f"{row.name}（{row.weight}%）" for row in criteria_of(round)]
    rows = []
    for subject in reads.table(round):
        means = [entry["score"] for entry in subject.explanation.get("criteria", ())] or [""] * len(names)
        total = "" if subject.total is None else str(subject.total)
        rows.append([
            subject.name, subject.unit_name, *means, total, subject.get_grade_display() if subject.grade else "",
            subject.explanation.get("reviewer_count", 0), subject.note,
        ])  # fmt: skip
    headers = [_("姓名"), _("组织"), *names, _("总分"), _("等次"), _("评分人数"), _("说明")]
    return workbook(_("评分结果"), headers, rows)


@transaction.atomic
def export_answers(*, answers: Iterable[SurveyAnswer], actor: Actor) -> bytes:
    """Answers without phones; hidden text stays hidden. 20,000 at most."""
    rows = []
    for answer in answers:
        at = answer.answered_at.astimezone(local_zone())
        point = answer.point
        rows.append([
            f"{at:%Y-%m-%d %H:%M}", point.name, point.get_kind_display(), point.unit.name if point.unit else "",
            answer.grade, answer.get_grade_display(), answer.shown_text, answer.receipt,
        ])  # fmt: skip
        if len(rows) == ROWS_AT_MOST:
            break
    record_deed("appraisal.answer.exported", _Nothing, _("群众评价"), actor, after={"count": len(rows)})
    headers = [_("时间"), _("考察点"), _("类别"), _("组织"), _("分"), _("评价"), _("意见"), _("回执号")]
    return workbook(_("群众评价"), headers, rows)


class _Nothing:
    """An export has no row of its own."""

    pk = ""


def workbook(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet. Text stays text: nothing that people typed becomes a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in (headers, *rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()

"""Workbooks of questions: the template, and a bank as it can be imported again. Every text is a text, never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from ..models import Question, QuestionKind
from .question_content import MOST_OPTIONS

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LETTERS = [chr(65 + place) for place in range(MOST_OPTIONS)]
WORDS = {
    QuestionKind.SINGLE: "单选", QuestionKind.MULTIPLE: "多选", QuestionKind.TRUE_FALSE: "判断", QuestionKind.FILL: "填空",
    QuestionKind.SHORT: "简答",
}  # fmt: skip
_HEAD = PatternFill("solid", fgColor="F3E4E4")


def headers() -> list[str]:
    return ["题型", "题干", *(f"选项{letter}" for letter in LETTERS), "答案", "解析", "难度", "标签", "分值"]


def template() -> bytes:
    """Columns and one sample of each kind, which imports leave out."""
    empty = [""] * MOST_OPTIONS
    rows = [
        [
            "单选",
            "示例：党员大会一般多久召开一次？",
            "每月",
            "每季度",
            *empty[2:],
            "B",
            "见支部工作条例。",
            "2",
            "组织生活",
            "2",
        ],
        ["多选", "示例：三会一课包括哪些？", "支部党员大会", "党课", "茶话会", *empty[3:], "AB", "", "3", "", "2"],
        ["判断", "示例：主题党日每月固定一天。", *empty, "对", "", "1", "", "1"],
        [
            "填空",
            "示例：党员大会由____召集，每____召开一次。",
            *empty,
            "书记|支部书记；季度",
            "空与空之间用分号，几种写法用竖线。",
            "3",
            "",
            "2",
        ],
        ["简答", "示例：怎样开好组织生活会？", *empty, "参考答案写在这里，供阅卷用。", "", "4", "", "10"],
    ]
    return workbook(_("题库模板"), headers(), rows)


def row_of(question: Question) -> list[str]:
    """As the template has it; of questions as ``selectors.questions`` gives them."""
    version = question.newest
    options = [*version.options, *[""] * MOST_OPTIONS][:MOST_OPTIONS]
    if question.kind == QuestionKind.TRUE_FALSE:
        options, answer = [""] * MOST_OPTIONS, "对" if version.answer == [0] else "错"
    elif question.kind == QuestionKind.FILL:
        answer = "；".join("|".join(accepted) for accepted in version.answer)
    elif question.kind == QuestionKind.SHORT:
        answer = version.reference
    else:
        answer = "".join(LETTERS[place] for place in version.answer)
    return [
        WORDS[QuestionKind(question.kind)], version.text, *options, answer, version.explanation, str(question.difficulty),
        ",".join(question.tags), f"{question.points.normalize():f}",
    ]  # fmt: skip


def workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for place, text in enumerate(head, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = 48 if text in ("题干", "解析") else 14
    sheet.append([_cell(sheet, text, is_head=True) for text in head])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: Any, *, is_head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value)))
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if is_head:
        cell.font, cell.fill = Font(bold=True), _HEAD
    return cell

"""Questions out of office files: workbooks by their columns, Word documents by their usual layout. Nothing is judged here."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from typing import Any

from defusedxml import ElementTree
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from jiceng.kernel.errors import DomainError
from jiceng.members.importing.extent import check_extent

from .. import errors
from ..models import QuestionKind

MOST_ROWS = 2000
KINDS = {
    "单选": QuestionKind.SINGLE, "单项选择": QuestionKind.SINGLE, "选择": QuestionKind.SINGLE,
    "多选": QuestionKind.MULTIPLE, "多项选择": QuestionKind.MULTIPLE, "不定项选择": QuestionKind.MULTIPLE,
    "判断": QuestionKind.TRUE_FALSE, "是非": QuestionKind.TRUE_FALSE,
    "填空": QuestionKind.FILL, "简答": QuestionKind.SHORT, "问答": QuestionKind.SHORT, "论述": QuestionKind.SHORT,
}  # fmt: skip
DIFFICULTIES = {"易": 1, "容易": 1, "较易": 2, "中": 3, "中等": 3, "较难": 4, "难": 5}
COLUMNS = {"题型": "kind", "题干": "text", "题目": "text", "答案": "answer", "正确答案": "answer", "参考答案": "answer",
           "解析": "explanation", "答案解析": "explanation", "难度": "difficulty", "标签": "tags", "分值": "points",
           "分数": "points"}  # fmt: skip
YES, NO = ("对", "正确", "√", "✓", "是", "t", "true", "y"), ("错", "错误", "×", "✗", "x", "否", "f", "false", "n")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OPTION_COLUMN = re.compile(r"选项\s*([A-H])$")
_NUMBER = re.compile(r"^\s*\d{1,4}\s*[.．、)）]\s*")
_HEADING = re.compile(r"^\s*(?:第?[一二三四五六七八九十]+[、.．:：部]|[（(][一二三四五六七八九十]+[)）])\s*(.*)$")
_OPTION = re.compile(r"(?:^|(?<=[\s\t]))([A-Ha-h])\s*[.．、:：)）]\s*")
_FIELD = re.compile(
    r"^\s*[【\[]?\s*(参考答案|正确答案|答案解析|答案|解析|难度|标签|分值)\s*[】\]]?\s*[:：]?\s*", re.UNICODE
)  # fmt: skip
_BRACKETED = re.compile(r"[（(]\s*([A-Ha-h]{1,8}|[√×对错])\s*[)）]\s*[。.]?\s*$")
_KIND_MARK = re.compile(r"^\s*[【\[（(]\s*([^】\]）)]{2,6}?)题?\s*[】\]）)]\s*")


@dataclass
class Raw:
    """One question as it stands in the file. ``number``: its row, or its place among the document's questions."""

    number: int
    kind: str = ""
    text: str = ""
    options: list[str] = field(default_factory=list)
    answer: str = ""
    explanation: str = ""
    difficulty: str = ""
    tags: str = ""
    points: str = ""


def read_questions(content: bytes, name: str) -> list[Raw]:
    """What an .xlsx or .docx that ``files.inspection`` let pass holds. Raises ``ExamInvalid`` when it is none, or too long."""
    try:
        found = _read_workbook(content) if name.lower().endswith(".xlsx") else _read_document(content)
    except (CalamineError, ElementTree.ParseError, zipfile.BadZipFile, KeyError, ValueError, DomainError) as error:
        raise errors.ExamInvalid(_("文件读不出来，请用 Word、Excel 或 WPS 重新保存后再上传。")) from error
    if not found:
        raise errors.ExamInvalid(_("文件里没有找到题目，请对照模板检查。"))
    if len(found) > MOST_ROWS:
        raise errors.ExamInvalid(_("一次最多导入 %(count)d 道题，请分成几个文件。") % {"count": MOST_ROWS})
    return found


def kind_of(raw: Raw) -> str:
    """The kind said, or what the answer and options make it; ``""`` for words that are no kind."""
    said = re.sub(r"[题\s]+$", "", raw.kind.strip())
    if said:
        return KINDS.get(said, "")
    letters = unicodedata.normalize("NFKC", raw.answer).strip()
    if raw.options:
        return QuestionKind.MULTIPLE if len(re.findall(r"[A-Ha-h]", letters)) > 1 else QuestionKind.SINGLE
    if letters.casefold().strip("。.") in (*YES, *NO):
        return QuestionKind.TRUE_FALSE
    return QuestionKind.FILL if re.search(r"_{2,}|＿{2,}", raw.text) else QuestionKind.SHORT


def fields_of(raw: Raw) -> dict[str, Any]:
    """As ``services.questions`` take them; what is no answer stays out, which they refuse."""
    kind = kind_of(raw)
    fields: dict[str, Any] = {
        "kind": kind, "text": raw.text, "options": raw.options, "explanation": raw.explanation, "answer": [],
        "reference": raw.answer if kind == QuestionKind.SHORT else "",
        "tags": [tag for tag in re.split(r"[,，;；、\s]+", raw.tags) if tag],
        "points": raw.points.strip() or 1, "difficulty": _difficulty(raw.difficulty),
    }  # fmt: skip
    answer = unicodedata.normalize("NFKC", raw.answer).strip().strip("。.")
    if kind == QuestionKind.TRUE_FALSE:
        word = answer.casefold()
        fields["answer"] = [0] if word in YES or word == "a" else [1] if word in NO or word == "b" else []
    elif kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        letters = re.sub(r"[\s,，;；、]+", "", answer).upper()
        fields["answer"] = [ord(letter) - 65 for letter in letters] if re.fullmatch(r"[A-H]+", letters) else []
    elif kind == QuestionKind.FILL:
        blanks = [blank for blank in re.split(r"[;；]|\s{2,}", raw.answer.strip()) if blank.strip()]
        fields["answer"] = [[one.strip() for one in re.split(r"[|｜]", blank) if one.strip()] for blank in blanks]
    return fields


def _difficulty(text: str) -> Any:
    word = unicodedata.normalize("NFKC", text).strip()
    if not word:
        return 3
    if word in DIFFICULTIES:
        return DIFFICULTIES[word]
    return int(word) if re.fullmatch(r"\d", word) else -1


def _read_workbook(content: bytes) -> list[Raw]:
    check_extent(content)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for top, cells in enumerate(grid[:20]):
            columns = _columns([_words(cell) for cell in cells])
            if "text" in columns.values():
                rows = [
                    _row(number, cells, columns) for number, cells in enumerate(grid[top + 1 :], start=top + 2)
                    if any(_words(cell) for cell in cells)
                ]  # fmt: skip
                return [row for row in rows if not row.text.startswith("示例：")]
    return []


def _columns(headers: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for place, header in enumerate(headers):
        word = re.sub(r"[\s（(].*$", "", unicodedata.normalize("NFKC", header).strip())
        option = _OPTION_COLUMN.match(word)
        code = f"option{option[1]}" if option else COLUMNS.get(word, "")
        if code and code not in found.values():
            found[place] = code
    return found


def _row(number: int, cells: list[Any], columns: dict[int, str]) -> Raw:
    raw, options = Raw(number), dict[str, str]()
    for place, code in columns.items():
        words = _words(cells[place]) if place < len(cells) else ""
        if code.startswith("option"):
            options[code] = words
        else:
            setattr(raw, code, words)
    texts = [options[code] for code in sorted(options)]
    while texts and not texts[-1]:
        texts.pop()
    raw.options = texts
    return raw


def _words(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "对" if cell else "错"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _read_document(content: bytes) -> list[Raw]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    reader = _DocumentReader()
    for paragraph in body.iter(f"{_W}p"):
        is_numbered = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
        for line in _paragraph(paragraph).split("\n"):
            reader.take(line, is_numbered=is_numbered)
            is_numbered = False
    return reader.found


def _paragraph(paragraph: Any) -> str:
    words = []
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            words.append(element.text or "")
        elif element.tag == f"{_W}tab":
            words.append("\t")
        elif element.tag in (f"{_W}br", f"{_W}cr"):
            words.append("\n")
    return "".join(words)


class _DocumentReader:
    """Follows the lines: a heading gives the kind, a number begins a question, letters are options, words begin fields."""

    FIELDS = {"参考答案": "answer", "正确答案": "answer", "答案": "answer", "解析": "explanation", "答案解析": "explanation",
              "难度": "difficulty", "标签": "tags", "分值": "points"}  # fmt: skip

    def __init__(self) -> None:
        self.found: list[Raw] = []
        self._kind = ""
        self._last = ""

    def take(self, line: str, *, is_numbered: bool) -> None:
        if not line.strip():
            return
        heading = _HEADING.match(line)
        if heading and (kind := _kind_in(heading[1])):
            self._kind, self._last = kind, ""
            return
        field_mark = _FIELD.match(line)
        option = _OPTION.match(line.lstrip())
        if self.found and field_mark and self._last:
            self._field(self.FIELDS[field_mark[1]], line[field_mark.end() :])
        elif self.found and option and self._last in ("text", "options"):
            self._options(line.strip())
        elif _NUMBER.match(line) or (is_numbered and not option):
            self._begin(_NUMBER.sub("", line, count=1).strip())
        elif self.found and self._last:
            self._go_on(line.strip())

    def _begin(self, text: str) -> None:
        raw = Raw(len(self.found) + 1, kind=self._kind)
        if (mark := _KIND_MARK.match(text)) and (kind := _kind_in(mark[1])):
            raw.kind, text = kind, text[mark.end() :]
        if bracketed := _BRACKETED.search(text):
            raw.answer, text = bracketed[1], text[: bracketed.start()] + "（　）"
        raw.text, self._last = text, "text"
        self.found.append(raw)

    def _field(self, name: str, rest: str) -> None:
        setattr(self.found[-1], name, rest.strip())
        self._last = name

    def _options(self, line: str) -> None:
        pieces = _OPTION.split(line)
        self.found[-1].options += [text.strip() for text in pieces[2::2]]
        self._last = "options"

    def _go_on(self, line: str) -> None:
        raw = self.found[-1]
        if self._last == "options" and raw.options:
            raw.options[-1] = f"{raw.options[-1]}\n{line}".strip()
        elif self._last in ("text", "answer", "explanation"):
            before = getattr(raw, self._last)
            setattr(raw, self._last, f"{before}\n{line}".strip())


def _kind_in(words: str) -> str:
    """The word for a kind that ``words`` begin with."""
    text = re.sub(r"\s", "", words)
    return next((word for word in sorted(KINDS, key=len, reverse=True) if text.startswith(word)), "")

"""Question banks: what a question may say, versions, files."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook

from jiceng.audit.models import AuditEntry
from modules.study import errors
from modules.study.models import PaperItem, Question, QuestionVersion
from modules.study.selectors import questions as reads
from modules.study.services import question_imports, question_workbooks, questions
from tests.factories.news import MONDAY
from tests.files import samples

from . import exam_kit as exams
from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
SYSTEM = kit.SYSTEM
HEAD = ["题型", "题干", "选项A", "选项B", "选项C", "答案", "解析", "难度", "标签", "分值"]


def sheet(*rows):
    book = Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return samples.upload("题.xlsx", stream.getvalue())


def document(*lines):
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/'
        f'wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'
    )
    content = samples.archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()})
    return samples.upload("题.docx", content)


def imported(bank, upload):
    found = question_imports.begin_import(bank_id=bank.pk, upload=upload, actor=SYSTEM, at=MONDAY)
    return question_imports.apply_import(import_id=found.pk, actor=SYSTEM, at=MONDAY)


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"kind": "riddle"}, "/kind", "unknown_kind"),
        ({"text": ""}, "/text", "required"),
        ({"text": "问\x00题"}, "/text", "invalid_text"),
        ({"text": "问" * 2001}, "/text", "too_long"),
        ({"text": "问" * 10_000_000}, "/text", "too_long"),
        ({"options": ["每月"]}, "/options", "wrong_count"),
        ({"options": ["每月", "每 月"]}, "/options", "repeated"),
        ({"answer": [7]}, "/answer", "required"),
        ({"answer": [0, 1]}, "/answer", "only_one"),
        ({"answer": ["1"]}, "/answer", "required"),
        ({"points": -1}, "/points", "out_of_range"),
        ({"points": "NaN"}, "/points", "out_of_range"),
        ({"points": 0.3}, "/points", "out_of_range"),
        ({"difficulty": 6}, "/difficulty", "out_of_range"),
        ({"tags": ["签"] * 11}, "/tags", "too_many"),
    ],
)
def test_what_is_no_question_is_refused(fields, pointer, code):
    bank = exams.make_bank()
    with pytest.raises(errors.ExamInvalid) as refused:
        exams.make_question(bank, exams.SINGLE, **fields)
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in refused.value.fields]
    assert not Question.objects.exists()


def test_blanks_and_answers_belong_together():
    bank = exams.make_bank()
    with pytest.raises(errors.ExamInvalid) as refused:
        exams.make_question(bank, exams.FILL, answer=[["书记"]])
    assert refused.value.fields[0].code == "other_count"
    with pytest.raises(errors.ExamInvalid):
        exams.make_question(bank, exams.MULTIPLE, answer=[0])


def test_a_bank_holds_a_question_once():
    bank = exams.make_bank()
    exams.make_question(bank, exams.SINGLE)
    with pytest.raises(errors.QuestionTwice):
        exams.make_question(bank, exams.SINGLE, text="党员大会 多久召开一次？", options=["每年", "每月", "每季度"])
    exams.make_question(exams.make_bank("另一个"), exams.SINGLE)
    assert Question.objects.count() == 2


def test_what_was_asked_never_changes():
    paper = exams.make_paper(exams.SINGLE)
    question = Question.objects.get()
    fields = {"text": "党员大会至少多久一次？"}
    questions.update_question(question_id=question.pk, fields=fields, actor=SYSTEM, at=MONDAY)
    assert QuestionVersion.objects.count() == 1  # nobody has seen it yet
    exams.make_exam(paper)
    questions.update_question(
        question_id=question.pk, fields={"options": ["每月", "每季", "每年"]}, actor=SYSTEM, at=MONDAY
    )
    asked = PaperItem.objects.get().version
    assert (asked.number, asked.options, asked.is_current) == (2, exams.SINGLE["options"], False)
    assert reads.current_of(question).options == ["每月", "每季", "每年"]


def test_an_editor_with_an_old_copy_is_told():
    question = exams.make_question(exams.make_bank(), exams.SINGLE)
    questions.update_question(question_id=question.pk, fields={"text": "新题干"}, version=1, actor=SYSTEM, at=MONDAY)
    with pytest.raises(errors.QuestionStale):
        questions.update_question(question_id=question.pk, fields={"text": "旧"}, version=1, actor=SYSTEM, at=MONDAY)
    assert reads.current_of(question).text == "新题干"


def test_a_retired_question_leaves_papers_that_are_not_in_use():
    bank = exams.make_bank()
    used = exams.make_paper(exams.SINGLE, bank=bank)
    exams.make_exam(used)
    question = Question.objects.get()
    from modules.study.services import papers

    copy = papers.copy_paper(paper_id=used.pk, actor=SYSTEM, at=MONDAY)
    questions.retire_question(question_id=question.pk, actor=SYSTEM, at=MONDAY)
    assert list(PaperItem.objects.values_list("paper", flat=True)) == [used.pk]
    assert copy.items.count() == 0


class TestFiles:
    ROWS = (
        ["单选", "党员大会多久一次？", "每月", "每季度", "", "B", "见条例", "易", "组织生活", "2"],
        ["多选", "三会一课包括？", "党员大会", "党课", "茶话会", "AB", "", "", "", "4"],
        ["判断", "主题党日每月一天。", "", "", "", "对", "", "", "", ""],
        ["填空", "由____召集。", "", "", "", "书记|支部书记", "", "", "", ""],
        ["简答", "怎样开好会？", "", "", "", "会前会中会后", "", "", "", "10"],
    )

    def test_a_workbook_is_looked_at_first(self):
        bank = exams.make_bank()
        found = question_imports.begin_import(bank_id=bank.pk, upload=sheet(*self.ROWS), actor=SYSTEM, at=MONDAY)
        assert (found.counts, Question.objects.count()) == ({"new": 5}, 0)
        question_imports.apply_import(import_id=found.pk, actor=SYSTEM, at=MONDAY)
        assert Question.objects.count() == 5
        fill = QuestionVersion.objects.get(question__kind="fill")
        assert fill.answer == [["书记", "支部书记"]]
        with pytest.raises(errors.ImportDone):
            question_imports.apply_import(import_id=found.pk, actor=SYSTEM, at=MONDAY)

    def test_the_same_file_twice_changes_nothing(self):
        bank = exams.make_bank()
        imported(bank, sheet(*self.ROWS))
        versions = set(QuestionVersion.objects.values_list("pk", "text"))
        again = imported(bank, sheet(*self.ROWS))
        assert again.counts == {"same": 5}
        assert set(QuestionVersion.objects.values_list("pk", "text")) == versions

    def test_rows_with_faults_are_named_and_left_out(self):
        bank = exams.make_bank()
        bad = [
            ["单选", "没有答案？", "甲", "乙", "", "", "", "", "", ""],
            ["谜语", "题型不对", "", "", "", "x", "", "", "", ""],
            ["单选", "党员大会多久一次？", "每月", "每季度", "", "B", "", "", "", ""],
        ]
        done = imported(bank, sheet(self.ROWS[0], *bad))
        assert (done.counts, Question.objects.count()) == ({"new": 1, "error": 3}, 1)
        faults = [row["faults"] for row in done.rows if row["outcome"] == "error"]
        assert all(faults)
        assert "重复" in faults[-1][0]

    def test_a_word_document_in_the_usual_layout(self):
        bank = exams.make_bank()
        upload = document(
            "一、单选题", "1．党员大会多久召开一次？", "A．每月　B．每季度", "C．每年", "答案：B", "解析：见支部工作条例。",
            "二、多选题", "2、三会一课包括（AB）", "A. 党员大会", "B. 党课", "C. 茶话会", "三、判断题", "3. 主题党日每月固定一天。", "答案：正确",
        )  # fmt: skip
        done = imported(bank, upload)
        assert done.counts == {"new": 3}
        found = {row.question.kind: row for row in QuestionVersion.objects.select_related("question")}
        assert (found["single"].options, found["single"].answer) == (["每月", "每季度", "每年"], [1])
        assert found["single"].explanation == "见支部工作条例。"
        assert found["multiple"].answer == [0, 1]
        assert found["true_false"].answer == [0]

    @pytest.mark.parametrize(
        "upload",
        [
            lambda: samples.upload("题.xlsx", b"not a workbook"),
            lambda: samples.upload("题.exe", b"MZ"),
            lambda: samples.upload("题.docx", samples.archive({"word/document.xml": samples.billion_laughs()})),
            lambda: samples.upload("题.xlsx", samples.sheet_bomb()),
        ],
    )
    def test_hostile_files_are_refused(self, upload):
        bank = exams.make_bank()
        with pytest.raises(errors.ExamInvalid):
            question_imports.begin_import(bank_id=bank.pk, upload=upload(), actor=SYSTEM, at=MONDAY)
        assert not Question.objects.exists()

    def test_an_export_can_be_imported_again_and_is_recorded(self):
        bank = exams.make_bank()
        imported(bank, sheet(*self.ROWS))
        name, content = question_imports.export_bank(bank_id=bank.pk, actor=SYSTEM)
        other = exams.make_bank("另一个")
        assert imported(other, samples.upload(f"{name}.xlsx", content)).counts == {"new": 5}
        assert AuditEntry.objects.filter(action="study.bank.exported").count() == 1

    def test_formulas_stay_words(self):
        bank = exams.make_bank()
        exams.make_question(bank, exams.SINGLE, text="=HYPERLINK(1)")
        _name, content = question_imports.export_bank(bank_id=bank.pk, actor=SYSTEM)
        cell = load_workbook(io.BytesIO(content)).active["B2"]
        assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")

    def test_the_template_can_be_read(self):
        book = load_workbook(io.BytesIO(question_workbooks.template()))
        assert book.active.max_row == 6


def test_banks_of_other_units_are_out_of_reach(branch):
    other = kit.make_unit("第二支部")
    examiner = kit.secretary_of(branch, "出题人", "chuti")
    kit.assign_role_of(examiner, "editor", branch)
    examiner = kit.fresh(examiner)
    bank = exams.make_bank(unit_id=other.pk)
    question = exams.make_question(bank, exams.SINGLE)
    assert not reads.banks(examiner).exists()
    with pytest.raises(errors.BankMissing):
        reads.get_bank(bank_id=bank.pk, actor=examiner)
    with pytest.raises(errors.QuestionMissing):
        reads.get_question(question_id=question.pk, actor=examiner)

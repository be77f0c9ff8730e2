"""Refusals around questions, papers, exams, attempts and marking."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound


class ExamInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.exam_invalid"
    message = _("内容有误，请按提示修改。")


class BankMissing(NotFound):
    code = "study.bank_not_found"
    message = _("没有找到这个题库。")


class QuestionMissing(NotFound):
    code = "study.question_not_found"
    message = _("没有找到这道题。")


class QuestionStale(Conflict):
    code = "study.question_stale"
    message = _("题目已被他人修改，请刷新后再编辑。")


class QuestionTwice(Conflict):
    code = "study.question_twice"
    message = _("题库里已有相同的题目。")


class ImportMissing(NotFound):
    code = "study.import_not_found"
    message = _("没有找到这次导入。")


class ImportDone(Conflict):
    code = "study.import_done"
    message = _("这次导入已经完成，不能再次写入。")


class PaperMissing(NotFound):
    code = "study.paper_not_found"
    message = _("没有找到这份试卷。")


class PaperFrozen(Conflict):
    code = "study.paper_frozen"
    message = _("试卷已用于发布的考试，不能再改；可以复制一份修改。")


class PaperEmpty(Conflict):
    code = "study.paper_empty"
    message = _("试卷里还没有题目。")


class QuestionsTooFew(Conflict):
    code = "study.questions_too_few"
    message = _("题库里符合条件的题目不够。")


class ExamMissing(NotFound):
    code = "study.exam_not_found"
    message = _("没有找到这场考试。")


class ExamWithdrawn(Gone):
    code = "study.exam_withdrawn"
    message = _("这场考试已撤回。")


class ExamStale(Conflict):
    code = "study.exam_stale"
    message = _("考试已被他人修改，请刷新后再编辑。")


class ExamStateWrong(Conflict):
    code = "study.exam_state"
    message = _("考试现在的状态不能这样操作。")


class CourseHasExam(Conflict):
    code = "study.course_has_exam"
    message = _("这门课程已有一场发布中的考试。")


class WindowOver(Conflict):
    code = "study.window_over"
    message = _("考试的结束时间已过，请先调整时间。")


class CandidateMissing(NotFound):
    code = "study.candidate_not_found"
    message = _("没有找到这名考生。")


class NotYetOpen(Conflict):
    code = "study.exam_not_open"
    message = _("考试还没有开始。")


class ExamOver(Conflict):
    code = "study.exam_over"
    message = _("考试已经结束。")


class NoAttemptLeft(Conflict):
    code = "study.no_attempt_left"
    message = _("答题次数已用完。")


class AttemptMissing(NotFound):
    code = "study.attempt_not_found"
    message = _("没有找到这份答卷。")


class AttemptOver(Conflict):
    code = "study.attempt_over"
    message = _("已经交卷，不能再作答。")


class AnswerLate(Conflict):
    code = "study.answer_late"
    message = _("答题时间已到，已保存的答案会自动交卷。")


class HeldElsewhere(Conflict):
    code = "study.held_elsewhere"
    message = _("这份答卷正在另一台设备上作答。已保存的答案都在，点“在这里继续”可以接着答。")


class AnswerInvalid(Invalid):
    """Carries one ``FieldError`` on ``/answer``."""

    code = "study.answer_invalid"
    message = _("答案有误，请检查后重试。")


class NothingToMark(NotFound):
    code = "study.nothing_to_mark"
    message = _("没有找到要批阅的答案，可能已由别人批阅。")


class OwnAnswer(Forbidden):
    code = "study.own_answer"
    message = _("不能批阅自己的答卷。")


class AlreadyMarked(Conflict):
    code = "study.already_marked"
    message = _("这道题已经批阅过了。")


class AlreadyVoided(Conflict):
    code = "study.already_voided"
    message = _("这道题已经作废。")

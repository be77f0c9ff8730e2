"""What question banks, papers, exams and marking add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, NoticeCategory, Page, Part

from .words import API, BOTH, CONSOLE, EXAMINE, LEARN, MARK, PAGES, POST

PHONE, DESK = f"{PAGES}.exams", f"{CONSOLE}.exams"
SIT, BANKS, PAPERS, MARKING = f"{PAGES}.attempts", f"{CONSOLE}.questions", f"{CONSOLE}.papers", f"{CONSOLE}.marking"
RESULTS = f"{CONSOLE}.results"
ONE, TRY = "exams/<uuid:exam_id>/", "exams/attempts/<uuid:attempt_id>/"
BANK, PAPER = "exams/banks/<uuid:bank_id>/", "exams/papers/<uuid:paper_id>/"
QUESTION = "exams/questions/<uuid:question_id>/"

PART = Part(
    pages=(
        Page("h5", "exams/", f"{PHONE}.exam_list", "exams", LEARN),
        Page("h5", "exams/wrong/", f"{PHONE}.wrong_list", "wrong", LEARN),
        Page("h5", ONE, f"{PHONE}.exam_detail", "exam", LEARN),
        Page("h5", f"{ONE}start/", f"{PHONE}.exam_start", "exam-start", LEARN, methods=POST),
        Page("h5", TRY, f"{SIT}.attempt_result", "attempt", LEARN),
        Page("h5", f"{TRY}<int:number>/", f"{SIT}.attempt_question", "attempt-question", LEARN, methods=BOTH),
        Page("h5", f"{TRY}save/", f"{SIT}.attempt_save", "attempt-save", LEARN, methods=POST),
        Page("h5", f"{TRY}here/", f"{SIT}.attempt_here", "attempt-here", LEARN, methods=POST),
        Page("h5", f"{TRY}hand-in/", f"{SIT}.attempt_hand_in", "attempt-hand-in", LEARN, methods=BOTH),
        Page("console", "exams/", f"{DESK}.exam_list", "exams", EXAMINE),
        Page("console", "exams/new/", f"{DESK}.exam_new", "exam-new", EXAMINE, methods=BOTH),
        Page("console", ONE, f"{DESK}.exam_detail", "exam", EXAMINE),
        Page("console", f"{ONE}edit/", f"{DESK}.exam_edit", "exam-edit", EXAMINE, methods=BOTH),
        Page("console", f"{ONE}publish/", f"{DESK}.exam_publish", "exam-publish", EXAMINE, methods=BOTH),
        Page("console", f"{ONE}close/", f"{DESK}.exam_close", "exam-close", EXAMINE, methods=BOTH),
        Page("console", f"{ONE}withdraw/", f"{DESK}.exam_withdraw", "exam-withdraw", EXAMINE, methods=BOTH),
        Page("console", f"{ONE}void/<uuid:question_id>/", f"{DESK}.question_void", "exam-void", EXAMINE, methods=BOTH),
        Page("console", f"{ONE}candidates/<uuid:candidate_id>/extend/", f"{DESK}.candidate_extend", "candidate-extend",
             EXAMINE, methods=BOTH),
        Page("console", f"{ONE}candidates/", f"{RESULTS}.candidates", "candidates", MARK),
        Page("console", f"{ONE}export/", f"{RESULTS}.export", "exam-export", MARK),
        Page("console", f"{ONE}analysis/", f"{RESULTS}.analysis", "analysis", MARK),
        Page("console", "exams/results/", f"{RESULTS}.exam_list", "results", MARK),
        Page("console", f"{ONE}marking/", f"{MARKING}.mark_next", "mark", MARK, methods=BOTH),
        Page("console", "exams/banks/", f"{BANKS}.bank_list", "banks", EXAMINE),
        Page("console", "exams/banks/new/", f"{BANKS}.bank_new", "bank-new", EXAMINE, methods=BOTH),
        Page("console", "exams/template/", f"{BANKS}.import_template", "import-template", EXAMINE),
        Page("console", BANK, f"{BANKS}.bank_detail", "bank", EXAMINE),
        Page("console", f"{BANK}edit/", f"{BANKS}.bank_edit", "bank-edit", EXAMINE, methods=BOTH),
        Page("console", f"{BANK}export/", f"{BANKS}.bank_export", "bank-export", EXAMINE),
        Page("console", f"{BANK}import/", f"{BANKS}.import_new", "import-new", EXAMINE, methods=BOTH),
        Page("console", f"{BANK}questions/new/", f"{BANKS}.question_new", "question-new", EXAMINE, methods=BOTH),
        Page("console", "exams/imports/<uuid:import_id>/", f"{BANKS}.import_detail", "import", EXAMINE, methods=BOTH),
        Page("console", QUESTION, f"{BANKS}.question_edit", "question", EXAMINE, methods=BOTH),
        Page("console", f"{QUESTION}retire/", f"{BANKS}.question_retire", "question-retire", EXAMINE, methods=BOTH),
        Page("console", "exams/papers/", f"{PAPERS}.paper_list", "papers", EXAMINE),
        Page("console", "exams/papers/new/", f"{PAPERS}.paper_new", "paper-new", EXAMINE, methods=BOTH),
        Page("console", PAPER, f"{PAPERS}.paper_detail", "paper", EXAMINE),
        Page("console", f"{PAPER}edit/", f"{PAPERS}.paper_edit", "paper-edit", EXAMINE, methods=BOTH),
        Page("console", f"{PAPER}copy/", f"{PAPERS}.paper_copy", "paper-copy", EXAMINE, methods=POST),
        Page("console", f"{PAPER}questions/", f"{PAPERS}.paper_questions", "paper-questions", EXAMINE, methods=BOTH),
        Page("console", f"{PAPER}rules/", f"{PAPERS}.rule_new", "rule-new", EXAMINE, methods=BOTH),
        Page("console", f"{PAPER}parts/<int:part_id>/", f"{PAPERS}.part_change", "part", EXAMINE, methods=POST),
    ),
    api=(
        ApiRoute("question-banks", f"{API}.exams.BankViewSet", read=EXAMINE, write=EXAMINE),
        ApiRoute("questions", f"{API}.exams.QuestionViewSet", read=EXAMINE, write=EXAMINE),
        ApiRoute("exam-papers", f"{API}.exams.PaperViewSet", read=EXAMINE, write=EXAMINE),
        ApiRoute("exams", f"{API}.exams.ExamViewSet", read=EXAMINE, write=EXAMINE),
        ApiRoute("exam-results", f"{API}.exams.ResultViewSet", read=MARK, write=MARK),
    ),
    menu=(
        MenuEntry("console", _("考试"), "exams", EXAMINE, icon="clipboard-check", order=34, group=_("学习教育")),
        MenuEntry("console", _("阅卷与成绩"), "results", MARK, icon="pen-line", order=35, group=_("学习教育")),
    ),
    actions={
        "study.bank.created": _("新建题库"), "study.bank.updated": _("修改题库"), "study.bank.exported": _("导出题库"),
        "study.question.created": _("新建题目"), "study.question.updated": _("修改题目"),
        "study.question.retired": _("停用题目"), "study.question.imported": _("导入题目"),
        "study.paper.created": _("新建试卷"), "study.paper.updated": _("修改试卷"),
        "study.exam.created": _("新建考试"), "study.exam.updated": _("修改考试"), "study.exam.published": _("发布考试"),
        "study.exam.closed": _("结束考试"), "study.exam.withdrawn": _("撤回考试"), "study.exam.extended": _("延长考试时间"),
        "study.exam.voided": _("作废考题"), "study.exam.marked": _("批阅答案"), "study.exam.exported": _("导出考试成绩"),
    },
    emits=(
        Event("study.exam.published", {"exam_id": "uuid", "title": "str", "course_id": "str"}, _("发布考试"), True),
        Event("study.exam.passed",
              {"exam_id": "uuid", "course_id": "str", "attempt_id": "uuid", "person_id": "uuid", "user_id": "str",
               "score_percent": "int"}, _("考试合格"), True),
        Event("study.exam.failed",
              {"exam_id": "uuid", "course_id": "str", "attempt_id": "uuid", "person_id": "uuid", "user_id": "str",
               "score_percent": "int"}, _("考试不合格")),
    ),
    tasks={
        "study.deliver_exam": "modules.study.tasks.deliver_exam",
        "study.hand_in_attempt": "modules.study.tasks.hand_in_attempt",
        "study.finish_exam": "modules.study.tasks.finish_exam",
        "study.rescore_exam": "modules.study.tasks.rescore_exam",
    },
    notices=(NoticeCategory("study.exam", _("考试通知")),),
    file_owners={"study.question": "modules.study.selectors.questions.may_open_picture"},
)  # fmt: skip

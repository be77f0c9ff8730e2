"""What 专题考核 adds to the module."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, Page, Part

from .words import API, ASSESS, BOTH, CONSOLE, PAGES, POST, PUBLISH, READ

PHONE, DESK = f"{PAGES}.assessments", f"{CONSOLE}.assessments"
TARGET = "assessments/<uuid:target_id>/"
ONE = "assessments/of/<uuid:article_id>/"

PART = Part(
    pages=(
        Page("h5", TARGET, f"{PHONE}.target_detail", "assessment-target", READ),
        Page("h5", f"{TARGET}evidence/<uuid:criterion_id>/", f"{PHONE}.evidence", "assessment-evidence", READ, methods=BOTH),
        Page("h5", f"{TARGET}hand-in/", f"{PHONE}.hand_in", "assessment-hand-in", READ, methods=POST),
        Page("h5", f"{TARGET}appeal/", f"{PHONE}.appeal", "assessment-appeal", READ, methods=POST),
        Page("console", TARGET, f"{DESK}.target", "assessment-target", ASSESS, methods=BOTH),
        Page("console", f"{ONE}phase/", f"{DESK}.phase", "assessment-phase", PUBLISH, methods=POST),
        Page("console", f"{ONE}export/", f"{DESK}.results_export", "assessment-export", PUBLISH),
        Page("console", "assessments/appeals/<uuid:appeal_id>/", f"{DESK}.answer", "assessment-answer", PUBLISH, methods=POST),
    ),
    api=(ApiRoute("assessments", f"{API}.assessments.AssessmentViewSet", read=PUBLISH, write=PUBLISH),),
    actions={
        "news.assessment.handed_in": _("提交考核材料"), "news.assessment.phase_changed": _("考核进入下一阶段"),
        "news.assessment.appealed": _("对考核结果提出申诉"), "news.assessment.appeal_answered": _("答复考核申诉"),
        "news.assessment.exported": _("导出考核结果"),
    },
    emits=(
        Event("news.assessment.handed_in", {"article_id": "uuid", "target_id": "uuid"}, _("提交考核材料"), True),
        Event("news.assessment.concluded", {"article_id": "uuid"}, _("公布考核结果"), True),
    ),
    tasks={"news.start_scoring": "modules.news.handlers.assessments.start_scoring"},
    file_owners={"news.evidence": "modules.news.selectors.assessments.may_read_evidence"},
)  # fmt: skip

"""Refusals about assessments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class AssessmentMissing(NotFound):
    code = "news.assessment_not_found"
    message = _("没有找到这项考核，或它不由您负责。")


class NotCollecting(Conflict):
    code = "news.assessment_not_collecting"
    message = _("提交材料的时间已过，不能再修改。")


class NotScoring(Conflict):
    code = "news.assessment_not_scoring"
    message = _("现在不是评分阶段。")


class NotAppealing(Conflict):
    code = "news.assessment_not_appealing"
    message = _("现在不是公示申诉阶段。")


class HandedInAlready(Conflict):
    code = "news.assessment_handed_in"
    message = _("材料已经提交，不能再修改。")


class EvidenceNeeded(Invalid):
    code = "news.assessment_evidence_needed"
    message = _("还有指标没有填写材料。")


class ScoresInvalid(Invalid):
    code = "news.assessment_scores_invalid"
    message = _("评分有误，请按提示修改。")


class ScoresMissing(Conflict):
    code = "news.assessment_scores_missing"
    message = _("还有已提交的对象没有评完分。")


class AppealOpen(Conflict):
    code = "news.assessment_appeal_open"
    message = _("已有申诉在等待答复。")


class AppealsOpen(Conflict):
    code = "news.assessment_appeals_open"
    message = _("申诉期未满，或还有申诉没有答复，不能公布。")


class AppealInvalid(Invalid):
    code = "news.assessment_appeal_invalid"
    message = _("申诉内容有误，请按提示修改。")

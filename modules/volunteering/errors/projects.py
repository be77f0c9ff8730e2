"""Refusals around people, teams and projects."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class NotOnRoster(Forbidden):
    code = "volunteering.not_on_roster"
    message = _("您的账号还没有对应到成员名册，不能参加志愿服务。请联系管理员。")


class PersonUnknown(NotFound):
    code = "volunteering.person_not_found"
    message = _("没有找到这个人，或他不在您管理的组织内。")


class ProjectMissing(NotFound):
    code = "volunteering.project_not_found"
    message = _("没有找到这个志愿项目，或它不对您开放。")


class ProjectInvalid(Invalid):
    code = "volunteering.project_invalid"
    message = _("项目内容有误，请按提示修改。")


class ProjectStale(Conflict):
    code = "volunteering.project_stale"
    message = _("项目已被他人修改，请刷新后重试。")


class ProjectEnded(Conflict):
    code = "volunteering.project_ended"
    message = _("项目已结束或已取消，不能再修改。")


class ProjectNotDraft(Conflict):
    code = "volunteering.project_not_draft"
    message = _("项目已经发布过了，不能再这样操作。")


class ProjectNotPublished(Conflict):
    code = "volunteering.project_not_published"
    message = _("项目没有发布，不能这样操作。")


class ProjectEmpty(Conflict):
    code = "volunteering.project_empty"
    message = _("请先添加至少一个还没有开始的班次，再发布。")


class TeamMissing(NotFound):
    code = "volunteering.team_not_found"
    message = _("没有找到这支志愿队伍。")


class TeamInvalid(Invalid):
    code = "volunteering.team_invalid"
    message = _("队伍信息有误，请按提示修改。")


class TeamStale(Conflict):
    code = "volunteering.team_stale"
    message = _("队伍信息已被他人修改，请刷新后重试。")


class TeamInactive(Conflict):
    code = "volunteering.team_inactive"
    message = _("这支队伍已停止活动，不能加入。")


class TeamMemberMissing(NotFound):
    code = "volunteering.team_member_not_found"
    message = _("没有找到这份入队申请。")


class TeamMemberDecided(Conflict):
    code = "volunteering.team_member_decided"
    message = _("这份入队申请已经处理过了。")

"""What the console's pages of projects, shifts and teams accept."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.shell.moments import MomentField

from ..manifest.words import ORGANISE
from ..models import TEXT_LENGTH, TITLE_LENGTH, Category, Project, ProjectState, Shift, Team
from ..selectors import projects as reads
from .people import PersonField, offer_units, person_line, unit_field

TEAMS_OFFERED = 300


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ProjectForm(forms.Form):
    title = forms.CharField(label=_("项目名称"), max_length=TITLE_LENGTH)
    category = forms.ChoiceField(label=_("类别"), choices=Category.choices)
    text = forms.CharField(label=_("项目说明"), max_length=TEXT_LENGTH, required=False, widget=_area(6))
    place = forms.CharField(label=_("服务地点"), max_length=100, required=False)
    unit_id = unit_field()
    team_id = forms.TypedChoiceField(label=_("志愿队伍"), required=False, coerce=uuid.UUID, empty_value=None)
    organiser_id = PersonField(
        label=_("现场负责人"), required=False, max_length=60,
        help_text=_("填姓名，同名的写成“姓名 组织”。负责人可以在手机上打开签到码。"),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=_("对外公开"), required=False, help_text=_("没有登录的群众也能看到；报名仍要先登录。")
    )
    skills = forms.CharField(label=_("需要的技能"), max_length=100, required=False, help_text=_("用空格或顿号隔开。"))
    age_note = forms.CharField(label=_("年龄要求"), max_length=100, required=False)
    insurance_note = forms.CharField(label=_("保险说明"), max_length=200, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, actor: Actor, project: Project | None = None) -> None:
        super().__init__(data, initial=_project_initial(project) if project else None)
        offer_units(self, actor=actor, permission=ORGANISE, fixed=project is not None)
        person: Any = self.fields["organiser_id"]
        person.actor, person.permission = actor, ORGANISE
        team: Any = self.fields["team_id"]
        team.choices = [("", _("不属于队伍")), *((str(row.pk), row.name) for row in reads.teams(actor)[:TEAMS_OFFERED])]

    def to_fields(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def _project_initial(project: Project) -> dict[str, Any]:
    names = (
        "title", "category", "text", "place", "team_id", "is_public", "skills", "age_note", "insurance_note", "version",
    )  # fmt: skip
    return {name: getattr(project, name) for name in names} | {"organiser_id": person_line(project.organiser)}


class ShiftForm(forms.Form):
    starts_at = MomentField(label=_("开始时间"))
    ends_at = MomentField(label=_("结束时间"), help_text=_("一个班次最长 24 小时。"))
    capacity = forms.IntegerField(
        label=_("人数"), min_value=1, max_value=10_000, help_text=_("报满后进入候补，有人退出按顺序递补。")
    )
    closes_at = MomentField(label=_("报名截止"), required=False, help_text=_("不填则到开始时截止。"))
    meeting_point = forms.CharField(label=_("集合地点"), max_length=100, required=False)

    def __init__(self, data: Any = None, *, shift: Shift | None = None) -> None:
        names = ("starts_at", "ends_at", "capacity", "closes_at", "meeting_point")
        super().__init__(data, initial={name: getattr(shift, name) for name in names} if shift else None)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200, widget=_area(2))


class PersonForm(forms.Form):
    person_id = PersonField(label=_("姓名"), max_length=60, help_text=_("没有账号的人也可以。同名的写成“姓名 组织”。"))

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        person: Any = self.fields["person_id"]
        person.actor, person.permission = actor, ORGANISE


class TeamForm(forms.Form):
    name = forms.CharField(label=_("队伍名称"), max_length=TITLE_LENGTH)
    unit_id = unit_field()
    leader_id = PersonField(
        label=_("队长"), max_length=60, required=False, help_text=_("填姓名，同名的写成“姓名 组织”。")
    )
    contact = forms.CharField(label=_("联系方式"), max_length=100, required=False, help_text=_("所有成员都看得到。"))
    text = forms.CharField(label=_("简介"), max_length=500, required=False, widget=_area(3))
    needs_approval = forms.BooleanField(label=_("入队要审批"), required=False)
    is_active = forms.BooleanField(label=_("正在活动"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, actor: Actor, team: Team | None = None) -> None:
        names = ("name", "contact", "text", "needs_approval", "is_active", "version")
        initial = (
            {name: getattr(team, name) for name in names} | {"leader_id": person_line(team.leader)} if team else None
        )
        super().__init__(data, initial=initial)
        offer_units(self, actor=actor, permission=ORGANISE, fixed=team is not None)
        person: Any = self.fields["leader_id"]
        person.actor, person.permission = actor, ORGANISE

    def to_fields(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class FilterForm(forms.Form):
    """Filters of the list; anything strange is as good as nothing."""

    q = forms.CharField(
        label=_("项目名称"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("搜索项目名称")}),
    )  # fmt: skip
    show = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部状态")), *ProjectState.choices])

    def criteria(self) -> dict[str, str]:
        data = self.cleaned_data if self.is_valid() else {}
        return {"words": data.get("q", ""), "show": data.get("show", "")}

"""/api/v1/people and /api/v1/memberships."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.access import signin
from jiceng.access.stepup import RECENT
from jiceng.api.errors import PreconditionFailed
from jiceng.api.queries import ListQuery
from jiceng.api.viewsets import Filters, command
from jiceng.kernel.errors import FieldError, Forbidden
from jiceng.members import scope, selectors, services
from jiceng.members.bodies import Body
from jiceng.members.fields import FIELDS
from jiceng.members.models import Disclosure, Membership, Person, PersonChange, PersonState

from .reach import WriteInReach
from .serializers import (
    LeaveInput,
    MembershipEnd,
    MembershipInput,
    MembershipRow,
    MembershipUpdate,
    PersonDetail,
    PersonInput,
    PersonRow,
    PersonUpdate,
    Revealed,
    RevealInput,
)

CHOSEN = ("unit", "body", "membership_state", "q")


class RecentLoginNeeded(Forbidden):
    code = "recent_login_needed"
    message = _("请先在控制台重新输入密码，再查看完整号码。")


class PersonFilters(Filters):
    unit = fields.UUIDField(help_text=_("在这个组织或其下级有组织关系"))
    body = fields.ChoiceField(choices=Body.choices, help_text=_("有这一类组织关系"))
    membership_state = fields.CharField(max_length=20, help_text=_("这一类组织关系处于这个状态；与 body 一起用"))
    state = fields.ChoiceField(choices=PersonState.choices, help_text=_("在册状态；省略时包括已离开和已合并的"))
    employee_number = fields.CharField(max_length=40, help_text=_("工号"))
    q = fields.CharField(max_length=50, help_text=_("姓名、拼音、首字母、职务、工号、手机尾号四位"))


class PersonViewSet(WriteInReach):
    noun = _("人员")
    about = _(
        "名册上的人员。手机号码和证件号码只给出隐藏后的样子，完整号码用“查看完整号码”逐人读取。已离开和已合并的人员仍可读到，"
        "同步时按 state 和 merged_into_id 处理。"
    )
    serializer_class = PersonRow
    detail_serializer_class = PersonDetail
    input_class = PersonInput
    update_input_class = PersonUpdate
    filters = PersonFilters
    orderings = ("pinyin", "-updated_at")
    updated_field = "updated_at"

    @property
    def requires_if_match(self) -> bool:  # type: ignore[override]
        """Only where values could be lost."""
        return self.action == "partial_update"

    @property
    def is_idempotent(self) -> bool:  # type: ignore[override]
        """Numbers in clear are not kept for a repetition."""
        return self.action != "reveal"

    def rows(self) -> QuerySet[Person]:
        return scope.people_in_reach(self.actor, self.permission).select_related("unit")

    def _filtered(self, query: ListQuery) -> QuerySet[Person]:
        """What is no column is asked of the selector."""
        rows: QuerySet[Person] = super()._filtered(
            ListQuery(
                updated_since=query.updated_since,
                filters={name: value for name, value in query.filters.items() if name not in CHOSEN},
            )
        )
        chosen = {name: query.filters[name] for name in CHOSEN if name in query.filters}
        if not chosen:
            return rows
        unit = selectors.get_unit(chosen["unit"], actor=self.actor) if "unit" in chosen else None
        matching = selectors.list_people(
            actor=self.actor, query=chosen.get("q", ""), unit=unit, body=chosen.get("body", ""),
            membership_state=chosen.get("membership_state", ""), state="",
        )  # fmt: skip
        return rows.filter(pk__in=matching.order_by().values("pk"))

    def find_item_to_change(self) -> Person:
        """With the version in the body, a refusal can name what somebody else has changed."""
        sent = self.request.data if self.action == "partial_update" else {}
        version = sent.get("version") if isinstance(sent, dict) else None
        if type(version) is int and version > 0:
            person = self.find_item(for_update=True)
            if version != person.version:
                changed = selectors.changed_since(person, version)
                raise PreconditionFailed(fields=[_overtaken(code) for code in changed])
        return super().find_item_to_change()

    def create_item(self, data: dict[str, Any]) -> Person:
        return services.create_person(
            **{key: value for key, value in data.items() if key not in ("membership_state", "started_on")},
            state=data.get("membership_state"), on=data.get("started_on"), source=PersonChange.Source.API,
            actor=self.actor,
        )  # fmt: skip

    def update_item(self, item: Person, data: dict[str, Any]) -> Person:
        values = {code: value for code, value in data.items() if code != "version"}
        return services.update_person(
            person_id=item.pk, values=values, version=item.version, source=PersonChange.Source.API, actor=self.actor
        )

    @command(_("人员离开"), about=_("全部组织关系和任职随之结束，资料保留。"), input_class=LeaveInput)
    def leave(self, item: Person, data: dict[str, Any]) -> Person:
        return services.leave(person_id=item.pk, **data, actor=self.actor)

    @command(_("人员恢复在册"), about=_("原来的组织关系不会自动恢复。"))
    def return_(self, item: Person) -> Person:
        return services.come_back(person_id=item.pk, actor=self.actor)

    @command(
        _("查看完整号码"), input_class=RevealInput, output_class=Revealed,
        about=_("给出完整的手机号码、证件号码。每次读取都会记入审计日志，本人可以看到是谁、为什么读取。没有登记的为空文字。"),
    )  # fmt: skip
    def reveal(self, item: Person, data: dict[str, Any]) -> dict[str, str]:
        if self.actor.kind == "user" and not signin.is_recent(self.request._request, RECENT):
            raise RecentLoginNeeded
        return services.reveal(
            person_id=item.pk, fields=data["fields"], reason=data["reason"], kind=Disclosure.Kind.API, actor=self.actor
        )


class MembershipFilters(Filters):
    person = fields.UUIDField(source="person_id", help_text=_("人员"))
    unit = fields.UUIDField(source="unit_id", help_text=_("直接属于这个组织"))
    body = fields.ChoiceField(choices=Body.choices, help_text=_("类别"))
    state = fields.CharField(max_length=20, help_text=_("状态代码"))
    is_open = fields.BooleanField(source="ended_on__isnull", help_text=_("true：仍然有效的；false：已结束的"))


class MembershipViewSet(WriteInReach):
    noun = _("组织关系")
    about = _("谁属于哪一类组织、处于什么状态。每类最多一条有效的；变动都有日期和历史。")
    serializer_class = MembershipRow
    input_class = MembershipInput
    update_input_class = MembershipUpdate
    filters = MembershipFilters
    orderings = ("created_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Membership]:
        return selectors.memberships_in_reach(actor=self.actor, permission=self.permission)

    def create_item(self, data: dict[str, Any]) -> Membership:
        values = {**data, "on": data.get("started_on")}
        values.pop("started_on", None)
        person = selectors.get_person(values.pop("person_id"), actor=self.actor, permission=scope.MANAGE)
        return services.join(person=person, **values, actor=self.actor)

    def update_item(self, item: Membership, data: dict[str, Any]) -> Membership:
        return services.change_membership(membership_id=item.pk, **data, version=item.version, actor=self.actor)

    @command(_("结束组织关系"), input_class=MembershipEnd)
    def end(self, item: Membership, data: dict[str, Any]) -> Membership:
        return services.end_membership(membership_id=item.pk, **data, version=item.version, actor=self.actor)


def _overtaken(code: str) -> FieldError:
    return FieldError(f"/{code}", "person_changed", _("“%(field)s”刚被他人修改。") % {"field": FIELDS[code].label})

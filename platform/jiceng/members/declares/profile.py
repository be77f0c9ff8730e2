"""个人中心: pages of one's own data on the phone, and the approval of what people may not change alone."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Page, Part, Permission, Workflow, WorkflowStep

PROFILE = "members.profile"
APPROVE = "members.approve_changes"
VIEWS = "jiceng.h5.mine"
BOTH, POST = ("GET", "POST"), ("POST",)


def _page(path: str, view: str, name: str, *, methods: tuple[str, ...] = ("GET",), permission: str = PROFILE) -> Page:
    return Page("h5", path, f"{VIEWS}.{view}", name, permission, methods=methods)


PART = Part(
    permissions=(
        Permission(code=PROFILE, label=_("使用个人中心"), default_roles=("member", "editor", "auditor")),
        Permission(code=APPROVE, label=_("审核个人信息变更")),
    ),
    actions={
        "members.profilechange.requested": _("申请变更个人信息"), "members.profilechange.applied": _("通过个人信息变更"),
        "members.profilechange.rejected": _("不同意个人信息变更"), "members.profilechange.withdrawn": _("撤回个人信息变更"),
        "members.profilechange.revealed": _("查看变更申请的完整号码"), "members.profile.exported": _("导出本人数据"),
        "members.consent.granted": _("同意个人信息用途"), "members.consent.withdrawn": _("撤回个人信息同意"),
    },
    pages=(
        _page("mine/profile/", "profile.profile", "profile", methods=BOTH),
        _page("mine/profile/edit/", "profile.edit", "profile_edit", methods=BOTH),
        _page("mine/profile/request/", "requests.choose", "profile_request"),
        _page("mine/profile/request/<slug:group>/", "requests.ask", "profile_ask", methods=BOTH),
        _page("mine/profile/requests/<uuid:request_id>/", "requests.detail", "profile_asked"),
        _page("mine/profile/requests/<uuid:request_id>/withdraw/", "requests.withdraw", "profile_withdraw", methods=POST),
        _page("mine/history/", "privacy.history", "profile_history"),
        _page("mine/history/<uuid:change_id>/undo/", "privacy.undo", "profile_undo", methods=POST),
        _page("mine/seen/", "privacy.seen", "profile_seen"),
        _page("mine/consents/", "privacy.consents", "profile_consents", methods=BOTH),
        _page("mine/export/", "privacy.export", "profile_export", methods=BOTH),
        _page("mine/terminals/", "terminals.terminals", "profile_terminals", methods=BOTH),
        _page("profile-changes/<uuid:request_id>/", "requests.reveal", "profile_reveal", methods=BOTH, permission=APPROVE),
    ),
    file_owners={"members.profilechange": "jiceng.members.profile.selectors.may_read_evidence"},
    workflows=(
        Workflow(
            code="members.profile_change",
            label=_("个人信息变更审批"),
            steps=(WorkflowStep("review", _("支部或部门审核"), APPROVE, days=3),),
            summary="jiceng.members.profile.requests.summary",
            decided="jiceng.members.profile.requests.decided",
            withdrawn="jiceng.members.profile.requests.withdrawn",
        ),
    ),
)  # fmt: skip

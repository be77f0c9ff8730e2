"""What teams and projects add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, Page, Part, SetupStep, Tile

from .words import API, BOTH, CONSOLE, JOIN, LOOK, ORGANISE, PAGES, POST, PROJECT, TEAM

PHONE, CREW = f"{PAGES}.projects", f"{PAGES}.teams"
DESK, TEAMS = f"{CONSOLE}.projects", f"{CONSOLE}.teams"
GROUP = _("志愿服务")

PART = Part(
    pages=(
        Page("h5", "", f"{PHONE}.project_list", "list", LOOK),
        Page("h5", PROJECT, f"{PHONE}.project_detail", "project", LOOK),
        Page("h5", "teams/", f"{CREW}.team_list", "teams", JOIN),
        Page("h5", TEAM, f"{CREW}.team_detail", "team", JOIN),
        Page("h5", f"{TEAM}join/", f"{CREW}.team_join", "team-join", JOIN, methods=POST),
        Page("h5", f"{TEAM}leave/", f"{CREW}.team_leave", "team-leave", JOIN, methods=POST),
        Page("console", "", f"{DESK}.project_list", "projects", ORGANISE),
        Page("console", "projects/new/", f"{DESK}.project_new", "project-new", ORGANISE, methods=BOTH),
        Page("console", PROJECT, f"{DESK}.project_detail", "project", ORGANISE),
        Page("console", f"{PROJECT}edit/", f"{DESK}.project_edit", "project-edit", ORGANISE, methods=BOTH),
        Page("console", f"{PROJECT}publish/", f"{DESK}.project_publish", "project-publish", ORGANISE, methods=POST),
        Page("console", f"{PROJECT}delete/", f"{DESK}.project_delete", "project-delete", ORGANISE, methods=BOTH),
        Page("console", f"{PROJECT}close/", f"{DESK}.project_close", "project-close", ORGANISE, methods=BOTH),
        Page("console", f"{PROJECT}cancel/", f"{DESK}.project_cancel", "project-cancel", ORGANISE, methods=BOTH),
        Page("console", "teams/", f"{TEAMS}.team_list", "teams", ORGANISE),
        Page("console", "teams/new/", f"{TEAMS}.team_new", "team-new", ORGANISE, methods=BOTH),
        Page("console", TEAM, f"{TEAMS}.team_detail", "team", ORGANISE),
        Page("console", f"{TEAM}edit/", f"{TEAMS}.team_edit", "team-edit", ORGANISE, methods=BOTH),
        Page("console", f"{TEAM}members/<uuid:member_id>/", f"{TEAMS}.team_member", "team-member", ORGANISE, methods=POST),
    ),
    api=(ApiRoute("projects", f"{API}.projects.ProjectViewSet", read=JOIN, write=ORGANISE),),
    menu=(
        MenuEntry("h5", _("志愿服务"), "list", JOIN, icon="hand-heart", order=25),
        MenuEntry("console", _("志愿项目"), "projects", ORGANISE, icon="hand-heart", order=60, group=GROUP),
        MenuEntry("console", _("志愿队伍"), "teams", ORGANISE, icon="users", order=61, group=GROUP),
    ),
    tiles=(
        Tile(_("招募中的志愿项目"), "modules.volunteering.selectors.projects.count_published", "projects", ORGANISE,
             icon="hand-heart", order=85),
    ),
    setup_steps=(
        SetupStep(_("发布第一个志愿项目"), "modules.volunteering.selectors.projects.has_projects", "projects", ORGANISE,
                  order=85),
    ),
    actions={
        "volunteering.project.created": _("新建志愿项目"), "volunteering.project.updated": _("修改志愿项目"),
        "volunteering.project.published": _("发布志愿项目"), "volunteering.project.closed": _("结束志愿项目"),
        "volunteering.project.cancelled": _("取消志愿项目"), "volunteering.project.deleted": _("删除志愿项目草稿"),
        "volunteering.team.created": _("新建志愿队伍"), "volunteering.team.updated": _("修改志愿队伍"),
        "volunteering.team.joined": _("申请加入志愿队伍"), "volunteering.team.left": _("退出志愿队伍"),
        "volunteering.team.decided": _("审批入队申请"),
    },
    emits=(
        Event("volunteering.project.published", {"project_id": "uuid", "title": "str"}, _("发布志愿项目"), True),
    ),
)  # fmt: skip

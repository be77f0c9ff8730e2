"""What materials, courses and learning add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, Page, Part, Permission, SetupStep

from .words import API, ASSIGN, BOTH, CONSOLE, EXAMINE, HOURS, LEARN, MARK, PAGES, POST, REVIEW, TEACH, VERIFY

PHONE, DESK, SHELF = f"{PAGES}.courses", f"{CONSOLE}.courses", f"{CONSOLE}.materials"
COURSE, LESSON = "courses/<uuid:course_id>/", "lessons/<uuid:lesson_id>/"

PART = Part(
    permissions=(
        Permission(LEARN, _("学习课程、参加考试、写心得"), default_roles=("member", "editor", "secretary")),
        Permission(TEACH, _("管理学习资料和课程"), default_roles=("editor",)),
        Permission(ASSIGN, _("布置学习任务、查看完成情况"), default_roles=("editor", "secretary")),
        Permission(EXAMINE, _("管理题库和考试"), default_roles=("editor",)),
        Permission(MARK, _("阅卷、查看考试分析"), default_roles=("editor", "secretary")),
        Permission(HOURS, _("管理学时、线下培训和证书"), default_roles=("secretary",)),
        Permission(REVIEW, _("点评学习心得"), default_roles=("editor", "secretary")),
        Permission(VERIFY, _("扫码核验证书"), public=True),
    ),
    pages=(
        Page("h5", "", f"{PHONE}.shelf", "home", LEARN),
        Page("h5", "courses/", f"{PHONE}.course_list", "courses", LEARN),
        Page("h5", COURSE, f"{PHONE}.course_detail", "course", LEARN),
        Page("h5", LESSON, f"{PHONE}.lesson_detail", "lesson", LEARN),
        Page("h5", f"{LESSON}time/", f"{PHONE}.lesson_time", "lesson-time", LEARN, methods=POST),
        Page("h5", f"{LESSON}confirm/", f"{PHONE}.lesson_confirm", "lesson-confirm", LEARN, methods=POST),
        Page("h5", f"{LESSON}notes/", f"{PAGES}.notes.note_new", "note-new", LEARN, methods=POST),
        Page("h5", "notes/", f"{PAGES}.notes.note_list", "notes", LEARN),
        Page("h5", "notes/<uuid:note_id>/delete/", f"{PAGES}.notes.note_delete", "note-delete", LEARN, methods=POST),
        Page("console", "", f"{DESK}.course_list", "courses", TEACH),
        Page("console", "courses/new/", f"{DESK}.course_new", "course-new", TEACH, methods=BOTH),
        Page("console", COURSE, f"{DESK}.course_detail", "course", TEACH),
        Page("console", f"{COURSE}edit/", f"{DESK}.course_edit", "course-edit", TEACH, methods=BOTH),
        Page("console", f"{COURSE}publish/", f"{DESK}.course_publish", "course-publish", TEACH, methods=POST),
        Page("console", f"{COURSE}withdraw/", f"{DESK}.course_withdraw", "course-withdraw", TEACH, methods=BOTH),
        Page("console", f"{COURSE}delete/", f"{DESK}.course_delete", "course-delete", TEACH, methods=BOTH),
        Page("console", f"{COURSE}learners/", f"{DESK}.learners", "course-learners", TEACH),
        Page("console", f"{COURSE}chapters/", f"{CONSOLE}.outline.chapter_new", "chapter-new", TEACH, methods=POST),
        Page("console", "chapters/<uuid:chapter_id>/", f"{CONSOLE}.outline.chapter_change", "chapter", TEACH, methods=POST),
        Page("console", "chapters/<uuid:chapter_id>/lessons/new/", f"{CONSOLE}.outline.lesson_new", "lesson-new", TEACH,
             methods=BOTH),
        Page("console", LESSON, f"{CONSOLE}.outline.lesson_edit", "lesson", TEACH, methods=BOTH),
        Page("console", f"{LESSON}change/", f"{CONSOLE}.outline.lesson_change", "lesson-change", TEACH, methods=POST),
        Page("console", "materials/", f"{SHELF}.material_list", "materials", TEACH),
        Page("console", "materials/new/", f"{SHELF}.material_new", "material-new", TEACH, methods=BOTH),
        Page("console", "materials/<uuid:material_id>/", f"{SHELF}.material_edit", "material", TEACH, methods=BOTH),
        Page("console", "materials/<uuid:material_id>/retire/", f"{SHELF}.material_retire", "material-retire", TEACH,
             methods=BOTH),
    ),
    api=(
        ApiRoute("courses", f"{API}.courses.CourseViewSet", read=LEARN, write=TEACH),
        ApiRoute("materials", f"{API}.courses.MaterialViewSet", read=TEACH, write=TEACH),
        ApiRoute("enrolments", f"{API}.courses.EnrolmentViewSet", read=ASSIGN, write=ASSIGN),
    ),
    menu=(
        MenuEntry("h5", _("学习"), "home", LEARN, icon="graduation-cap", order=12),
        MenuEntry("console", _("课程"), "courses", TEACH, icon="graduation-cap", order=30, group=_("学习教育")),
        MenuEntry("console", _("学习资料"), "materials", TEACH, icon="library", order=31, group=_("学习教育")),
    ),
    setup_steps=(
        SetupStep(_("发布第一门课程"), "modules.study.selectors.courses.has_courses", "courses", TEACH, order=60),
    ),
    actions={
        "study.material.created": _("新建学习资料"), "study.material.updated": _("修改学习资料"),
        "study.material.retired": _("停用学习资料"),
        "study.course.created": _("新建课程"), "study.course.updated": _("修改课程"),
        "study.course.published": _("发布课程"), "study.course.withdrawn": _("下架课程"),
        "study.course.deleted": _("删除课程"),
    },
    emits=(
        Event("study.course.published", {"course_id": "uuid", "title": "str"}, _("发布课程"), True),
        Event("study.lesson.completed", {"lesson_id": "uuid", "course_id": "uuid", "person_id": "uuid", "user_id": "str"},
              _("学完课时"), True),
        Event("study.course.completed", {"course_id": "uuid", "title": "str", "person_id": "uuid", "user_id": "str"},
              _("学完课程"), True),
    ),
    file_owners={
        "study.material": "modules.study.selectors.materials.may_open",
        "study.course": "modules.study.selectors.materials.may_open_cover",
    },
)  # fmt: skip

"""What a module says of itself. Frozen data: a manifest imports nothing but this module and gettext.

From these declarations the platform builds URL patterns, menus, the role editor, settings forms, the schedule, the event
catalogue, OpenAPI tags, the reference pages and the contract tests. ``registry`` checks that they hold together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Surface = Literal["h5", "console"]
Text = Any  # str or a lazy translation

CATEGORIES: Mapping[str, str] = {"platform": "平台", "core": "核心服务", "special": "特色服务", "life": "生活服务"}
AUDIENCES: Mapping[str, str] = {"party": "党", "union": "工", "league": "青", "women": "妇", "masses": "群众"}
SERVICE_TYPES: Mapping[str, str] = {
    "information": "信息推送", "education": "教育培训", "management": "管理", "interaction": "互动交流",
    "activity": "社会活动", "resource": "资源整合",
}  # fmt: skip

# What points may reward. Presence, attention and appraisal by hours are not among them, and never will be.
POINTS_METRICS: Mapping[str, str] = {"completion": "完成", "contribution": "贡献", "service": "服务"}


@dataclass(frozen=True, slots=True)
class Permission:
    """Something a person may be allowed to do. ``code``: ``<module>.<verb>``.

    ``default_roles``: built-in roles that have it unless a tenant says otherwise. ``administrator`` has every permission.
    ``public``: anonymous visitors have it too.
    """

    code: str
    label: Text
    default_roles: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of one surface. ``path``: below the module's prefix, ``""`` or ``"<uuid:article_id>/"``; Django path syntax.

    ``view``: dotted path of a function view. ``permission``: who may open it, for every method;
    ``write``: who may POST, where it differs. ``methods``: what the view answers.
    """

    surface: Surface
    path: str
    view: str
    name: str
    permission: str
    write: str | None = None
    methods: tuple[str, ...] = ("GET",)


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """A collection of the API below ``/api/v1/<module>/``. ``viewset``: dotted path of a GenericViewSet.

    ``read``/``write``: permissions for safe and unsafe methods; ``actions``: permissions of named actions.
    """

    prefix: str
    viewset: str
    read: str
    write: str
    actions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry leading to one of the module's pages. ``place``: H5 ``grid`` (home) or ``tab``; console ignores it."""

    surface: Surface
    label: Text
    page: str
    permission: str
    icon: str
    order: int = 100
    place: Literal["grid", "tab"] = "grid"
    group: Text = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened. ``name``: ``<module>.<object>.<past>``; ``payload``: key -> "uuid"|"str"|"int"|"bool"."""

    name: str
    payload: Mapping[str, str]
    label: Text = ""
    webhook: bool = False


@dataclass(frozen=True, slots=True)
class PointsRule:
    """What an event is worth to a person. ``code``: ``<module>.<what>``. See ``jiceng.points``.

    ``points``, ``daily_cap``, ``yearly_cap`` (``None``: none): what holds until a tenant says otherwise. A tenant may choose
    points from ``minimum`` to ``maximum`` and caps up to ``most_a_day`` and ``most_a_year`` (0: ten times the default).
    ``person``: payload key of whom it is about, a person's id; where the payload lacks it or has ``""``, ``user_id`` says who.
    ``subject``: payload key of the cause; each rule counts once for each person and subject. ``undone_by``: the event that
    takes it back, with the same keys. ``metric``: what it rewards, one of ``POINTS_METRICS``. ``title``: payload key of what
    the cause is called; ``link``: a path with payload keys in braces, ``"/news/{article_id}/"``.
    """

    code: str
    event: str
    points: int
    daily_cap: int
    label: Text = ""
    yearly_cap: int | None = None
    minimum: int = 1
    maximum: int = 20
    most_a_day: int = 0
    most_a_year: int = 0
    person: str = "person_id"
    subject: str = ""
    undone_by: str = ""
    metric: str = "completion"
    title: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Work that comes due by the clock in every tenant with the module on. ``cron``: five fields, tenant zone."""

    task: str
    cron: str


@dataclass(frozen=True, slots=True)
class HomeCard:
    """A block on the phone's home page. ``selector``: dotted path ``f(*, actor) -> dict | None``; ``template``: its body."""

    selector: str
    template: str
    permission: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class Tile:
    """A number on the console's dashboard. ``selector``: dotted path ``f() -> int``; ``page``: the console page it leads to."""

    label: Text
    selector: str
    page: str
    permission: str
    icon: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart on the console's dashboard. ``selector``: dotted path ``f() -> Sequence[tuple[label, int]]``."""

    title: Text
    selector: str
    permission: str
    kind: Literal["bar", "line", "donut", "rank"] = "bar"
    unit: Text = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class SetupStep:
    """A step of a new tenant's checklist. ``selector``: dotted path ``f() -> bool``, whether it is done.

    ``why``: a sentence on what it is good for; ``minutes``: about how long it takes.
    """

    label: Text
    selector: str
    page: str
    permission: str
    order: int = 100
    why: Text = ""
    minutes: int = 2


@dataclass(frozen=True, slots=True)
class NoticeCategory:
    """A kind of message to people (``jiceng.notices``). ``code``: ``<module>.<what>``.

    ``is_mandatory``: nobody can mute it. ``is_urgent``: quiet hours and digests do not hold it back.
    """

    code: str
    label: Text
    is_mandatory: bool = False
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class WorkflowStep:
    """One approval. Who: anybody holding ``permission`` at the case's unit (``scope="unit"``) or anywhere (``"tenant"``).

    ``days``: until administrators are told that it is overdue.
    """

    code: str
    label: Text
    permission: str
    days: int = 3
    scope: Literal["unit", "tenant"] = "unit"


@dataclass(frozen=True, slots=True)
class Workflow:
    """An approval of something of the module's own. ``code``: ``<module>.<what>``. See ``jiceng.workflow``.

    ``summary``: dotted ``f(*, subject_id: str) -> jiceng.workflow.summaries.CaseSummary``, called whenever somebody
    looks. ``decided``: dotted ``f(*, subject_id: str, is_approved: bool, actor, at) -> None``, called in the transaction
    of the last decision; ``withdrawn``: dotted ``f(*, subject_id: str, actor, at) -> None``, likewise.
    ``steps``: version 0; a tenant may publish others.
    """

    code: str
    label: Text
    steps: tuple[WorkflowStep, ...]
    summary: str
    decided: str
    withdrawn: str | None = None


def setting(
    default: Any,
    *,
    label: Text,
    help: Text = "",
    minimum: int | None = None,
    maximum: int | None = None,
    choices: tuple[tuple[str, Text], ...] = (),
    max_length: int = 200,
) -> Any:
    """Declare one field of a settings dataclass: its default, what the form says, and its bounds.

    The annotation gives the type: ``bool``, ``int``, ``str`` or ``tuple[str, ...]``.
    """
    return field(
        default=default,
        metadata={"label": label, "help": help, "minimum": minimum, "maximum": maximum, "choices": choices,
                  "max_length": max_length},
    )  # fmt: skip


@dataclass(frozen=True)
class NoSettings:
    """For modules with nothing to set."""


@dataclass(frozen=True)
class Manifest:
    """A module. ``code`` is its folder's name. ``needs``: modules that must be on too.

    ``listens``: event name -> dotted handlers. ``always_on``: part of the platform, never switched off.
    ``tasks``: task name -> dotted function, for ``kernel.tasks.enqueue``.
    """

    code: str
    name: Text
    category: str
    summary: Text
    audiences: tuple[str, ...] = ()
    service_types: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()
    pages: tuple[Page, ...] = ()
    api: tuple[ApiRoute, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    home_cards: tuple[HomeCard, ...] = ()
    tiles: tuple[Tile, ...] = ()
    charts: tuple[Chart, ...] = ()
    setup_steps: tuple[SetupStep, ...] = ()
    emits: tuple[Event, ...] = ()
    listens: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)
    points: tuple[PointsRule, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    notices: tuple[NoticeCategory, ...] = ()
    settings: type = NoSettings
    needs: tuple[str, ...] = ()
    icon: str = "blocks"
    always_on: bool = False
    default_on: bool = False
    # What the audit trail's actions are called: action -> label ("停用账号").
    actions: Mapping[str, Text] = field(default_factory=dict)
    # Who may open files attached to this module's objects: owner kind ("<module>.<object>") -> dotted
    # ``f(*, actor, owner_id: str) -> bool``. See jiceng.files.
    file_owners: Mapping[str, str] = field(default_factory=dict)
    # Called by provisioning in a new tenant's scope, dotted path ``f() -> None``; must be idempotent.
    prepare: str | None = None
    # The phone page (``<slug:module>``) that explains how to use a module: every module's pages lead there.
    help_page: str = ""

    def permission_codes(self) -> frozenset[str]:
        return frozenset(permission.code for permission in self.permissions)


class Part(dict[str, Any]):
    """Some fields of a manifest that is too long for one file: ``Part(pages=(…), actions={…})``."""


def joined(base: Manifest, *parts: Part) -> Manifest:
    """``base`` with what the parts add: sequences one after the other, mappings together."""
    fields: dict[str, Any] = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        values = [getattr(base, name), *(part[name] for part in parts if name in part)]
        if isinstance(values[0], Mapping):
            fields[name] = {key: value for mapping in values for key, value in mapping.items()}
        else:
            fields[name] = tuple(item for sequence in values for item in sequence)
    return replace(base, **fields)

"""No module may reward presence, attention or hours."""

from __future__ import annotations

import pytest

from jiceng.kernel import points_checks
from jiceng.kernel.manifest import Event, Manifest, PointsRule
from jiceng.kernel.registry import Registry, registry

PAYLOAD = {"person_id": "uuid", "user_id": "str", "what_id": "uuid"}


def faults(**fields):
    declared = {
        "code": "demo.done",
        "event": "demo.thing.done",
        "points": 1,
        "daily_cap": 5,
        "subject": "what_id",
        **fields,
    }
    rule = PointsRule(**declared)
    manifest = Manifest(
        code="demo", name="x", category="core", summary="x", emits=(Event(rule.event, PAYLOAD, "x"),), points=(rule,)
    )  # fmt: skip
    return list(points_checks.problems("demo", rule, Registry((manifest,))))


def test_no_module_declares_a_forbidden_metric():
    """Walks every manifest there is."""
    found = [
        problem for manifest in registry for rule in manifest.points
        for problem in points_checks.problems(manifest.code, rule, registry)
    ]  # fmt: skip
    assert found == []
    assert len(registry.points_rules) >= 5


def test_a_harmless_rule_passes():
    assert faults() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"event": "demo.user.logged_in"}, {"event": "demo.activity.checked_in"}, {"event": "demo.article.liked"},
        {"event": "demo.article.shared"}, {"event": "demo.page.visited"}, {"event": "demo.app.installed"},
        {"code": "demo.online"}, {"code": "demo.study_hours"}, {"code": "demo.streak"}, {"metric": "duration"},
        {"metric": "attention"}, {"code": "demo.daily-punch"}, {"event": "demo.friend.invited"},
    ],
)  # fmt: skip
def test_forbidden_metrics_stop_the_start(fields):
    assert faults(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"points": 0}, {"points": -1, "minimum": -1}, {"daily_cap": 0}, {"yearly_cap": 1}, {"subject": "no_such"},
        {"link": "/x/{no_such}/"}, {"code": "other.done"}, {"undone_by": "demo.no.such"}, {"maximum": 0},
    ],
)  # fmt: skip
def test_rules_without_sense_stop_the_start(fields):
    assert faults(**fields)


def test_the_ledger_listens_to_what_rules_name_and_to_nothing_else():
    listened = {
        event for event, doors in registry.listeners.items() if any(module == "points" for module, _door in doors)
    }
    assert listened == set(registry.points_events)
    assert "study.course.completed" in listened
    assert "news.activity.cancelled" in listened

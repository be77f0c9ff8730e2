"""Canaries: one row in every table of a tenant, with a recognisable text in every column that can hold text.

Made by looking at the models, so a new table is seeded without anybody thinking of it; the few whose constraints ask
for more have a recipe below, and a table that could not be seeded fails the sweep.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, models, transaction

from jiceng.access.models import User
from jiceng.kernel import crypto
from jiceng.kernel.clock import now

MARK = "KANARI"


def canary(slug: str) -> str:
    return f"{MARK}-{slug.upper()}"


def tenant_models() -> list[type[models.Model]]:
    """Models with a table in every tenant's schema, those that others refer to first."""
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    found = [model for model in apps.get_models() if model._meta.app_label in labels and model._meta.managed]
    ordered: list[type[models.Model]] = []
    while rest := [model for model in found if model not in ordered]:
        ready = [model for model in rest if all(need in ordered or need is model for need in _needs(model, found))]
        ordered += ready or rest
    return ordered


def _needs(model: type[models.Model], known: list[type[models.Model]]) -> Iterator[type[models.Model]]:
    for field in model._meta.concrete_fields:
        if field.remote_field and field.related_model in known:
            yield field.related_model


def _long_ago() -> dt.date:
    return now().date() - dt.timedelta(days=400)


_STEP = {"code": "one", "label": MARK, "who": {"role": "editor"}, "scope": "unit", "days": 3}
_NUMBERS = itertools.count(1)
# What introspection cannot know: values that constraints or readers need. Callables get the canary's text.
_ENDPOINTS: list[uuid.UUID] = []


def _endpoint_id() -> uuid.UUID:
    _ENDPOINTS.append(uuid.uuid4())
    return _ENDPOINTS[-1]


def _endpoint_secret() -> bytes:
    """Sealed for the endpoint just made: rotating opens it."""
    return crypto.seal(b"whsec_" + b"A" * 43 + b"=", context=f"webhooks_endpoint|secret|{_ENDPOINTS[-1]}")


RECIPES: dict[str, dict[str, Any]] = {
    "news.article": {"state": "published", "published_at": now, "withdrawn_at": None, "version": 1, "confirm_by": None, "search_terms": None},
    "news.document": {"archive_number": None, "archived_at": None},
    "news.circulation": {"signed_at": None, "signed_by_name": ""},
    "news.assessment": {"phase": "collecting", "concluded_at": None},
    "news.assessmenttarget": {"person": None, "total": None},
    "news.score": {"value": 1},
    "news.criterion": {"weight": 100, "max_score": 100},
    "news.appeal": {"state": "open", "answered_at": None, "adjusted_total": None},
    "news.activity": {"sign_up_until": None, "capacity": None, "ends_at": lambda: now() + dt.timedelta(hours=2)},
    "news.lesson": {"media": None},
    "news.sharelink": {"expires_at": lambda: now() + dt.timedelta(days=9)},
    "news.readreceipt": {"confirmed_at": None},
    "appraisal.round": {
        "self_weight": 0, "peers_weight": 100, "branch_weight": 0, "leaders_weight": 0, "peer_count": 3, "group_minimum": 3,
        "opens_at": now, "closes_at": lambda: now() + dt.timedelta(days=9), "state": "open", "normalisation": "none",
        "is_blind": True, "excellent_from": 90, "good_from": 75, "basic_from": 60,
    },
    "appraisal.criterion": {"weight": 100, "max_score": 10},
    "appraisal.subject": {"total": None, "explanation": dict},
    "appraisal.appraisalappeal": {"state": "open", "answered_at": None, "adjusted_total": None},
    "appraisal.sheet": {"is_blind": True, "is_handed_in": True, "assignment": None},
    "appraisal.sheetscore": {"value": 1},
    "appraisal.surveyanswer": {"grade": 2, "phone_sealed": None, "hidden_at": None},
    "appraisal.followup": {"state": "open", "closed_at": None, "opened_at": now, "due_at": lambda: now() + dt.timedelta(days=5)},
    "notices.delivery": {"state": "waiting", "reason": ""},
    "notices.dutyhours": {"weekday": 1, "starts_at": dt.time(8), "ends_at": dt.time(12)},
    "notices.habits": {"quiet_from": dt.time(22), "quiet_to": dt.time(7)},
    "members.audienceclause": {"state": "", "body": "party"},
    "files.storedfile": {"kind": "attachment", "variants": lambda: {"original": {"content_type": "text/plain", "size_bytes": 9}}},
    "access.session": {"session_data": "x"},
    "access.totpdevice": {"confirmed_at": None, "locked_until": None},
    "access.roleassignment": {"valid_from": None, "valid_to": None, "unit_path": ""},
    "access.apikey": {"revoked_at": None},
    "workflow.todo": {"user": None, "permission": "", "role": "administrator", "unit_path": None},
    "workflow.assignment": {"user": None, "permission": "", "role": "administrator", "unit_path": None},
    "workflow.case": {"steps": lambda: [_STEP], "step": 0, "unit_path": ""},
    "workflow.definition": {"steps": lambda: [_STEP]},
    "workflow.standin": {"deputy": lambda: User.objects.create_user(uuid.uuid4().hex).pk},
    "access.invite": {"revoked_at": None, "used_at": None},
    "members.unit": {"dissolved_on": None},
    "members.unitperiod": {"valid_to": None},
    "members.term": {"ended_on": None, "started_on": _long_ago},
    "members.post": {"ended_on": None},
    "members.person": {
        "state": "active", "left_on": None, "merged_into": None, "initial": "K",
        "id_number_sealed": None, "id_number_index": None, "phone_sealed": None, "phone_index": None, "phone_tail_index": None,
    },
    "members.membership": {"ended_on": None, "body": "party", "state": "full"},
    "members.membershipperiod": {"valid_to": None},
    "members.consent": {"withdrawn_at": None},
    "members.importbatch": {
        "state": "applied", "content_sealed": None, "headers": list, "mapping": dict, "unit_choices": dict, "counts": dict,
    },
    "members.importrow": {"outcome": "new", "faults": list, "notes": list, "candidates": list},
    "guide.topic": {"code": "", "module": "", "is_public": False, "picture": None},
    "guide.stepdone": {"step": "lesson"},
    "yellowpages.entry": {"state": "listed", "is_public": False, "latitude": None, "longitude": None, "photo": None},
    "yellowpages.line": {"number": "12345"},
    "yellowpages.opening": {"weekday": 1, "opens": dt.time(8), "closes": dt.time(12)},
    "yellowpages.specialday": {"follows_weekday": None, "date": lambda: now().date() + dt.timedelta(days=next(_NUMBERS))},
    "yellowpages.correction": {"state": "open", "answered_at": None},
    "study.material": {"kind": "article", "url": "", "file": None},
    "study.course": {"state": "published", "published_at": now, "class_hours": 1, "material_alone": None, "cover": None},
    "study.lesson": {"rule": "confirm", "needed_seconds": 0},
    "study.assignment": {"state": "open", "reminded_at": now, "due_at": None},
    "study.hoursentry": {"hours": 1, "year": 2026, "date": lambda: dt.date(2026, 1, 1), "reverses": None, "kind": "online"},
    "volunteering.team": {"is_active": False},
    "volunteering.project": {
        "state": "published", "published_at": now, "is_public": False, "category": "care", "ended_at": None,
    },
    "volunteering.shift": {
        "starts_at": lambda: now() + dt.timedelta(days=9), "ends_at": lambda: now() + dt.timedelta(days=9, hours=2),
        "closes_at": lambda: now() + dt.timedelta(days=8), "capacity": 5, "joined_count": 1, "waiting_count": 0,
        "cancelled_at": None,
    },
    "volunteering.signup": {"state": "joined", "checked_in_at": None, "checked_out_at": None, "rating": None},
    "volunteering.hoursentry": {"hours": 1, "reverses": None, "date": lambda: dt.date(2026, 1, 1)},
    "volunteering.certificate": {"hours": 1, "revoked_at": None},
    "volunteering.helprequest": {"state": "taken", "phone_sealed": None, "ended_at": None},
    "study.questionbank": {"is_retired": False},
    "study.question": {"kind": "short", "difficulty": 3, "points": 1, "tags": list, "is_retired": False},
    "study.questionversion": {"options": list, "answer": list, "is_current": True, "picture": None},
    "study.questionimport": {"rows": list, "counts": dict},
    "study.paper": {"mode": "fixed", "partial_credit": "none", "frozen_at": now},
    "study.paperitem": {"points": 1},
    "study.paperrule": {"points": 1, "count": 1, "difficulty_from": 1, "difficulty_to": 5, "kind": ""},
    "study.exam": {
        "state": "published", "opens_at": lambda: now() - dt.timedelta(days=1), "closes_at": lambda: now() + dt.timedelta(days=1),
        "minutes": 60, "attempts_allowed": 1, "pass_percent": 60, "show_answers": "after_submit", "second_limit": None,
    },
    "study.candidate": {"attempt_count": 1, "best_percent": 10, "best_score": 1, "until_at": None},
    "study.attempt": {"state": "final", "submitted_at": now, "score": 1, "percent": 10, "is_passed": False, "max_score": 10},
    "study.attemptitem": {"points": 1, "awarded": 0, "answer": list, "option_order": list, "needs_marking": False},
    "study.mark": {"points": 1, "stage": 1},
    "points.entry": {"points": 1, "rule": "study.course", "reverses": None, "day": lambda: now().date(), "round": lambda: next(_NUMBERS)},
    "points.ruleversion": {"number": lambda: next(_NUMBERS), "effective_at": now, "rules": dict},
    "points.tally": {"period": "day", "points": 1, "cap": 5},
    "points.standing": {"period": "all", "points": 1, "starts_on": lambda: dt.date(2000, 1, 1)},
    "points.appeal": {"state": "open", "answered_at": None, "correction": None},
    "points.flag": {"state": "open", "kind": "burst", "facts": dict},
    "rankings.reliefchange": {"is_on": False, "number": lambda: next(_NUMBERS)},
    "study.certificate": {"state": "valid", "revoked_at": None, "revoke_reason": "", "hours": 1, "expires_date": None},
    "study.certificateyear": {"year": lambda: 2100 + next(_NUMBERS)},
    "study.offlineclass": {
        "hours": 8, "duration_count": 1, "first_date": _long_ago, "last_date": _long_ago, "state": "open",
        "duration_kind": "days",
    },
    "study.attendance": {"entry": None, "state": "present"},
    "study.targetplan": {"year": lambda: 2030 + next(_NUMBERS) % 170},
    "study.reflection": {
        "state": "accepted", "submitted_at": now, "shared_at": None, "similar": None, "similar_percent": 0, "fingerprints": lambda: [1, 2],
    },
    "wechat.account": {
        "kind": "oa", "agent_id": "", "state": "unauthorized", "secret_sealed": None, "callback_sealed": None, "former_sealed": None,
        "refresh_token_sealed": None, "permissions": list, "check_result": list, "paused_until": None,
    },
    "wechat.lane": {"tokens": 1.0, "channel": "template", "run_at": None, "lease_until": None},
    "wechat.identity": {"offers": dict},
    "wechat.bindcode": {"kind": "personal", "unit": None, "revoked_at": None, "used_at": None, "expires_at": lambda: now() + dt.timedelta(days=9)},
    "wechat.bindcase": {"state": "conflict"},
    "wechat.menuversion": {"buttons": list, "conditional": list},
    "wechat.conversation": {"unit_path": ""},
    "wechat.inboundmessage": {"facts": dict, "handled_at": now},
    "wechat.templatebinding": {"channel": "template", "fields": dict},
    "wechat.push": {"trail": list, "delivery_id": None},
    "events.outboxmessage": {
        "kind": "event", "name": "members.person.created", "position": lambda: 10**9 + next(_NUMBERS), "key": None,
    },
    "webhooks.endpoint": {
        "id": _endpoint_id, "secret_sealed": _endpoint_secret, "former_sealed": None, "events": list, "state": "active",
        "disabled_reason": "", "failing_since": None,
    },
    "webhooks.lane": {"run_at": None, "lease_until": None},
    "webhooks.delivery": {"state": "delivered", "event": "members.person.created", "lease_until": None},
    "members.rosterexport": {"state": "ready", "columns": list, "filters": dict},
}  # fmt: skip


class Unseedable(AssertionError):
    """A model that introspection could not fill: give it a recipe."""


def seed(slug: str, rows: int = 1) -> dict[str, list[Any]]:
    """Fill every table of the current scope; returns primary keys by model label."""
    made: dict[str, list[Any]] = {}
    for model in tenant_models():
        label = model._meta.label_lower
        for number in range(rows):
            made.setdefault(label, []).append(_create(model, slug, made, number))
    return made


def _create(model: type[models.Model], slug: str, made: dict[str, list[Any]], number: int) -> Any:
    recipe = RECIPES.get(model._meta.label_lower, {})
    values = {}
    for field in model._meta.concrete_fields:
        if field.name in recipe:
            value = recipe[field.name]
            values[field.attname] = value() if callable(value) else value
        elif not (isinstance(field, models.AutoField) or getattr(field, "generated", False)):
            values[field.attname] = _value(field, slug, made, number)
    try:
        with transaction.atomic():
            row = model(**values)
            row.save(force_insert=True)
    except DatabaseError as error:
        raise Unseedable(f"{model._meta.label}: {error}") from error
    return row.pk


def _value(field: models.Field, slug: str, made: dict[str, list[Any]], number: int) -> Any:
    if field.remote_field:
        rows = made.get(field.related_model._meta.label_lower, [])
        return rows[min(number, len(rows) - 1)] if rows and field.related_model is not field.model else None
    if field.choices:
        return field.flatchoices[0][0]
    text = f"{canary(slug)}-{number}-{uuid.uuid4().hex[:8]}"
    if isinstance(field, models.EmailField):
        return f"{text}@example.test".lower()
    if isinstance(field, (models.CharField, models.TextField)):
        limit = field.max_length or 200
        return (text if limit >= len(text) else f"{MARK[:3]}{uuid.uuid4().hex}")[:limit]
    if isinstance(field, models.JSONField):
        return [text] if field.default is list else {"canary": text}
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.BinaryField):
        return text.encode()
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.DateTimeField):
        return None if field.null else now() + dt.timedelta(hours=1)
    if isinstance(field, models.GenericIPAddressField):
        return "192.0.2.9"
    if isinstance(field, models.IntegerField):
        return number + 1
    if isinstance(field, models.DateField):
        return now().date()
    raise Unseedable(f"{field}: no value known for a {type(field).__name__}")

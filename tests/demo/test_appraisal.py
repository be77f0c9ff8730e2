"""The demonstration of appraisal: made once, with something to see everywhere."""

from __future__ import annotations

import json

from jiceng.demo.appraisal import ensure_appraisal
from jiceng.demo.logins import ensure_login
from jiceng.demo.seed import DATA, ensure_people
from modules.appraisal.models import Assignment, FollowUp, Round, SurveyAnswer, SurveyPoint, SurveyRefusal
from tenants.context import platform_scope, tenant_scope


def test_it_is_made_once(hongqi, db):
    data = json.loads((DATA / "bdc.json").read_text("utf-8"))
    with tenant_scope(hongqi):
        for username, role in (("admin", "administrator"), ("member", "member")):
            ensure_login(username=username, display_name="某人", role=role, earlier=None, with_totp=False)
        ensure_people(data)
    for _each in range(2):
        with platform_scope():
            ensure_appraisal(hongqi)
    with tenant_scope(hongqi):
        assert (Round.objects.get().state, SurveyPoint.objects.count(), SurveyAnswer.objects.count()) == ("open", 3, 36)
        assert Assignment.objects.filter(reviewer__user__username="member").exists()
        assert set(FollowUp.objects.values_list("state", flat=True)) == {"open", "answered"}
        assert not SurveyRefusal.objects.exists()

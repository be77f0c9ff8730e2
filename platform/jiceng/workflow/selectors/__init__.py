"""Reads of the inbox, of cases and of workflows."""

from .cases import CaseView, case_for, case_view, cases_of, list_cases, summary_of
from .inbox import decided_by, home_card, inbox, inbox_count
from .workflows import WorkflowFacts, list_workflows, stand_in_of, user_named, versions_of, workflow_facts

__all__ = [
    "CaseView", "WorkflowFacts", "case_for", "case_view", "cases_of", "decided_by", "home_card", "inbox", "inbox_count",
    "list_cases", "list_workflows", "stand_in_of", "summary_of", "user_named", "versions_of", "workflow_facts",
]  # fmt: skip

"""What the actions in the audit trail are called, from the manifests."""

from __future__ import annotations

from collections.abc import Iterable

from jiceng.kernel.registry import registry


def action_labels() -> dict[str, str]:
    return {action: str(label) for manifest in registry for action, label in manifest.actions.items()}


def action_label(action: str) -> str:
    """The label of one action; the code itself where no manifest names it."""
    return action_labels().get(action, action)


def action_choices(actions: Iterable[str]) -> list[tuple[str, str]]:
    """The actions for a filter, by label."""
    labels = action_labels()
    return sorted(((action, labels.get(action, action)) for action in actions), key=lambda pair: pair[1])

"""What an approver is shown of the thing to decide on. Made by the owning module each time, never kept with the case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One fact. ``before`` is empty where there was none; both as they may be shown to any approver (masked)."""

    label: str
    after: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """``files``: (name, address) of papers to read. ``url``: a page of the module about it, on the tenant's host,
    called ``url_label`` where that says more than 查看原内容.
    """

    rows: tuple[SummaryRow, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    note: str = ""
    url: str = ""
    url_label: str = ""

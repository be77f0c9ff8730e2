"""Asking for a change of data that needs approval, and what happens when it is decided."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.files import services as files
from jiceng.files.filetypes import IMAGE_TYPES
from jiceng.kernel.errors import FieldError
from jiceng.workflow import services as workflow
from jiceng.workflow.summaries import CaseSummary, SummaryRow

from ..errors import PersonGone
from ..fields import FIELDS, SENSITIVE, clean_values
from ..models import Disclosure, Person, PersonChange, ProfileChange
from ..sealing import seal_facts
from ..selectors import changed_since, values_of
from ..services import disclose, update_person
from ..services.people import check_dates, fill
from ..services.reveal import checked_reason
from ..services.writing import fault, person_of, text
from . import selectors
from .errors import EvidenceRefused, RequestDecided, RequestOvertaken, RequestPending, RequestUnknown
from .groups import group_of
from .selectors import OWNER, WORKFLOW

State = ProfileChange.State
MOST_FILES = 3
NOTE_LENGTH = 200


@transaction.atomic
def request_change(
    *,
    group: str,
    values: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    note: str = "",
    evidence: Iterable[UploadedFile] = (),
) -> ProfileChange:
    """Ask for new values of one group of fields (``groups.GROUPS``) of one's own entry.

    That a document number stands on another entry is only told to the approver: asking is no way of finding out who is
    on the roster. Raises ``NoEntry``, ``PersonGone``, ``Invalid``, ``RequestPending``, ``EvidenceRefused`` and the
    errors of ``files.errors``. Locks the person.
    """
    person = person_of(selectors.entry_of(actor).pk)
    if not person.is_active:
        raise PersonGone
    wanted = _wanted(person, group_of(group).fields, values)
    change = ProfileChange(
        person=person, fields=",".join(wanted), note=text(note, "note", _("说明"), NOTE_LENGTH),
        base_version=person.version, requested_at=at,
    )  # fmt: skip
    change.wanted_sealed = seal_facts(wanted, table="profilechange", row=change.pk)
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError as error:
        raise RequestPending from error
    _keep_evidence(change, list(evidence), actor)
    title = _("修改个人信息：%(fields)s") % {"fields": selectors.labels_of(change)}
    workflow.start_case(
        workflow=WORKFLOW, subject_id=change.pk, title=title, actor=actor, at=at,
        unit_path=person.unit.path if person.unit else "",
    )  # fmt: skip
    _tell("requested", change, actor)
    return change


@transaction.atomic
def withdraw_request(*, request_id: UUID | str, actor: Actor, at: datetime) -> ProfileChange:
    """Take one's own request back. Raises ``NoEntry``, ``RequestUnknown``, ``RequestDecided``."""
    change = selectors.own_request(request_id=request_id, actor=actor)
    case = selectors.case_of(change)
    if case is None or change.state != State.PENDING:
        raise RequestDecided
    workflow.withdraw(case_id=case.pk, actor=actor, at=at)
    change.refresh_from_db()
    return change


@transaction.atomic
def reveal_request(*, request_id: UUID | str, reason: str, actor: Actor, at: datetime) -> dict[str, str]:
    """The wanted sensitive values in clear, for somebody who is to decide; kept as a disclosure.

    Raises ``RequestUnknown`` (also when decided, or not theirs to decide), ``Invalid`` (a reason too short).
    """
    change = selectors.request_to_decide(request_id=request_id, actor=actor, at=at)
    shown = {code: str(value) for code, value in selectors.wanted_of(change).items() if code in SENSITIVE}
    words = checked_reason(reason)
    disclose([change.person_id], fields=shown, kind=Disclosure.Kind.REVEAL, reason=words, actor=actor, at=at)
    _tell("revealed", change, actor, note=words)
    return shown


def decided(*, subject_id: str, is_approved: bool, actor: Actor, at: datetime) -> None:
    """For the workflow, in its transaction. Raises ``RequestOvertaken`` and what ``update_person`` raises."""
    person, change = _locked(subject_id)
    if is_approved:
        wanted = selectors.wanted_of(change)
        _refuse_overtaken(person, change, wanted)
        update_person(person_id=person.pk, values=wanted, actor=actor, source=PersonChange.Source.APPROVED, at=at)
    _close(change, State.APPLIED if is_approved else State.REJECTED, at)
    _tell("applied" if is_approved else "rejected", change, actor)


def withdrawn(*, subject_id: str, actor: Actor, at: datetime) -> None:
    """For the workflow. What was handed in with the request goes at once."""
    _person, change = _locked(subject_id)
    _close(change, State.WITHDRAWN, at)
    files.remove(owner=f"{OWNER}:{change.pk}")
    _tell("withdrawn", change, actor)


def summary(*, subject_id: str) -> CaseSummary:
    """What approvers see; the full numbers stand on a page of their own, for a reason and on record."""
    change = ProfileChange.objects.select_related("person").filter(pk=subject_id).first()
    if change is None:
        return CaseSummary()
    is_masked = change.state == State.PENDING and any(code in SENSITIVE for code in change.fields.split(","))
    return CaseSummary(
        rows=tuple(SummaryRow(label, after, before) for label, before, after in selectors.rows_of(change)),
        files=tuple((file.original_name, file.url("original")) for file in selectors.evidence_of(change)),
        note=change.note, url=f"/profile-changes/{change.pk}/" if is_masked else "",
        url_label=_("查看完整号码（须填写理由）"),
    )  # fmt: skip


def _wanted(person: Person, codes: tuple[str, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """The clean values that differ from what stands, as JSON. Raises ``Invalid``."""
    cleaned = clean_values({code: values.get(code) for code in codes})
    now = values_of(person)
    if "id_number" in codes and not cleaned["id_number"]:
        raise fault("id_number", "required", _("请填写证件号码。"))
    if not any(cleaned.values()):
        raise fault(codes[0], "required", _("请填写%(field)s。") % {"field": FIELDS[codes[0]].label})
    different = {code: value for code, value in cleaned.items() if value and value != now[code]}
    if not different:
        raise fault(codes[-1], "unchanged", _("和现在登记的内容相同，不需要申请。"))
    if "id_number" in codes:
        different = {code: cleaned[code] for code in ("id_kind", "id_number")}
    trial = copy.copy(person)
    fill(trial, different)
    check_dates(trial)
    return {code: value.isoformat() if isinstance(value, date) else value for code, value in different.items()}


def _keep_evidence(change: ProfileChange, uploads: list[UploadedFile], actor: Actor) -> None:
    if len(uploads) > MOST_FILES:
        raise _evidence_fault(_("证明材料最多 %(most)d 个。") % {"most": MOST_FILES})
    kept = []
    for upload in uploads:
        extension = (upload.name or "").rpartition(".")[2].lower()
        if extension in IMAGE_TYPES:
            kept.append(files.store_image(upload=upload, actor=actor))
        elif extension == "pdf":
            kept.append(files.store_attachment(upload=upload, actor=actor))
        else:
            raise _evidence_fault(_("证明材料只能是图片或 PDF。"))
    files.attach(file_ids=[file.pk for file in kept], owner=f"{OWNER}:{change.pk}", actor=actor)


def _evidence_fault(message: str) -> EvidenceRefused:
    return EvidenceRefused(message, fields=[FieldError("/evidence", EvidenceRefused.code, message)])


def _refuse_overtaken(person: Person, change: ProfileChange, wanted: Mapping[str, Any]) -> None:
    overtaken = [str(FIELDS[code].label) for code in changed_since(person, change.base_version) if code in wanted]
    if overtaken:
        message = _("“%(fields)s”在申请之后已被修改，请回复不同意，由本人核对后重新申请。")
        raise RequestOvertaken(message % {"fields": "、".join(overtaken)})


def _locked(subject_id: str) -> tuple[Person, ProfileChange]:
    """The person first, as everywhere. Raises ``RequestUnknown``, ``RequestDecided``."""
    person_id = ProfileChange.objects.filter(pk=subject_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise RequestUnknown
    person = person_of(person_id)
    change = ProfileChange.objects.select_for_update().get(pk=subject_id)
    if change.state != State.PENDING:
        raise RequestDecided
    return person, change


def _close(change: ProfileChange, state: str, at: datetime) -> None:
    change.state, change.decided_at = state, at
    change.save(update_fields=["state", "decided_at"])


def _tell(deed: str, change: ProfileChange, actor: Actor, *, note: str = "") -> None:
    record(
        action=f"members.profilechange.{deed}", actor=actor, target=str(change.pk), target_label=change.person.name,
        after={"fields": selectors.labels_of(change)}, note=note,
    )  # fmt: skip

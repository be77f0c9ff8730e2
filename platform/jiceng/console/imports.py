"""数据导入: a roster's way in, step by step."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel import clock
from jiceng.members.importing import proposing, services
from jiceng.members.importing.workbooks import CONTENT_TYPE, template_workbook
from jiceng.members.models import ImportBatch, ImportRow, Proposal
from jiceng.members.selectors import imports as selectors
from jiceng.members.selectors.imports import RowFacts
from jiceng.shell.paging import Page, page_of
from jiceng.shell.requests import TenantRequest

from .import_forms import ApplyForm, ChoicesForm, ColumnsForm, PartForm, UploadForm
from .submission import form_page, page_url, submitted

State, Outcome = ImportBatch.State, ImportRow.Outcome
MODULE = "members"
MOST_LISTED = 100
MOST_PROPOSALS = 200
MAPPABLE = (State.UPLOADED, State.CHECKED, State.FAILED)
RUNNING = (State.CHECKING, State.APPLYING, State.UNDOING)
DONE = (State.APPLIED, State.UNDONE)
TONES = {
    State.CHECKED: "gold", State.APPLIED: "ok", State.FAILED: "bad", State.CHECKING: "info", State.APPLYING: "info",
    State.UNDOING: "info",
}  # fmt: skip
OUTCOME_TONES = {
    Outcome.NEW: "ok", Outcome.CHANGED: "gold", Outcome.UNCHANGED: "", Outcome.DUPLICATE: "gold", Outcome.ERROR: "bad",
}  # fmt: skip
STEPS = (gettext_lazy("上传文件"), gettext_lazy("匹配列"), gettext_lazy("预览校验"), gettext_lazy("导入结果"))


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of checked rows. ``outcome``: the one asked for."""

    outcome: str
    page: Page[ImportRow]
    rows: list[RowFacts]


def import_list(request: TenantRequest) -> HttpResponse:
    batches = selectors.list_batches(actor=request.actor)[:MOST_LISTED]
    rows = [{"batch": batch, "tone": TONES.get(State(batch.state), "")} for batch in batches]
    return render(request, "console/imports/list.html", {"rows": rows})


def import_template(request: TenantRequest) -> HttpResponse:
    return _workbook(template_workbook(), _("人员导入模板.xlsx"))


def import_create(request: TenantRequest) -> HttpResponse:
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    batch = submitted(form, lambda clean: services.create_batch(**clean, actor=request.actor, at=clock.now()))
    if batch is None:
        return form_page(
            request, form, template="console/imports/new.html", steps=_steps(1), crumbs=_crumbs(_("上传文件")),
            cancel_url=page_url("imports", MODULE),
        )  # fmt: skip
    return redirect(page_url("import_columns", MODULE, batch_id=batch.pk))


def import_columns(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Which part of the file is read, and what its columns are; then the check begins."""
    batch = selectors.get_batch(batch_id=batch_id, actor=request.actor, is_own=True)
    if batch.state not in MAPPABLE:
        return redirect(_url(batch))
    table = services.table_of(batch)
    asks_part = "header_row" in request.POST
    part = PartForm(batch, table, request.POST if asks_part else None)
    if submitted(part, lambda _clean: services.set_mapping(batch_id=batch.pk, **part.part(), actor=request.actor)):
        return redirect(page_url("import_columns", MODULE, batch_id=batch.pk))
    is_sent = request.method == "POST" and not asks_part
    form = ColumnsForm(batch, table, request.POST if is_sent else None)
    if submitted(form, lambda _clean: services.map_and_check(batch_id=batch.pk, **form.order(), actor=request.actor)):
        return redirect(_url(batch))
    return form_page(
        request, part if asks_part else form, template="console/imports/columns.html", batch=batch, part=part,
        columns_form=form, steps=_steps(2), crumbs=_crumbs(batch.file_name), table=table,
    )  # fmt: skip


def import_detail(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Where an import stands: waiting for the background, for answers, or done."""
    batch = selectors.get_batch(batch_id=batch_id, actor=request.actor)
    if batch.state == State.CHECKED:
        return _preview_page(request, batch)
    return render(request, "console/imports/detail.html", _detail(request, batch))


def import_choose(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponse:
    batch = selectors.get_batch(batch_id=batch_id, actor=request.actor)
    preview = _preview(request, batch)
    form = ChoicesForm(batch, preview.rows, request.actor, request.POST)
    if submitted(form, lambda _clean: services.choose(batch_id=batch.pk, **form.order(), actor=request.actor)):
        return redirect(_url(batch))
    return _preview_page(request, batch, choices=form)


def import_apply(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponse:
    batch = selectors.get_batch(batch_id=batch_id, actor=request.actor)
    form = ApplyForm(batch, request.POST)
    begun = submitted(
        form,
        lambda clean: services.request_apply(batch_id=batch.pk, **clean, actor=request.actor, at=clock.now()),
    )
    return redirect(_url(batch)) if begun else _preview_page(request, batch, apply=form)


def import_cancel(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponse:
    batch = services.cancel(batch_id=batch_id, actor=request.actor)
    messages.success(request, _("已取消“%(name)s”，没有改动任何人员。") % {"name": batch.file_name})
    return redirect(page_url("imports", MODULE))


def import_undo(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST begins."""
    batch = selectors.get_batch(batch_id=batch_id, actor=request.actor)
    if request.method == "POST":
        services.request_undo(batch_id=batch.pk, actor=request.actor)
        return redirect(_url(batch))
    return render(request, "jiceng/console/confirm.html", {
        "title": _("撤销这次导入"), "action": _("撤销导入"), "cancel_url": _url(batch), "crumbs": _crumbs(batch.file_name),
        "question": _("撤销“%(name)s”的导入？") % {"name": batch.file_name},
        "consequences": [
            _("这次新增、之后没有动过的人员会被删除。"), _("这次更新、之后没有动过的人员恢复原来的资料和组织关系。"),
            _("导入之后又被修改、登录或任职的人员保持现状；新建的组织保留。"),
        ],
    })  # fmt: skip


def import_errors(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponse:
    """What was not taken, with the reasons, for mending and bringing again. The file in clear: only for whoever brought it."""
    batch = selectors.get_batch(batch_id=batch_id, actor=request.actor, is_own=True)
    name = batch.file_name.rpartition(".")[0] or batch.file_name
    return _workbook(services.errors_of(batch), _("%(name)s-错误报告.xlsx") % {"name": name})


def proposal_decline(request: TenantRequest, batch_id: uuid.UUID, proposal_id: uuid.UUID) -> HttpResponse:
    batch = selectors.get_batch(batch_id=batch_id, actor=request.actor)
    proposing.decline(batch_id=batch.pk, proposal_id=proposal_id, actor=request.actor, at=clock.now())
    return redirect(_url(batch))


def _preview(request: TenantRequest, batch: ImportBatch) -> Preview:
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in Outcome.values else ""
    rows = selectors.list_rows(batch=batch, outcome=outcome)
    page = page_of(rows, by=("number",), cursor=request.GET.get("cursor", ""))
    return Preview(outcome, page, selectors.row_facts(page.rows, actor=request.actor))


def _preview_page(
    request: TenantRequest,
    batch: ImportBatch,
    *,
    choices: ChoicesForm | None = None,
    apply: ApplyForm | None = None,
) -> HttpResponse:
    preview = _preview(request, batch)
    choices = choices or ChoicesForm(batch, preview.rows, request.actor)
    apply = apply or ApplyForm(batch)
    outcomes = batch.counts.get("outcomes", {})
    return form_page(
        request, apply if apply.is_bound else choices, template="console/imports/preview.html", batch=batch,
        choices=choices, apply=apply, preview=preview, tiles=_tiles(batch), steps=_steps(3),
        rows=[(facts, OUTCOME_TONES[Outcome(facts.row.outcome)], choices.row_field(facts.row.number))
              for facts in preview.rows],
        ready=outcomes.get(Outcome.NEW, 0) + outcomes.get(Outcome.CHANGED, 0),
        refused=outcomes.get(Outcome.ERROR, 0) + outcomes.get(Outcome.DUPLICATE, 0), is_own=_is_own(request, batch),
        crumbs=_crumbs(batch.file_name),
    )  # fmt: skip


def _detail(request: TenantRequest, batch: ImportBatch) -> dict[str, Any]:
    outcomes = batch.counts.get("outcomes", {})
    is_done = batch.state in DONE
    left_out = selectors.list_rows(batch=batch).filter(outcome__in=(Outcome.ERROR, Outcome.DUPLICATE))
    page = page_of(left_out, by=("number",), cursor=request.GET.get("cursor", "")) if is_done else None
    is_roster = batch.kind == ImportBatch.Kind.ROSTER
    return {
        "batch": batch, "tone": TONES.get(State(batch.state), ""), "is_running": batch.state in RUNNING,
        "is_done": is_done, "is_roster": is_roster, "is_own": _is_own(request, batch),
        "is_mappable": batch.state in MAPPABLE, "page": page,
        "rows": selectors.row_facts(page.rows, actor=request.actor) if page else [],
        "to_do": outcomes.get(Outcome.NEW, 0) + outcomes.get(Outcome.CHANGED, 0),
        "tiles": _proposal_tiles(batch) if is_roster else _tiles(batch), "undo": batch.counts.get("undo"),
        "proposals": _proposals(batch) if is_roster and is_done else [],
        "steps": _steps(4 if is_done or batch.state in (State.APPLYING, State.UNDOING) else 3),
        "crumbs": _crumbs(batch.file_name),
    }  # fmt: skip


def _tiles(batch: ImportBatch) -> list[tuple[Any, int, str, str]]:
    """(label, count, tone, outcome) of each outcome, the whole first."""
    outcomes = batch.counts.get("outcomes", {})
    every = [(outcome.label, outcomes.get(outcome, 0), OUTCOME_TONES[outcome], str(outcome)) for outcome in Outcome]
    return [(_("总行数"), batch.row_count, "", ""), *every]


def _proposal_tiles(batch: ImportBatch) -> list[tuple[Any, int, str, str]]:
    found, faulty = batch.counts.get("proposals", {}), batch.counts.get("outcomes", {}).get(Outcome.ERROR, 0)
    every = [(kind.label, found.get(kind, 0), "", "") for kind in Proposal.Kind]
    return [(_("总行数"), batch.row_count, "", ""), *every, (_("看不懂的行"), faulty, "bad" if faulty else "", "")]


def _proposals(batch: ImportBatch) -> list[dict[str, Any]]:
    state = Proposal.State
    tones = {state.PENDING: "gold", state.APPLIED: "ok", state.REJECTED: "bad"}
    return [
        {"proposal": one, "name": proposing.name_of(one), "tone": tones.get(state(one.state), ""),
         "is_pending": one.state == state.PENDING}
        for one in selectors.list_proposals(batch=batch)[:MOST_PROPOSALS]
    ]  # fmt: skip


def _steps(current: int) -> list[tuple[int, Any, bool]]:
    return [(number, label, number == current) for number, label in enumerate(STEPS, start=1)]


def _crumbs(last: Any) -> list[tuple[Any, str]]:
    return [(_("数据导入"), page_url("imports", MODULE)), (last, "")]


def _url(batch: ImportBatch) -> str:
    return page_url("import", MODULE, batch_id=batch.pk)


def _is_own(request: TenantRequest, batch: ImportBatch) -> bool:
    return selectors.began(batch, request.actor)


def _workbook(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        content, content_type=CONTENT_TYPE,
        headers={"Content-Disposition": disposition, "Cache-Control": "private, no-store"},
    )  # fmt: skip

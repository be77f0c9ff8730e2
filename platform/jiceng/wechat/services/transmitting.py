"""The calls themselves, some at a time. No transaction is open while they run."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from django.db import transaction

from ..gateway import policy
from ..gateway.client import CorporateClient, OfficialClient
from ..gateway.errors import CallRefused, GatewayError, OutcomeUnknown, TokenRefused
from ..gateway.policy import Verdict
from ..models import Channel, Push
from . import clients, rendering
from .planning import Ways
from .settling import Result

THREADS = 8
PATHS = {
    Channel.TEMPLATE: "message/template/send", Channel.SUBSCRIPTION: "message/subscribe/bizsend",
    Channel.CUSTOM: "message/custom/send",
}  # fmt: skip
# After one of these the rest of the slice waits: whatever is wrong is wrong for all.
STOPPING = frozenset({Verdict.MINUTE, Verdict.DAY, Verdict.CONFIGURATION})
Job = Callable[[], dict[int, Result]]


def transmit(push_ids: Iterable[int], *, channel: str) -> dict[int, Result]:
    """Send and return what came of each; those not tried because something general is wrong are ``Result.untried``."""
    with transaction.atomic():
        rows = list(
            Push.objects.filter(pk__in=list(push_ids)).select_related("campaign", "account", "identity").order_by("id")
        )
        ways, site = Ways(), rendering.site()
    if not rows:
        return {}
    jobs = _corporate_jobs(rows, site) if channel == Channel.WECOM else _official_jobs(rows, ways, site)
    return _run(jobs)


def _run(jobs: list[tuple[list[Push], Job]]) -> dict[int, Result]:
    """The first alone, to see whether anything is wrong; the others side by side, until something is."""
    results: dict[int, Result] = {}
    stop = False
    first, rest = jobs[:1], jobs[1:]
    for _pushes, job in first:
        results |= job()
    stop = _is_stopping(results)
    with ThreadPoolExecutor(THREADS) as pool:
        for start in range(0, len(rest), THREADS):
            some = rest[start : start + THREADS]
            if stop:
                results |= {push.pk: Result.untried() for pushes, _job in some for push in pushes}
                continue
            for found in [pool.submit(copy_context().run, job) for _pushes, job in some]:
                results |= found.result()
            stop = _is_stopping(results)
    return results


def _is_stopping(results: dict[int, Result]) -> bool:
    return any(result.verdict in STOPPING for result in results.values())


def _official_jobs(rows: list[Push], ways: Ways, site: str) -> list[tuple[list[Push], Job]]:
    client = clients.official(rows[0].account)  # type: ignore[arg-type]
    jobs: list[tuple[list[Push], Job]] = []
    for push in rows:
        identity = push.identity
        if identity is None or push.account_id is None:
            jobs.append(([push], lambda push=push: {push.pk: Result.refused(0, Verdict.RECIPIENT, "")}))  # type: ignore[misc]
            continue
        binding = ways.binding(push.account_id, push.channel, push.campaign.category)
        if binding is None and push.channel != Channel.CUSTOM:
            jobs.append(([push], lambda push=push: {push.pk: Result.refused(40037, Verdict.CONTENT, "no template")}))  # type: ignore[misc]
            continue
        body = rendering.body_of(push, binding=binding, identity=identity, site=site)
        jobs.append(([push], _official_job(client, push, body)))
    return jobs


def _official_job(client: OfficialClient, push: Push, body: dict[str, Any]) -> Job:
    path = PATHS[Channel(push.channel)]

    def job() -> dict[int, Result]:
        return {push.pk: _attempt(lambda: client.call("POST", path, json=body), is_wecom=False)}

    return job


def _corporate_jobs(rows: list[Push], site: str) -> list[tuple[list[Push], Job]]:
    """Those of one batch and one campaign go in one call, in the order of their ids: the same again after a crash."""
    client = clients.corporate(rows[0].account)  # type: ignore[arg-type]
    groups: dict[tuple[uuid.UUID | None, uuid.UUID], list[Push]] = {}
    for push in rows:
        groups.setdefault((push.batch, push.campaign_id), []).append(push)
    return [(pushes, _corporate_job(client, pushes, site)) for pushes in groups.values()]


def _corporate_job(client: CorporateClient, pushes: list[Push], site: str) -> Job:
    users = {push.identity.openid: push for push in pushes if push.identity is not None}
    body = rendering.body_of(pushes[0], binding=None, identity=pushes[0].identity, site=site)  # type: ignore[arg-type]
    body |= {"touser": "|".join(users), "agentid": int(client.agent_id)}

    def job() -> dict[int, Result]:
        answer: dict[str, Any] = {}

        def call() -> dict[str, Any]:
            answer.update(client.call("POST", "message/send", json=body))
            return answer

        result = _attempt(call, is_wecom=True)
        invalid = {
            user for name in ("invaliduser", "unlicenseduser") for user in str(answer.get(name, "")).split("|") if user
        }
        lowered = {user.lower() for user in invalid}
        return {
            push.pk: Result.refused(60111, Verdict.RECIPIENT, "invaliduser") if openid.lower() in lowered else result
            for openid, push in users.items()
        }

    return job


def _attempt(call: Callable[[], dict[str, Any]], *, is_wecom: bool) -> Result:
    try:
        answer = call()
    except CallRefused as error:
        verdict = policy.verdict(error.errcode, is_wecom=is_wecom)
        return Result.refused(error.errcode, verdict, f"{policy.words(error.errcode)} {error.rid}".strip())
    except TokenRefused as error:
        return Result.refused(
            error.errcode, Verdict.CONFIGURATION if error.errcode > 0 else Verdict.RETRY, policy.words(error.errcode)
        )
    except OutcomeUnknown as error:
        return Result.unknown(str(error))
    except GatewayError as error:
        return Result.refused(0, Verdict.RETRY, str(error))
    return Result.sent(str(answer.get("msgid", "")))

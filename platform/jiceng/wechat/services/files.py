"""The files by which WeChat is shown whose a host is, with a trace of who put them there."""

from __future__ import annotations

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import inbound


@transaction.atomic
def publish(*, name: str, content: str, actor: Actor) -> None:
    """Raises ``Invalid`` for what is no such file, ``Conflict`` for another tenant's."""
    inbound.publish_file(name=name, content=content)
    record(action="wechat.file.published", actor=actor, target_label=name)


@transaction.atomic
def withdraw(*, name: str, actor: Actor) -> None:
    """Nothing happens where the tenant has no such file."""
    if name not in dict(inbound.published_files()):
        return
    inbound.withdraw_file(name)
    record(action="wechat.file.withdrawn", actor=actor, target_label=name)

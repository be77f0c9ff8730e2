"""By e-mail, through the server that the operator configured."""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.models import User
from jiceng.kernel.addresses import own_url
from jiceng.kernel.context import require_scope
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.models import Person

from ..models import Habits
from .port import Answer, Line, Message, Result


class EmailChannel:
    """The address is the login's own, else the one in the register of people."""

    code = "email"
    label: Any = gettext_lazy("邮件")

    def is_on(self) -> bool:
        return bool(settings.EMAIL_OFFERED) and bool(read_settings("notices").email_enabled)

    def reachable(self) -> Q:
        listed = Person.objects.filter(user=OuterRef("user")).exclude(email="")
        return ~Q(user__email="") | Q(Exists(listed))

    def unwanted(self) -> Q:
        return Q(Exists(Habits.objects.filter(user=OuterRef("user"), uses_email=False)))

    def addresses(self, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
        listed = Person.objects.filter(user=OuterRef("pk")).exclude(email="")
        rows = User.objects.filter(pk__in=user_ids).annotate(listed_email=listed.values("email")[:1])
        found = {row.pk: row.email or row.listed_email for row in rows.only("pk", "email")}
        return {pk: address for pk, address in found.items() if address}

    def push(self, messages: Sequence[Message]) -> list[Result]:
        connection: BaseEmailBackend = get_connection()
        try:
            connection.open()
        except OSError as error:
            return [Result(Answer.LATER, type(error).__name__)] * len(messages)
        try:
            site = own_url("")
            return [_send(message, connection, site) for message in messages]
        finally:
            connection.close()

    def recall(self, notice_ids: Collection[uuid.UUID]) -> None:
        """Nothing is handed over: a mail has gone or has not."""


def _send(message: Message, connection: BaseEmailBackend, site: str) -> Result:
    mail = EmailMessage(
        subject=_subject(message), body=_body(message, site), to=[message.address], connection=connection,
        headers={"Message-ID": f"<{message.key}@{settings.BASE_DOMAIN}>", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = max((answer[0] for answer in error.recipients.values()), default=0)
        return Result(Answer.REFUSED if code >= 500 else Answer.LATER, f"SMTP {code}")
    except (OSError, ValueError) as error:  # smtplib's own errors are OSErrors; ValueError: a header it will not write
        return Result(Answer.REFUSED if isinstance(error, ValueError) else Answer.LATER, type(error).__name__)
    return Result(Answer.SENT)


def _subject(message: Message) -> str:
    name = require_scope().name
    if len(message.lines) == 1:
        return " ".join(f"{message.lines[0].title} - {name}".split())
    return _("%(count)d 条新消息 - %(name)s") % {"count": len(message.lines), "name": name}


def _body(message: Message, site: str) -> str:
    tail = _("这封邮件由系统自动发出。不想再收到，请在手机端“消息 → 消息设置”里关闭邮件。")
    return "\n\n".join([*(_paragraph(line, site) for line in message.lines), f"-- \n{require_scope().name}\n{tail}"])


def _paragraph(line: Line, site: str) -> str:
    return "\n".join(part for part in (line.title, line.text, site + line.url) if part)

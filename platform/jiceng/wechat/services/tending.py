"""Looking after accounts without being asked."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from ..gateway.errors import TokenRefused
from ..models import Account, AccountKind, AccountState
from . import clients, trouble


def keep_authorizations(*, at: datetime) -> None:
    """Use each authorisation once a day, so that it does not lapse and a lost one is noticed before it is needed."""
    for account in Account.objects.filter(kind=AccountKind.AUTHORIZED, state=AccountState.ACTIVE):
        try:
            clients.tokens_of(account).get()
        except TokenRefused as error:
            trouble.report(account.pk, errcode=error.errcode, words=_("授权不能续期，请重新授权。"), at=at)

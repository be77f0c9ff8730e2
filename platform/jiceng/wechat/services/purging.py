"""Deleting what is no longer needed, by the thousand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ..models import Campaign, DeliveryReport, InboundMessage
from . import unbinding

BATCH, CAMPAIGNS_AT_ONCE = 1000, 20
INBOUND_DAYS, REPORT_DAYS, CAMPAIGN_DAYS = 7, 7, 180


@transaction.atomic
def purge(*, at: datetime) -> bool:
    """Up to 1,000 rows of each kind; whether there may be more. Messages are kept for 7 days (nothing repeats later),
    campaigns for 180.
    """
    handled = InboundMessage.objects.filter(received_at__lt=at - timedelta(days=INBOUND_DAYS)).exclude(handled_at=None)
    reports = DeliveryReport.objects.filter(received_at__lt=at - timedelta(days=REPORT_DAYS))
    campaigns = Campaign.objects.filter(created_at__lt=at - timedelta(days=CAMPAIGN_DAYS))
    counts = [_delete(handled, BATCH), _delete(reports, BATCH), unbinding.purge(at=at)]
    return max(counts) >= BATCH or _delete(campaigns, CAMPAIGNS_AT_ONCE) >= CAMPAIGNS_AT_ONCE


def _delete(rows: QuerySet[Any], limit: int) -> int:
    """Some thousand rows may hang on one campaign, so those go by the twenty."""
    batch = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    rows.model._default_manager.filter(pk__in=batch).delete()
    return len(batch)

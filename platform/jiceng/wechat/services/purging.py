"""Deleting what is no longer needed, by the thousand."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from ..models import Campaign, DeliveryReport, InboundMessage
from . import unbinding

BATCH = 1000
INBOUND_DAYS, REPORT_DAYS, CAMPAIGN_DAYS = 7, 7, 180


@transaction.atomic
def purge(*, at: datetime) -> bool:
    """Up to 1,000 rows of each kind; whether there may be more. Messages are kept for 7 days (nothing repeats later),
    campaigns for 180.
    """
    handled = InboundMessage.objects.filter(received_at__lt=at - timedelta(days=INBOUND_DAYS)).exclude(handled_at=None)
    reports = DeliveryReport.objects.filter(received_at__lt=at - timedelta(days=REPORT_DAYS))
    campaigns = Campaign.objects.filter(created_at__lt=at - timedelta(days=CAMPAIGN_DAYS))
    counts = [unbinding.purge(at=at)]
    for rows in (handled, reports, campaigns):
        batch = list(rows.order_by("pk").values_list("pk", flat=True)[: BATCH if rows is not campaigns else 20])
        rows.model.objects.filter(pk__in=batch).delete()
        counts.append(len(batch))
    return max(counts) >= BATCH or counts[3] >= 20

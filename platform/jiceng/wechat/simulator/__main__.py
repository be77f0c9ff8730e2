"""``WECHAT_SIMULATOR=1 python -m jiceng.wechat.simulator --port 8001 --state FILE --oauth-domain HOST[:PORT]``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from . import seeds
from .server import NotAllowed, Simulator, serve

SAVE_SECONDS = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="jiceng.wechat.simulator", description="WeChat's side, played on loopback.")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state", type=Path, help="keep what happens in this file")
    parser.add_argument("--oauth-domain", default="", help="host[:port] that seeded accounts allow for sign-in")
    options = parser.parse_args()
    try:
        simulator = Simulator()
    except NotAllowed as error:
        print(error, file=sys.stderr)
        return 2
    if options.state and options.state.exists():
        simulator.world.load(options.state)
    seeds.seed(simulator.world, options.oauth_domain)
    server = serve(simulator, options.port)
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if options.state:
        threading.Thread(target=_keep, args=(simulator, options.state, stop), daemon=True).start()
    print(f"WeChat simulator: {simulator.url}/phone/", flush=True)
    server.serve_forever(poll_interval=0.2)
    if options.state:
        simulator.world.save(options.state)
    return 0


def _keep(simulator: Simulator, path: Path, stop: threading.Event) -> None:
    saved_at = 0.0
    while not stop.wait(SAVE_SECONDS):
        if simulator.world.changed_at > saved_at:
            saved_at = simulator.world.changed_at
            simulator.world.save(path)


if __name__ == "__main__":
    sys.exit(main())

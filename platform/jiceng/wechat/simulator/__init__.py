"""WeChat's side, played: for the demonstration and the tests only.

Knows nothing of Jiceng and uses none of its code, so that a mistake in our encryption or signatures is not made twice.
Hosts are the first part of the path: ``/api.weixin.qq.com/cgi-bin/token``.
"""

from .server import Simulator
from .world import World

__all__ = ["Simulator", "World"]

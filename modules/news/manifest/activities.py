"""What 活动通知 adds to the module."""

from jiceng.kernel.manifest import Part

PART = Part()

"""What 专题考核 adds to the module."""

from jiceng.kernel.manifest import Part

PART = Part()

"""What 微党课 adds to the module."""

from jiceng.kernel.manifest import Part

PART = Part()

"""What 新成果 and 好案例 adds to the module."""

from jiceng.kernel.manifest import Part

PART = Part()

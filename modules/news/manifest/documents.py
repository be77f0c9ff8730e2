"""What 文件传真 adds to the module."""

from jiceng.kernel.manifest import Part

PART = Part()

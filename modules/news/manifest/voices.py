"""What comments, likes, favourites and links for outsiders adds to the module."""

from jiceng.kernel.manifest import Part

PART = Part()

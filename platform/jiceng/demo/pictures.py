"""Cover pictures of the demonstration, drawn on the spot: no image is kept in the repository."""

from __future__ import annotations

from io import BytesIO
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 750
PALETTES = (
    ((176, 24, 32), (226, 88, 62), (255, 214, 140)),
    ((24, 74, 116), (64, 132, 170), (214, 232, 240)),
    ((22, 92, 72), (86, 150, 96), (240, 226, 160)),
    ((112, 52, 20), (196, 122, 52), (252, 226, 176)),
)


def cover(seed: str) -> SimpleUploadedFile:
    """A landscape of hills under a sun, the same for the same ``seed``; JPEG, 1200 × 750 pixels."""
    random = Random(seed)  # noqa: S311  not for secrets
    far, near, sky = random.choice(PALETTES)
    image = Image.new("RGB", (WIDTH, HEIGHT), sky)
    draw = ImageDraw.Draw(image)
    x, y, radius = random.randint(200, 1000), random.randint(140, 280), random.randint(60, 110)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 250, 235))
    image = image.filter(ImageFilter.GaussianBlur(2))
    draw = ImageDraw.Draw(image)
    for layer in range(5):
        draw.polygon(_hills(random, layer), fill=_mix(far, near, layer / 4))
    data = BytesIO()
    image.save(data, "JPEG", quality=82)
    return SimpleUploadedFile("cover.jpg", data.getvalue(), content_type="image/jpeg")


def _hills(random: Random, layer: int) -> list[tuple[int, int]]:
    base = 330 + layer * 90
    points = [(x, base + random.randint(-50, 50)) for x in range(0, WIDTH + 150, 150)]
    return [(0, HEIGHT), *points, (WIDTH, HEIGHT)]


def _mix(one: tuple[int, ...], other: tuple[int, ...], share: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))

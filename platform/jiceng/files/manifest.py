"""The uploads of the platform: no pages of its own; cleaning, and drawing the pages of PDFs."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest

MANIFEST = Manifest(
    code="files",
    name=_("文件"),
    category="platform",
    summary=_("保存各功能模块上传的图片和附件。"),
    tasks={
        "files.remove_orphans": "jiceng.files.tasks.remove_orphans", "files.draw_pages": "jiceng.files.tasks.draw_pages",
    },
    icon="paperclip",
    always_on=True,
)  # fmt: skip

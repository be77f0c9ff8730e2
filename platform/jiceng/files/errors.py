"""Refusals of uploads, each with a stable code and a sentence for the person who uploaded."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import DomainError, Invalid, NotFound


class FileMissing(NotFound):
    """Unknown, another tenant's, and forbidden files are answered alike."""

    code = "files.not_found"
    message = _("文件不存在，或您没有查看它的权限。")


class UploadMissing(Invalid):
    code = "files.upload_missing"
    message = _("请选择要上传的文件。")


class UploadEmpty(Invalid):
    code = "files.empty"
    message = _("文件是空的，请重新选择。")


class UploadTooLarge(DomainError):
    code = "files.too_large"
    status = 413
    message = _("文件太大，无法上传。")


class TypeRefused(Invalid):
    code = "files.type_refused"
    message = _("不支持这种类型的文件。")


class ContentMismatch(Invalid):
    code = "files.content_mismatch"
    message = _("文件内容与扩展名不符，已拒绝上传。")


class ImageBroken(Invalid):
    code = "files.image_broken"
    message = _("图片无法打开，可能已损坏。")


class ImageTooManyPixels(Invalid):
    code = "files.too_many_pixels"
    message = _("图片的像素太多，请缩小后再上传。")


class DocumentBroken(Invalid):
    code = "files.document_broken"
    message = _("文档无法打开，可能已损坏。")


class MediaBroken(Invalid):
    code = "files.media_broken"
    message = _("视频或音频无法打开，可能已损坏。")


class MediaUnplayable(Invalid):
    code = "files.media_unplayable"
    message = _("这种编码很多手机放不了，请转换为 H.264 视频的 MP4，或 M4A、MP3 音频后再上传。")


class ArchiveUnsafe(Invalid):
    code = "files.archive_unsafe"
    message = _("压缩内容不安全，已拒绝上传。")


class ArchiveTooLarge(Invalid):
    code = "files.archive_too_large"
    message = _("文件解压后太大，已拒绝上传。")


class MacrosRefused(Invalid):
    code = "files.macros_refused"
    message = _("文档中含有宏，请另存为不含宏的文档后再上传。")


class QuotaExceeded(DomainError):
    code = "files.quota_exceeded"
    status = 413
    message = _("本单位的存储空间已用完，请联系管理员。")


class FileNotYours(Invalid):
    """The id names no file that this actor may attach: unknown, somebody else's, or already used elsewhere."""

    code = "files.not_attachable"
    message = _("引用的文件不存在，或不能用在这里。")

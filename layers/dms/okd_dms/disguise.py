"""Content that is not what its media type says it is: told by its first bytes, and refused unless the school says else.

What is compared, and how loosely, weighs two mistakes: a program that passes for a document, and a genuine document
that is refused. docs/decisions/0015-content-detection.md has the reasons.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from okd_dms.errors import Fault
from okd_dms.media_types import essence

EXAMINED = 4096
"""Bytes from the beginning of the content: what is looked at, whatever the size."""

_PDF = re.compile(rb"%PDF-")
_PDF_WITHIN = 1024
"""Where readers look for the header, since mail and print systems put lines of their own before it."""
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SCRIPT = re.compile(rb"(\xef\xbb\xbf)?#!\s*/|(\xef\xbb\xbf)?\s*<\?php\b", re.IGNORECASE)
_PAGE = re.compile(
    rb"(\xef\xbb\xbf)?\s*+(<\?xml[^>]*+>)?(?>\s*+<!--.*?-->)*+\s*+"
    rb"<(!doctype\s+(html|svg)|(html|head|body|script|iframe|svg|hta:application)[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")
"""Class id of the root of a Windows installer package, which is an OLE compound file like an old Word document."""

_PROGRAM_TYPES = re.compile(
    r"application/(vnd\.microsoft\.portable-executable|java(-vm)?|(x-)?(msdownload|ms-installer|msi|dosexec|executable|elf"
    r"|sharedlib|mach-binary|java-class|ms-shortcut|chm)|vnd\.ms-htmlhelp)"
)
_SOURCE_TYPES = re.compile(
    r"text/(?!(plain|csv)$).+|application/(javascript|ecmascript|typescript|x-(.*sh|.*script|perl|python|ruby|.*php|tcl|awk))"
)
_PAGE_TYPES = re.compile(r"application/(xml|xhtml\+xml|hta)|.+\+xml")

_ZIPPED = re.compile(
    r"application/(zip|x-zip-compressed|vnd\.(openxmlformats-officedocument|oasis\.opendocument)\.(?!.*-flat-xml$).+"
    r"|vnd\.ms-.*\.macroenabled\.12)"
)
_WORD_AND_POWERPOINT = re.compile(r"application/(msword|vnd\.ms-powerpoint)")
_PICTURES = re.compile(r"image/(png|jpe?g|gif|webp|bmp|tiff|hei[cf]|avif)")
_RECORDINGS = re.compile(r"(audio|video)/(?!.*(mpegurl|scpls)).+")


def faults(media_type: str, content: bytes, member: str = "") -> list[Fault]:
    """What is wrong with content that is said to be of this type: nothing, or its type and its bytes.

    `member` names where the content came from, so that the sender may mend either.
    """
    reason = refused(media_type, content)
    names = ["document.formaat", *([member] if member else [])]
    return [Fault(name, "disguised", f"the content {reason}") for name in names] if reason else []


def refused(media_type: str, content: bytes) -> str | None:
    """Why content is refused under this media type, or None where it fits or where the deployer takes it as declared.

    `content` is all of it or its beginning; the answer goes on where "the content" begins.
    """
    return None if os.environ.get("DISGUISED_CONTENT") == "accept" else found_out(media_type, content)


def found_out(media_type: str, content: bytes) -> str | None:
    """What the content is instead of what it is said to be, or None when it may be that."""
    declared, head = essence(media_type), _Beginning.of(content)
    if declared == "application/pdf" and _PDF.match(head.raw):
        return None
    if not head.is_text and not _PROGRAM_TYPES.fullmatch(declared) and (program := _program(head)):
        return f"is {program}; declare it as what it is"
    if _SCRIPT.match(head.raw) and not _SOURCE_TYPES.fullmatch(declared):
        return "is a script; declare it as what it is"
    if _PAGE.match(head.raw) and not (_SOURCE_TYPES.fullmatch(declared) or _PAGE_TYPES.fullmatch(declared)):
        return "is a web page or an SVG; declare it as text/html or image/svg+xml"
    for types, fits in _FITTING:
        if types.fullmatch(declared) and not fits(head):
            return "does not begin as its media type does; check the file, or declare what it is"
    return None


@dataclass(frozen=True)
class _Beginning:
    """The first bytes of the content; of text in UTF-16 they are looked at in UTF-8."""

    raw: bytes

    @classmethod
    def of(cls, content: bytes) -> "_Beginning":
        head = content[:EXAMINED]
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            head = head.decode("utf-16", "replace").encode("utf-8", "replace")
        return cls(head)

    @cached_property
    def is_text(self) -> bool:
        return not _NOT_IN_TEXT.search(self.raw)

    @cached_property
    def candidates(self) -> list[Any]:
        """What these bytes may be, by the detector: each with an extension, a media type and a name."""
        return _detector()(self.raw, b"")

    def may_be(self, *extensions: str) -> bool:
        return any(candidate.extension in extensions for candidate in self.candidates)


def _program(head: _Beginning) -> str | None:
    for extension, name, called in _PROGRAMS:
        if any(extension == candidate.extension and name in candidate.name for candidate in head.candidates):
            return called
    root = 512 * (1 + int.from_bytes(head.raw[48:52], "little"))  # the first entry of the directory
    if head.may_be(".msi") and head.raw[root + 80 : root + 96] == _INSTALLER:
        return "a Windows installer"
    return None


_PROGRAMS = (
    (".exe", "", "a Windows program"),
    ("", "ELF", "a Linux program"),
    ("", "Mach-O", "a macOS program"),
    (".class", "", "a Java or macOS program"),
    (".dex", "", "an Android program"),
    (".lnk", "", "a Windows shortcut"),
    (".chm", "", "compiled HTML help"),
)
"""What the detector calls programs, by extension and name, and what we call them."""


def _is_pdf(head: _Beginning) -> bool:
    return bool(_PDF.search(head.raw[:_PDF_WITHIN]))


def _is_zipped(head: _Beginning) -> bool:
    return head.may_be(".zip", ".doc")  # an encrypted .docx is a compound file, as old Word documents are


def _is_word_or_powerpoint(head: _Beginning) -> bool:
    older = (b"<?xml", b"MIME-Version:")  # Word 2003 XML, and a "single file web page"
    return head.may_be(".zip", ".doc", ".rtf") or head.raw.lstrip(b"\xef\xbb\xbf\r\n ").startswith(older)


def _is_rtf(head: _Beginning) -> bool:
    return head.may_be(".rtf")


def _is_picture(head: _Beginning) -> bool:
    """Any kind of picture: viewers look at the bytes, and phones misname theirs."""
    is_image = any(candidate.mime_type.startswith("image/") for candidate in head.candidates)
    return not head.is_text and (is_image or head.raw[4:8] == b"ftyp")


def _is_recording(head: _Beginning) -> bool:
    """Recorders begin their files in too many ways to know them all; none begins with a page of text."""
    return not head.is_text


_FITTING: tuple[tuple[re.Pattern[str], Callable[[_Beginning], bool]], ...] = (
    (re.compile("application/pdf"), _is_pdf),
    (_ZIPPED, _is_zipped),
    (_WORD_AND_POWERPOINT, _is_word_or_powerpoint),
    (re.compile("(application|text)/rtf"), _is_rtf),
    (_PICTURES, _is_picture),
    (_RECORDINGS, _is_recording),
)
"""The types whose beginnings are known, and how they are recognised."""


@cache
def _detector() -> Callable[[bytes, bytes], list[Any]]:
    """Loaded on first use: a PDF that begins as one, which most content is, does not need it.

    Its scanners are left out; they read files by name.
    """
    os.environ.update(PUREMAGIC_DEEPSCAN="0")
    from puremagic.main import identify_all  # noqa: PLC0415 - it takes longer to load than all of ours

    return identify_all

"""Content in disguise is found out by its first bytes, and no genuine exam document is taken for one."""

import io
import struct
import zipfile

import pytest

import exam_papers
from okd_dms.disguise import EXAMINED, faults, found_out, refused

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def zipped(*names: str, first: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, first or b"<x/>")
    return made.getvalue()


def compound(root_class: str = "00" * 16) -> bytes:
    """An OLE compound file of which the directory is the first sector after the header."""
    header = OLE.ljust(512, b"\0")
    root = "Root Entry".encode("utf-16-le").ljust(80, b"\0") + bytes.fromhex(root_class)
    return header + root.ljust(512, b"\0")


WINDOWS = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".ljust(60, b"\0") + struct.pack("<I", 128) + bytes(64) + b"PE\0\0"
PROGRAMS = {
    "Windows": WINDOWS,
    "DOS": b"MZ\x01\x02" + WINDOWS[4:],
    "Linux": b"\x7fELF\x02\x01\x01".ljust(64, b"\0"),
    "macOS": bytes.fromhex("cffaedfe0c00000100000000"),
    "macOS big-endian": bytes.fromhex("feedfacf0100000c00000000"),
    "macOS universal": bytes.fromhex("cafebabe0000000200000000"),
    "Java": bytes.fromhex("cafebabe0000004100000000"),
    "Android": b"dex\n035\0" + bytes(32),
    "shortcut": bytes.fromhex("4c0000000114020000000000c000000000000046"),
    "HTML help": b"ITSF\x03\0\0\0" + bytes(32),
    "installer": compound("84100c0000000000c000000000000046"),
}
SCRIPTS = {
    "shell": b"#!/bin/sh\nrm -rf ~\n",
    "python": b"#! /usr/bin/env python3\nimport os\n",
    "after a byte order mark": b"\xef\xbb\xbf#!/bin/sh\n",
    "php": b"\n<?php system($_GET['x']); ?>",
}
PAGES = {
    "html": b"<!DOCTYPE html><html><script>alert(1)</script>",
    "capitals": b"<HTML><BODY ONLOAD=x()>",
    "after blanks": b"\r\n\t <html>",
    "after a comment": b"<!-- a --> <!-- b -->\n<script>alert(1)</script>",
    "xhtml": b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">',
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
    "svg in xml": b'<?xml version="1.0"?><!-- x --><svg><script>x()</script></svg>',
    "svg by its doctype": b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "">',
    "utf-16": "<html><script>x()</script>".encode("utf-16"),
}
HOSTILE = PROGRAMS | SCRIPTS | PAGES
PASSED_FOR = ["application/pdf", "image/png", DOCX, "application/zip", "video/mp4", "text/plain", "text/csv"]
PASSED_FOR += ["application/octet-stream", "application/json", "application/vnd.ms-excel", "application/x-unheard-of"]


@pytest.mark.parametrize("declared", [*PASSED_FOR, "APPLICATION/PDF", "application/pdf; version=1.7"])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_program_a_script_or_a_page_passes_for_nothing_else(what: str, declared: str) -> None:
    assert found_out(declared, HOSTILE[what])


@pytest.mark.parametrize(
    ("what", "declared"),
    [
        ("Windows", "application/vnd.microsoft.portable-executable"),
        ("Windows", "application/x-msdownload"),
        ("Linux", "application/x-executable"),
        ("Java", "application/java-vm"),
        ("shell", "application/x-sh"),
        ("shell", "text/x-shellscript"),
        ("python", "text/x-python"),
        ("php", "application/x-httpd-php"),
        ("html", "text/html"),
        ("html", "text/markdown"),
        ("xhtml", "application/xhtml+xml"),
        ("svg", "image/svg+xml"),
        ("svg in xml", "application/xml"),
    ],
)
def test_what_says_what_it_is_is_no_disguise(what: str, declared: str) -> None:
    """An exam of software development has programs and pages in it."""
    assert found_out(declared, HOSTILE[what]) is None


GENUINE = {
    "pdf": ("application/pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"),
    "pdf after a byte order mark": ("application/pdf", b"\xef\xbb\xbf%PDF-1.7"),
    "pdf after the lines of a printer": ("application/pdf", b"\x1b%-12345X@PJL JOB\r\n" * 20 + b"%PDF-1.3"),
    "docx": (DOCX, zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml")),
    "docx with a password": (DOCX, compound()),
    "xlsx": (XLSX, zipped("[Content_Types].xml", "xl/workbook.xml")),
    "docm": ("application/vnd.ms-word.document.macroEnabled.12", zipped("[Content_Types].xml", "word/vbaProject.bin")),
    "odt": (ODT, zipped("mimetype", "content.xml", first=ODT.encode())),
    "flat odt": (f"{ODT}-flat-xml", b'<?xml version="1.0"?><office:document/>'),
    "zip": ("application/zip", zipped("uitwerking/index.html", "uitwerking/start.sh")),
    "empty zip": ("application/zip", zipped()),
    "zip of windows": ("application/x-zip-compressed", zipped("a.txt")),
    "doc": ("application/msword", compound("0609020000000000c000000000000046")),
    "doc that is rtf": ("application/msword", b"{\\rtf1\\ansi"),
    "doc that is docx": ("application/msword", zipped("[Content_Types].xml")),
    "doc of 2003": ("application/msword", b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>'),
    "rtf": ("application/rtf", b"{\\rtf1\\ansi"),
    "xls": ("application/vnd.ms-excel", compound()),
    "csv, as windows says": ("application/vnd.ms-excel", b"naam;cijfer\r\nZo\xeb;8\r\n"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01"),
    "jpeg of a camera": ("image/jpg", b"\xff\xd8\xff\xe1\x12\x34Exif\0\0"),
    "jpeg that is heic": ("image/jpeg", b"\0\0\0\x24ftypmif1\0\0\0\0"),
    "gif": ("image/gif", b"GIF89a\x01\0\x01\0"),
    "webp": ("image/webp", b"RIFF\x24\0\0\0WEBPVP8 "),
    "bmp": ("image/bmp", b"BM\x36\x10\x0e\0\0\0\0\0\x36\0\0\0\x28\0"),
    "tiff": ("image/tiff", b"II*\0\x08\0\0\0"),
    "tiff big-endian": ("image/tiff", b"MM\0*\0\0\0\x08"),
    "heic": ("image/heic", b"\0\0\0\x18ftypheic\0\0\0\0"),
    "mp4": ("video/mp4", b"\0\0\0\x20ftypisom\0\0\x02\0"),
    "mp4 of a recorder": ("video/mp4", b"\0\0\0\x08free\0\x10\0\0mdat"),
    "mov": ("video/quicktime", b"\0\0\0\x14ftypqt  "),
    "webm": ("video/webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86"),
    "mp3": ("audio/mpeg", b"ID3\x04\0\0\0\0\0\0"),
    "mp3 without tags": ("audio/mpeg", b"\xff\xfb\x90\x64\0\0"),
    "wav": ("audio/wav", b"RIFF\x24\0\0\0WAVEfmt "),
    "m4a": ("audio/mp4", b"\0\0\0\x1cftypM4A "),
    "playlist": ("audio/x-mpegurl", b"#EXTM3U\n"),
    "csv": ("text/csv", b"ID;naam;cijfer\n1;Zo\xc3\xab;8\n"),
    "json": ("application/json", b'{"cijfer": 8}'),
    "xml": ("application/xml", b'<?xml version="1.0" encoding="UTF-8"?>\n<resultaat/>'),
    "xml as text": ("text/xml", b"<resultaat/>"),
    "svg": ("image/svg+xml", b"<svg/>"),
    "text": ("text/plain", "Beste docent, hierbij mijn verslag. Zoë".encode()),
    "text of windows": ("text/plain", "Geachte commissie €".encode("cp1252")),
    "text in utf-16": ("text/plain", "MZ is een afkorting".encode("utf-16")),
    "text that begins like a program": ("text/plain", b"MZ-verslag, BM en dex\n\n#!hash <html> %PDF-"),
    "text about android": ("text/plain", b"dex\nis een formaat\n"),
    "text with a heading": ("text/plain", b"#! geen script\n"),
    "markdown": ("text/markdown", b"<h1>Verslag</h1>\n<!-- todo -->"),
    "text that mentions html": ("text/plain", b"De pagina begint met <html> en dan <script>."),
    "mail": ("message/rfc822", b"From: a@example.nl\r\nSubject: x\r\n\r\n<html>"),
    "one byte": ("application/octet-stream", b"x"),
    "anything": ("application/octet-stream", bytes(range(256))),
    "7z": ("application/x-7z-compressed", b"7z\xbc\xaf\x27\x1c\0\x04"),
}


@pytest.mark.parametrize("name", GENUINE)
def test_a_genuine_document_is_taken_for_what_it_is(name: str) -> None:
    declared, content = GENUINE[name]
    assert found_out(declared, content) is None


@pytest.mark.parametrize("paper", [exam_papers.RESULT, exam_papers.SITTING, exam_papers.portfolio()])
def test_the_papers_of_the_demo_are_taken_for_what_they_are(paper: exam_papers.Paper) -> None:
    assert found_out("application/pdf", paper.pdf) is None


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        ("application/pdf", b"@echo off\r\ndel *.*"),
        ("application/pdf", b"\x89PNG\r\n\x1a\n"),
        ("application/pdf", zipped("a.txt")),
        ("application/pdf", b" " * 1024 + b"%PDF-1.7"),
        ("image/png", b'Set shell = CreateObject("WScript.Shell")'),
        ("image/jpeg", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"),
        ("image/bmp", b"BM=1;//a script that begins like a picture"),
        (DOCX, b"%PDF-1.7"),
        (DOCX, b"Write-Host hallo"),
        (ODT, b'<?xml version="1.0"?><office:document/>'),
        ("application/zip", b"7z\xbc\xaf\x27\x1c"),
        ("application/msword", b"@echo off"),
        ("application/rtf", b"rtf"),
        ("video/mp4", b"Write-Host hallo"),
        ("audio/mpeg", b"var x = new ActiveXObject('WScript.Shell');"),
    ],
)
def test_what_begins_as_its_type_does_not_is_refused_whatever_it_is(declared: str, content: bytes) -> None:
    assert "does not begin as its media type does" in str(found_out(declared, content))


def test_the_beginning_tells() -> None:
    """The rest is never looked at, so that a few KiB of a large upload are enough."""
    for content in (*HOSTILE.values(), *(content for _, content in GENUINE.values())):
        whole, beginning = content.ljust(3 * EXAMINED, b"\0"), content.ljust(3 * EXAMINED, b"\0")[:EXAMINED]
        for declared in PASSED_FOR:
            assert found_out(declared, whole) == found_out(declared, beginning)


def test_a_fault_names_the_type_and_the_bytes_for_either_may_be_mended() -> None:
    assert [(fault.name, fault.code) for fault in faults("application/pdf", WINDOWS, "file")] == [
        ("document.formaat", "disguised"),
        ("file", "disguised"),
    ]
    assert [fault.name for fault in faults("application/pdf", WINDOWS)] == ["document.formaat"]
    assert faults("application/pdf", b"%PDF-") == []


@pytest.mark.parametrize(("said", "taken"), [("accept", True), ("refuse", False), (None, False), ("", False)])
def test_only_a_deployer_who_says_so_takes_content_as_it_is_declared(
    monkeypatch: pytest.MonkeyPatch, said: str | None, taken: bool
) -> None:
    monkeypatch.delenv("DISGUISED_CONTENT", raising=False)
    if said is not None:
        monkeypatch.setenv("DISGUISED_CONTENT", said)
    assert (refused("application/pdf", WINDOWS) is None) == taken


def test_no_content_keeps_us_busy() -> None:
    """Every pattern runs in one pass: a second would be an eternity for 4 KiB, and an endless one a way to stop us."""
    for piece in (b"<!---->", b"<!--", b"<?xml ", b" ", b"#! ", b"%PDF", b"PK\x03\x04", b"\xff\xfe<\0"):
        found_out("text/plain", piece * EXAMINED)

"""What is no good document: one clear error, or a line of the report; nothing else is lost or changed."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from written import docx, mail, mbox, pdf

import remanence
from remanence.errors import ExtraMissing, InvalidInput
from remanence.reader.documents.formats import MARKDOWN_BYTES_MAX, TEXT_BYTES_MAX


def encrypted(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("The deposit is 2000 EUR."))))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def bomb() -> bytes:
    made = io.BytesIO(docx("Short"))
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/bomb.xml", "w") as part,
    ):
        for _ in range(64):
            part.write(b" " * 2**20)
    return made.getvalue()


def zipped(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, "x")
    return made.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "nothing": ("a.txt", lambda: b"", "a.txt: it is empty"),
    "white space": ("a.md", lambda: b" \n\n ", "a.md: it has no text"),
    "no text in any page": ("a.pdf", lambda: pdf("", ""), "none of the PDF's 2 pages has text: it needs OCR"),
    "a password": ("a.pdf", lambda: encrypted("secret"), "the PDF is encrypted"),
    "a torn PDF": ("a.pdf", lambda: pdf("The deposit.")[:120], "it is no whole PDF"),
    "a PDF that is none": ("a.pdf", lambda: b"%PDF-1.4 and nothing", "it is no whole PDF"),
    "a text named PDF": ("a.pdf", lambda: b"hello", "its name says that it is PDF"),
    "a torn DOCX": ("a.docx", lambda: docx("Text")[:-200], "it is no whole DOCX"),
    "a bomb": ("a.docx", bomb, "unpacks to more than XML_BYTES_MAX"),
    "entities": ("a.docx", lambda: docx("Text", parts={"word/document.xml": ENTITIES}), "declares entities"),
    "broken XML": (
        "a.docx",
        lambda: docx(parts={"word/document.xml": b"<w:document"}),
        "it is no whole DOCX",
    ),
    "another archive": ("a.docx", lambda: zipped("x.txt"), "no DOCX: it has no word/document.xml"),
    "an archive named text": ("a.txt", lambda: zipped("x.txt"), "no DOCX"),
    "a picture": ("a.txt", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "it is a picture"),
    "a binary": ("data", lambda: bytes(range(256)) * 8, "it is no text"),
    "an old Office file": (
        "a.doc",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99,
        "old Office file",
    ),
    "no mail": ("a.eml", lambda: b"\n\nno headers at all", "it is no e-mail"),
    "too long": ("a.txt", lambda: b"word " * (TEXT_BYTES_MAX // 5 + 1), "split it"),
    "too long for Markdown": ("a.md", lambda: b"word " * (MARKDOWN_BYTES_MAX // 5 + 1), "split it"),
    "too many rows": ("a.csv", lambda: b"a,b\n" * 60_000, "ROWS_MAX"),
    "too many passages": ("a.txt", lambda: b"a\n\n" * 60_000, "PASSAGES_MAX"),
    "a cell too long": ("a.csv", lambda: b"a,b\n" + b"x" * 200_000 + b",1\n", "near line 2 it is no CSV"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_document_that_cannot_be_read_is_refused_by_name(cube: remanence.Cube, what: str) -> None:
    name, make, message = REFUSED[what]
    cube.ingest(b"What was there stays.", name="other.txt")
    lines = len(cube.journal(limit=100))
    with pytest.raises(InvalidInput) as caught:
        cube.ingest(make(), name=name)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{name}: ")
    assert len(cube.journal(limit=100)) == lines
    assert [one.name for one in cube.documents()] == ["other.txt"]


AES = (
    f"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O <{'00' * 48}> /U <{'00' * 48}> "
    f"/OE <{'00' * 32}> "
    f"/UE <{'00' * 32}> /Perms <{'00' * 16}> /StmF /StdCF /StrF /StdCF "
    "/CF << /StdCF << /CFM /AESV3 /AuthEvent /DocOpen /Length 32 >> >> >> /ID [<00> <00>]"
)


@pytest.mark.parametrize(
    ("name", "data", "package", "needed"),
    [
        ("a.pdf", pdf("Text"), "pypdf", r"pip install 'remanence\[documents\]'"),
        ("a.docx", docx("Text"), "mammoth", r"pip install 'remanence\[documents\]'"),
        ("a.txt", "Залог составляет две тысячи".encode("cp1251"), "charset_normalizer", "its encoding"),
        ("a.pdf", pdf("Text", trailer=AES), "cryptography", "pip install cryptography"),
    ],
)
def test_what_is_not_installed_is_named(
    cube: remanence.Cube, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, package: str, needed: str
) -> None:
    for loaded in [module for module in sys.modules if module.partition(".")[0] == "pypdf"]:
        monkeypatch.delitem(sys.modules, loaded)  # it keeps what it found of its own needs
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ExtraMissing, match=needed) as caught:
        cube.ingest(data, name=name)
    assert str(caught.value).startswith(f"{name}: ")
    assert cube.documents() == ()


def test_text_markdown_tables_pages_and_mail_need_nothing_more(
    cube: remanence.Cube, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("pypdf", "mammoth", "charset_normalizer"):
        monkeypatch.setitem(sys.modules, package, None)
    for name, data in {
        "a.txt": "Grüße".encode(),
        "a.md": b"# A\n\ntext",
        "a.csv": b"a,b\n1,2",
        "a.html": b"<p>One",
        "a.eml": mail("Hello"),
        "a.mbox": mbox(mail("Hello"), mail("again")),
    }.items():
        assert cube.ingest(data, name=name).added


def test_a_version_that_cannot_be_read_leaves_the_one_there_was(cube: remanence.Cube) -> None:
    first = cube.ingest(pdf("The deposit is 2000 EUR."), name="a.pdf")
    with pytest.raises(InvalidInput):
        cube.ingest(pdf(""), name="a.pdf")
    assert cube.documents()[0].items == first.added


def test_an_empty_password_keeps_nobody_out(cube: remanence.Cube) -> None:
    done = cube.ingest(encrypted(""), name="a.pdf")
    assert cube.show(done.added[0]).content == "The deposit is 2000 EUR."


@pytest.mark.parametrize("missing", ["folder", "absent.md", "nul\0.md"])
def test_a_path_that_is_no_file_is_refused(cube: remanence.Cube, tmp_path: Path, missing: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InvalidInput):
        cube.ingest(tmp_path / missing)


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="who may read all can't be kept from it")
def test_a_file_that_may_not_be_read_is_refused(cube: remanence.Cube, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x")
    file.chmod(0)
    with pytest.raises(InvalidInput, match="Permission"):
        cube.ingest(file)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"name": ""},
        {"name": "x" * 2000},
        {"name": "a\ud800.md"},
        {"name": 7},
        {"name": "a.md", "format": "odt"},
        {"name": "a.md", "dated": "9999-12-31"},
        {"name": "a.md", "dated": "no date"},
        {"name": "a.md", "encoding": "no-such"},
        {"name": "a.md", "encoding": "ascii"},
        {"name": "a.md", "author": "\0"},
        {"name": "a.md", "tags": "one"},
        {"name": "a.md", "because": " "},
    ],
)
def test_wrong_arguments_are_refused(cube: remanence.Cube, options: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        cube.ingest("Grüße".encode(), **options)  # type: ignore[arg-type]  # that is the point
    assert cube.documents() == ()


@pytest.mark.parametrize("given", [None, 7, ["a.md"]])
def test_what_is_neither_path_nor_bytes_is_refused(cube: remanence.Cube, given: object) -> None:
    with pytest.raises(InvalidInput, match="give a path or bytes"):
        cube.ingest(given, name="a.md")  # type: ignore[arg-type]  # that is the point


def test_lines_in_another_encoding_are_read_and_named(cube: remanence.Cube) -> None:
    lines = ["Grüße aus Köln".encode(), "Größe und Maß".encode(), "Tschüß".encode("cp1252"), b"Ende"]
    done = cube.ingest(b"\n\n".join(lines), name="a.txt")
    contents = [cube.show(one).content for one in done.added]
    assert contents[:2] == ["Grüße aus Köln", "Größe und Maß"]
    assert len(contents) == 4
    assert done.notes[0].startswith("it is UTF-8 but for line 5, read as ")


def test_bytes_that_fit_no_encoding_are_kept_one_by_one(cube: remanence.Cube) -> None:
    data = bytes(range(0x80, 0x100)) + b" and some words"
    done = cube.ingest(data, name="a.txt")
    assert cube.show(done.added[0]).content.endswith("and some words")
    assert "encoding" in done.notes[0]


def test_nul_bytes_in_a_text_survive(cube: remanence.Cube) -> None:
    text = "a NUL\0 here, and " + "many words " * 40
    done = cube.ingest(text.encode(), name="a.txt")
    assert cube.show(done.added[0]).content == text


def test_headings_with_nuls_break_nothing(cube: remanence.Cube) -> None:
    done = cube.ingest(
        b"# a\0b\n\ntext and more text to keep the share of NULs low, as it must be, and so on\n" * 2,
        name="a.md",
    )
    assert len(done.added) == 2
    assert cube.find_unit("a.md").members()[0].role == "a\ufffdb"
    assert cube.check() == ()


@pytest.mark.parametrize(
    ("date", "note"),
    [
        ("9999-12-31", "has not come yet"),
        ("Fri, 31 Dec 9999 23:59:59 -1400", "is no date that can be read"),
        ("31 February 2020", "is no date that can be read"),
        ("someday", "is no date that can be read"),
    ],
)
def test_a_date_that_can_not_be_is_named_and_not_used(cube: remanence.Cube, date: str, note: str) -> None:
    done = cube.ingest(mail("Hello", Date=date), name="a.eml")
    assert note in done.notes[0]
    assert cube.show(done.added[0]).said_at.year == 2026


@pytest.mark.parametrize("date", ["Mon, 01 Jan 1900 10:00:00 +0000", "Mon, 01 Jan 0001 10:00:00 +0000"])
def test_an_old_date_breaks_nothing(cube: remanence.Cube, date: str) -> None:
    done = cube.ingest(mail("The letter of the grandmother", Date=date), name="a.eml")
    assert cube.recall("letter of the grandmother")[0].item.id == done.added[0]
    assert "grandmother" in cube.context("letter of the grandmother").text
    assert cube.check() == ()


def test_a_malformed_message_is_named_and_the_rest_is_taken(cube: remanence.Cube) -> None:
    good, odd = mail("First", message_id="<1@x>"), b"\nno header in sight\n"
    worse = (
        b"Content-Type: multipart/mixed; boundary=x\nFrom: =?x?q?=\xff?=\nSubject: =?utf-8?b?&&&?=\n\n--x\n\n"
    )
    charset = mail("Third", message_id="<3@x>", Content_Type='text/plain; charset="no-such"')
    done = cube.ingest(mbox(good, odd, worse, charset), name="box.mbox")
    assert [(one.where, one.why) for one in done.left_out] == [
        ("message 2", "it is malformed: it has no headers")
    ]
    contents = [cube.show(one).content for one in done.added]
    assert contents[0].endswith("First")
    assert contents[-1].endswith("Third")
    assert len(contents) == 3


def test_messages_within_messages_without_end_are_named(cube: remanence.Cube) -> None:
    data = b"Subject: innermost\n\nThe core\n"
    for _ in range(60):
        data = b"Subject: outer\nContent-Type: message/rfc822\n\n" + data
    done = cube.ingest(data, name="deep.eml")
    assert any("NESTED_MAX" in one.why for one in done.left_out)


def test_ragged_rows_are_kept_whole_and_named(cube: remanence.Cube) -> None:
    done = cube.ingest(b"a,b,c\n1,2\n3,4,5\n6,7,8,9\n\n,,\n", name="a.csv")
    assert [cube.show(one).content for one in done.added] == [
        "a: 1\nb: 2",
        "a: 3\nb: 4\nc: 5",
        "a: 6\nb: 7\nc: 8\ncolumn 4: 9",
    ]
    assert done.notes == (
        "row 2 has 2 cells, and the header 3; all are kept",
        "row 4 has 4 cells, and the header 3; all are kept",
    )


@pytest.mark.parametrize("tag", ["div", "ul", "table", "b"])
def test_html_nested_without_end_is_read(cube: remanence.Cube, tag: str) -> None:
    page = f"<{tag}>" * 20_000 + "the core"
    done = cube.ingest(page.encode(), name="deep.html")
    assert "the core" in cube.show(done.added[0]).content


def test_scripts_that_do_not_end_never_become_text(cube: remanence.Cube) -> None:
    done = cube.ingest(b"<p>Seen</p><style>p{}</style><script>var x = 'a < b'; <p>no</p>", name="a.html")
    assert [cube.show(one).content for one in done.added] == ["Seen"]


def test_what_a_page_in_a_docx_does_not_show_is_named(cube: remanence.Cube) -> None:
    done = cube.ingest(docx("Text", parts={"word/comments.xml": b"<x/>"}), name="a.docx")
    assert [one.where for one in done.left_out] == ["comments"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_refused_and_nobody_waits_for_it(cube: remanence.Cube, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(InvalidInput, match="no regular file"):
        cube.ingest(tmp_path / "pipe.txt")


@pytest.mark.parametrize("charset", ["undefined", "utf-16", "no-such", "idna", "base64", "latin-1"])
def test_a_page_that_names_a_wrong_encoding_is_read_all_the_same(cube: remanence.Cube, charset: str) -> None:
    page = f'<meta charset="{charset}"><p>Grüße aus Köln</p>'
    done = cube.ingest(page.encode(), name="a.html")
    assert [cube.show(one).content for one in done.added] == ["Grüße aus Köln"]


def test_half_a_surrogate_pair_survives(cube: remanence.Cube) -> None:
    text = "half a pair \ud83d of a face, and text"
    done = cube.ingest(text.encode("utf-16", "surrogatepass"), name="a.txt")
    assert cube.show(done.added[0]).content == text
    assert "utf-16" in done.notes[0]
    assert cube.check() == ()


def test_a_torn_utf_16_text_is_read_as_far_as_it_goes(cube: remanence.Cube) -> None:
    done = cube.ingest("Залог составляет".encode("utf-16")[:-1], name="a.txt")
    assert cube.show(done.added[0]).content == "Залог составляе\ufffd"
    assert "\ufffd" in done.notes[0]

"""A conversation as a file to keep: Markdown, or Word, for which this is the only door to python-docx.

Every word of it comes from somewhere else (a question, a document, a title) and stays a word: nothing is
read as a mark, a link or a field. What is said around it is in the language of the pages.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from io import BytesIO
from urllib.parse import quote

from docx import Document as new_document
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.font import CT_RPr
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from bot.blocks import Block, Item, Table, blocks
from bot.conversation import Answer, Citation, Turn, inner
from prompts import interface

Links = Callable[[Citation], str]  # the address where a citation stands, empty where there is none

# What XML cannot hold, and what carries no word but can reorder or hide the words around it.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]"
)
# What Markdown reads as a mark anywhere in a line or at its beginning, and what it makes a link of.
_MARKS = re.compile(r"[\\`*_{}\[\]<>|~$&#]|:(?=//)|(?<=www)\.|@")
_FIRST = re.compile(r"^(?:[-+=:]|[0-9]+(?=[.)]))")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_SAFE = "%/:?#[]@!$&'()*+,;=~-._"  # characters of a link that stay as they are
_LONGEST_TITLE = 200  # characters
_BODY = Pt(12)  # 小四
_SMALL = Pt(10.5)
_WIDE, _NARROW = Mm(156), Mm(28)  # between the margins, and the first column of a table
_LATIN = "Times New Roman"
_SONG, _HEI, _FANG = "宋体", "黑体", "仿宋"
_ALSO = {_SONG: "SimSun", _HEI: "SimHei", _FANG: "FangSong"}  # what else these fonts are called


def markdown(title: str, turns: Sequence[Turn], links: Links, language: str = "zh") -> str:
    """Write a conversation in Markdown (CommonMark with tables), dated today."""
    words = interface(language)
    parts = [f"# {_escaped(_line(title) or words['exported_untitled'])}"]
    for turn in turns:
        parts.append(f"## {_escaped(words['exported_question'].format(question=_line(turn.question.text)))}")
        if turn.answer.refused:
            parts.append(f"**{words['exported_refused']}**")
        parts += map(_markdown_block, _told(turn.answer))
        cited = []
        for citation in turn.answer.citations:
            link = _web(links(citation))
            opened = f" [{words['exported_original']}](<{link}>)" if link else ""
            cited.append(f"- {_escaped(_where(citation) + _quoted(citation))}{opened}")
        parts += [f"**{words['exported_evidence']}**", "\n".join(cited)] if cited else []
    return "\n\n".join([*parts, "---", _escaped(_foot(language))]) + "\n"


def word(title: str, turns: Sequence[Turn], links: Links, language: str = "zh") -> bytes:
    """Write a conversation as a Word file (.docx) on A4 paper, dated today."""
    words = interface(language)
    document = _blank(_line(title) or words["exported_untitled"], _foot(language))
    for turn in turns:
        question = words["exported_question"].format(question=_line(turn.question.text))
        document.add_heading(question, level=1)
        if turn.answer.refused:
            document.add_paragraph().add_run(words["exported_refused"]).bold = True
        for block in _told(turn.answer):
            _add(document, block)
        if turn.answer.citations:
            document.add_heading(words["exported_evidence"], level=2)
        for citation in turn.answer.citations:
            paragraph = document.add_paragraph(_where(citation))
            _face(paragraph.add_run(_quoted(citation))._r.get_or_add_rPr(), _FANG)
            link = _web(links(citation))
            if link:
                paragraph.add_run(" ")
                _link(paragraph, link, words["exported_original"])
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _told(answer: Answer) -> list[Block]:
    """Return what an answer says; of a refusal the reason, too, where the text does not say it."""
    reason = answer.reason or ""
    said = answer.text if reason in answer.text else f"{answer.text}\n{reason}"
    return blocks(_clean(said))


def _where(citation: Citation) -> str:
    return _line(f"[{citation.n}] 《{inner(citation.document)}》{citation.address}")


def _quoted(citation: Citation) -> str:
    return f"：“{_line(citation.quote)}”"


def _foot(language: str) -> str:
    words, day = interface(language), _today()
    told = words["exported_day"].format(year=day.year, month=day.month, day=day.day)
    return f"{words['footer']} {told}"


def _today() -> date:
    return datetime.now().astimezone().date()


def _clean(text: str) -> str:
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str) -> str:
    """Return text as it is written on one line."""
    return " ".join(_clean(text).split())


def _web(link: str) -> str:
    """Return a link that a file may hold: one of the web, nothing in it that ends it early."""
    return quote(link.strip(), safe=_SAFE) if _WEB.match(link.strip()) else ""


def _escaped(text: str) -> str:
    """Return a line that Markdown shows letter by letter."""
    return _FIRST.sub(_escape_last, _MARKS.sub(r"\\\g<0>", text))


def _escape_last(found: re.Match[str]) -> str:
    """A number is no number of a list when what follows it is escaped, any other mark when it is itself."""
    return f"{found[0]}\\" if found[0][0].isdigit() else f"\\{found[0]}"


def _markdown_block(block: Block) -> str:
    if isinstance(block, Table):
        rows = [f"| {' | '.join(map(_escaped, row))} |" for row in block.rows]
        return "\n".join([rows[0], f"|{' --- |' * len(block.rows[0])}", *rows[1:]])
    return f"- {_escaped(block.text)}" if isinstance(block, Item) else _escaped(block.text)


def _add(document: Document, block: Block) -> None:
    if not isinstance(block, Table):
        document.add_paragraph(block.text, style="List Bullet" if isinstance(block, Item) else None)
        return
    columns = len(block.rows[0])
    table = document.add_table(rows=0, cols=columns, style="Table Grid")
    table.autofit = False
    widths = [_NARROW, *[Length((_WIDE - _NARROW) // max(1, columns - 1))] * (columns - 1)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for number, cells in enumerate(block.rows):
        row = table.add_row()
        for cell, text, width in zip(row.cells, cells, widths, strict=True):
            cell.width = width
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            cell.paragraphs[0].add_run(text).bold = number == 0
        if number == 0:  # told again on every page
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph()


def _blank(title: str, foot: str) -> Document:
    """Return an A4 document with its title and, on every page, its foot."""
    document = new_document()
    document.core_properties.title = title[:_LONGEST_TITLE]
    document.core_properties.author = interface("zh")["name"]
    document.core_properties.comments = ""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(28), Mm(26), Mm(37), Mm(35)
    _styles(document)
    document.add_heading(title, level=0)
    line, number = page.footer.paragraphs[0], page.footer.add_paragraph()
    line.add_run(foot)
    number.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    number._p.append(field)
    number.add_run(" —")
    for paragraph in (line, number):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for run in paragraph.runs:
            run.font.size = _SMALL
    return document


def _styles(document: Document) -> None:
    """Set the fonts and sizes of official documents; the template's own are for English."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    faces = (
        ("Normal", _SONG, _BODY, 0),
        ("Title", _HEI, Pt(18), 12),
        ("Heading 1", _HEI, Pt(14), 14),
        ("Heading 2", _HEI, _BODY, 6),
    )
    for name, font, size, before in faces:
        style = document.styles[name]
        properties = style.element.get_or_add_rPr()
        _face(properties, font)
        for colour in properties.findall(qn("w:color")):
            properties.remove(colour)
        style.font.size = size
        form = style.paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(6), 1.5
    title = document.styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for border in list(title.element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = "".join(
        f'<w:font w:name="{font}"><w:altName w:val="{also}"/><w:charset w:val="86"/></w:font>'
        for font, also in _ALSO.items()
    )
    table._blob = table.blob.replace(b"</w:fonts>", f"{fonts}</w:fonts>".encode())


def _face(properties: CT_RPr, font: str) -> None:
    """Set the font of Chinese characters; all others are in one that every office has."""
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for kind, name in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", font)):
        fonts.set(qn(f"w:{kind}"), name)


def _link(paragraph: Paragraph, address: str, words: str) -> None:
    """Add words that open an address."""
    identity = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    run = paragraph.add_run(words)
    run.font.underline, run.font.color.rgb = True, RGBColor(0x05, 0x63, 0xC1)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), identity)
    link.append(run._r)
    paragraph._p.append(link)

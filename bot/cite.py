"""Findings become numbered citations. A quote is a slice of its section, or it is not shown at all."""

from collections.abc import Sequence

from bot.conversation import Citation
from bot.extract import Finding
from index.document import address


def cite(findings: Sequence[Finding], first: int = 1) -> list[Citation]:
    """Return one citation a finding, numbered from ``first`` in the order given.

    Raises ValueError when a finding does not lie inside one section: showing it would be a lie.
    """
    citations = []
    for number, finding in enumerate(findings, start=first):
        document = finding.document
        section = finding.home
        start, end = finding.units[0].start, finding.units[-1].end
        if not section.start <= start < end <= section.end:
            msg = f"{document.source}: {start}-{end} is not inside {section.path}"
            raise ValueError(msg)
        citations.append(
            Citation(
                n=number,
                source=document.source,
                document=document.title,
                document_id=document.id,
                place=document.place,
                path=document.cited_path(section),
                address=address(section.path),
                heading=section.heading,
                quote=document.text[start:end],
                start=start,
                end=end,
                section_start=section.start,
                section_end=section.end,
            )
        )
    return citations

"""What the asker takes for granted and the clause found denies: a figure, a body."""

from bot.conversation import Kind
from bot.inquiry import Inquiry
from bot.premise import contradicted, other_body, within
from bot.words import fold
from prompts import sentences


def denied(inquiry: Inquiry) -> list[str]:
    """Return the figures the asker takes for granted in whose place the best section cited states others."""
    section = _best_section(inquiry)
    if within(inquiry.question.wording, fold(section)):  # 可以留10天吗, where no fewer than 8 are asked for
        return []
    return [figure for figure in inquiry.question.figures if contradicted(figure, section)]


def _best_section(inquiry: Inquiry) -> str:
    best = inquiry.shown[0]
    return best.document.section_text(best.home)


def denials(inquiry: Inquiry, first: int) -> list[str]:
    """Return the lines that deny what the asker takes for granted. ``first`` is the number of the citation
    of the section that says otherwise.
    """
    question = inquiry.question
    end = "_en" if question.language == "en" else ""
    wrong = denied(inquiry)
    written = [sentences()[f"premise{end}"].format(said="、".join(wrong))] if wrong else []
    instead = other_body(question.wording, _best_section(inquiry))
    if instead:
        written.append(sentences()["premise_body"].format(said=instead[0], stated=instead[1], n=first))
    if written and question.kind is Kind.YESNO:
        written[0] = sentences()[f"verdict_no{end}"] + written[0]
    return written

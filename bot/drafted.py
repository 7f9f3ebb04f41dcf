"""What became of a language model's draft, for a reader at a terminal: beside ``bot.explain``."""

from bot.columns import paragraph
from bot.conversation import Draft
from bot.heard import say


def drafted(draft: Draft) -> str:
    """Write which model was asked, what of its words was left out, and why."""
    lines = [f"── {say('draft', 'heading')} ────", say("draft", "model", model=draft.model)]
    if draft.trouble:
        lines.append(say("draft", "trouble", trouble=draft.trouble))
    elif not draft.left_out:
        lines.append(say("draft", "none"))
    for left in draft.left_out:
        lines += paragraph("", say("draft", "left_out", sentence=left.sentence), 4)
        lines += paragraph("    ", say("left_out", left.reason, detail=left.detail), 4)
    return "\n".join(lines)

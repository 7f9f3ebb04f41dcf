"""What agents can do here: ask, search, open a section. Each tool says its result in words and as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from bot.render import plain
from bot.web.api import shape
from bot.web.api.clerk import Caller, Clerk, Wish
from bot.web.api.forms import LONGEST_QUESTION, MOST_HITS, Name, Within
from bot.web.api.route import said
from index.errors import YoujuError
from index.search import encodable

_MISSING = "没有这份文件或这个条目：document 和 section 请照 ask、search 结果里的 document_id 和 section 写。"


class AskTool(Within):
    """What ``ask`` is called with."""

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION, description="问题，用一句完整的话")
    conversation: str = Field("", max_length=64, description="接着哪个对话问：上次结果里的 conversation")


class SearchTool(Within):
    """What ``search`` is called with."""

    query: str = Field(min_length=1, max_length=LONGEST_QUESTION, description="要查的内容")
    limit: int = Field(10, ge=1, le=MOST_HITS, description="至多返回几段")


class OpenTool(BaseModel):
    """What ``open_section`` is called with."""

    document: Name = Field(description="文件编号，即结果里的 document_id")
    section: str = Field(max_length=500, description="条目的名称，即结果里的 section，例如 一·(一)")


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool returns: words for the agent to read, and the same as data; ``wrong`` where it failed."""

    text: str
    data: Mapping[str, Any] | None = None
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. ``answer`` takes who asks, the address of this site, and the arguments as ``form`` reads
    them.
    """

    name: str
    title: str
    description: str
    form: type[BaseModel]
    answer: Callable[[Caller, str, Any], Result]

    def call(self, caller: Caller, home: str, arguments: Mapping[str, Any]) -> Result:
        """Return the result; what is wrong with the call is one."""
        try:
            return self.answer(caller, home, self.form.model_validate(arguments))
        except ValidationError as error:
            fields = {".".join(str(part) for part in one["loc"]) for one in error.errors()}
            named = "、".join(sorted(field for field in fields if len(field) < 100 and field.isprintable()))
            return Result(f"参数不对：{named}。", wrong=True)
        except YoujuError as error:
            return Result(said(error), wrong=True)


def tools(clerk: Clerk) -> tuple[Tool, ...]:
    """Return the tools."""

    def ask(caller: Caller, home: str, wanted: AskTool) -> Result:
        scope = wanted.scope()
        chosen = scope if scope != Within.model_validate({}).scope() else None
        effort = clerk.ask(caller, Wish(wanted.question, wanted.conversation, scope=chosen))
        *_, step = effort.asking.watch(3600)
        kept = effort.whole(step)
        data = shape.answered(kept, effort.identity, step.documents, home)
        return Result(f"{plain(kept.turn.answer)}\n\nconversation: {effort.identity}", data)

    def search(caller: Caller, home: str, wanted: SearchTool) -> Result:
        with clerk.entered(caller), clerk.site.serving.base() as base:
            hits = base.index.search(encodable(wanted.query), wanted.scope(), wanted.limit)
            found = [shape.passage(hit, home) for hit in hits]
        words = [
            f"《{one['document']}》{one['address']} "
            f"[document_id={one['document_id']} section={one['section']}]\n{one['text'].strip()}"
            for one in found
        ]
        return Result("\n\n".join(words) or "没有查到。", {"passages": found})

    def open_section(caller: Caller, home: str, wanted: OpenTool) -> Result:
        del caller
        with clerk.site.serving.base() as base:
            document = base.documents.get(wanted.document)
        opened = shape.opened(document, wanted.section, home) if document else None
        if opened is None:
            return Result(_MISSING, wrong=True)
        below = "、".join(opened["below"])
        more = f"\n\n下级条目：{below}" if below else ""
        return Result(f"《{opened['document']['title']}》{opened['address']}\n{opened['text']}{more}", opened)

    return (
        Tool(
            "ask",
            "提问",
            "就收录的官方文件提问。回答摘自原文，每条依据给出文件、条目和一字不差的引文；没有依据就说明不能回答，"
            "不要自己补充。接着问时带上 conversation。",
            AskTool,
            ask,
        ),
        Tool(
            "search",
            "检索",
            "在收录的官方文件里检索，返回最相关的原文段落和得分，不作回答。",
            SearchTool,
            search,
        ),
        Tool(
            "open_section",
            "打开条目",
            "返回一份文件里一个条目的原文，不含下级条目。",
            OpenTool,
            open_section,
        ),
    )

"""What chat clients send and get, in the shapes of OpenAI's chat API."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.conversation import Answer
from bot.web.api import shape
from index.document import Document

MODEL = "youju"
MOST_MESSAGES = 2000
_MARK = re.compile(r"\[([0-9]{1,4})\]")
_TOKEN = re.compile(r"[A-Za-z]{1,6}|[0-9]{1,3}|[^\sA-Za-z0-9]")


class Part(BaseModel):
    """内容的一部分。只看 text 类型的。"""

    type: str = "text"
    text: str | None = None


class Message(BaseModel):
    """一条消息。只看 role 为 user 的。"""

    role: str = Field(max_length=50, examples=["user"])
    content: str | list[Part] | None = Field(None, examples=["每年至少要培训多少学时？"])

    @property
    def text(self) -> str:
        """The words of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text" and part.text)
        return self.content or ""


class StreamOptions(BaseModel):
    """流式返回的选项。"""

    include_usage: bool | None = False


class Chat(BaseModel):
    """一次对话。没有列出的字段（temperature、max_tokens 等）可以写，不起作用。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": "每年至少要培训多少学时？"}]}
            ]
        }
    )

    model: str | None = Field(None, max_length=200, description=f"写什么都可以，回答的总是 {MODEL}")
    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool | None = False
    stream_options: StreamOptions | None = None

    def asked(self) -> list[str]:
        """Return the user's questions, in order."""
        return [text for one in self.messages if one.role == "user" and (text := one.text).strip()]

    @property
    def size(self) -> int:
        """How many tokens were sent, about."""
        return sum(tokens(one.text) for one in self.messages)

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with its usage."""
        return bool(self.stream_options and self.stream_options.include_usage)


class ModelBody(BaseModel):
    """一个模型。"""

    id: str
    object: str
    created: int
    owned_by: str


class Models(BaseModel):
    """全部模型。"""

    object: str
    data: list[ModelBody]


class UrlCitation(BaseModel):
    """一条依据：content[start_index:end_index] 是 [n] 这个标记。"""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """一处标注。"""

    type: str
    url_citation: UrlCitation


class Said(BaseModel):
    """回答的消息。content 带 [n] 标记，后面列出依据。"""

    role: str
    content: str
    refusal: str | None
    annotations: list[Annotation]


class Choice(BaseModel):
    """一个回答，总是只有一个。"""

    index: int
    message: Said
    logprobs: None
    finish_reason: str


class Usage(BaseModel):
    """用量，估算的：汉字和标点每个算一个，字母每六个、数字每三个算一个。"""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    """一次回答。youju 是与 /api/ask 相同的对象，含依据的原文。"""

    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    youju: dict[str, Any]


def tokens(text: str) -> int:
    """Return about how many tokens a text is: there is no tokenizer that every client would agree with."""
    return sum(1 for _ in _TOKEN.finditer(text))


def annotations(answer: Answer, documents: Mapping[str, Document] | None, home: str) -> list[dict[str, Any]]:
    """Return the citations of an answer, one for each mark in its text, as OpenAI's clients read them."""
    cited = {citation.n: citation for citation in answer.citations}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start(),
                "end_index": mark.end(),
                "title": str(citation),
                "url": shape.link(citation, documents, home),
            },
        }
        for mark in _MARK.finditer(answer.text)
        if (citation := cited.get(int(mark[1]))) is not None
    ]

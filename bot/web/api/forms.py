"""What programs send and get, as the OpenAPI document describes it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from index.document import Scope

LONGEST_QUESTION = 10_000  # characters; longer than any the engine takes, which says so itself
MOST_HITS = 50
_QUESTION = "每年至少要培训多少学时？"
_QUOTE = "行政执法人员每人每年参加业务培训不少于48学时"
_PATH = ["一", "(一)"]

Name = Annotated[str, Field(max_length=200)]
Year = Annotated[int, Field(ge=1, le=9999)]


class Within(BaseModel):
    """提问范围：各项都写的，要同时符合；不写的不限。"""

    places: list[Name] = Field([], max_length=200, description="地方，与文件信息里的 place 一致")
    years: list[Year] = Field([], max_length=200, description="年份")
    documents: list[Name] = Field([], max_length=1000, description="文件编号（id）")

    def scope(self) -> Scope:
        """Return the scope, however it is spelt."""
        return Scope(
            tuple(dict.fromkeys(self.places)),
            tuple(sorted(set(self.years))),
            tuple(dict.fromkeys(self.documents)),
        )


class Ask(BaseModel):
    """一个问题。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": _QUESTION}]})

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION, description="问题，至多 2000 字")
    conversation: str | None = Field(
        None, max_length=64, description="接着哪个对话问：上次回答里的 conversation。不写则开始新的对话"
    )
    scope: Within | None = Field(None, description="提问范围。不写则沿用对话的范围，新对话不限")
    stream: bool = Field(False, description="true：用 SSE 一段一段地返回")


class Search(BaseModel):
    """一次检索。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "执法培训学时", "limit": 5}]})

    query: str = Field(min_length=1, max_length=LONGEST_QUESTION, description="要查的内容")
    scope: Within = Field(Within.model_validate({}), description="检索范围")
    limit: int = Field(10, ge=1, le=MOST_HITS, description="至多返回几段")


class Place(BaseModel):
    """原文中的一处。start、end 是它在清理后的全文里的字符位置。"""

    document_id: str
    source: str = Field(description="文件名", examples=["plan.txt"])
    document: str = Field(description="文件标题", examples=["云岭县法治建设工作方案(2023-2025年)"])
    path: list[str] = Field(description="条目编号，从上到下", examples=[_PATH])
    address: str = Field(description="条目的写法", examples=["一、(一)"])
    heading: str = Field(description="条目标题，可能为空")
    section: str = Field(description="条目在本文件里的名称，用于打开条目", examples=["一·(一)"])
    start: int
    end: int
    link: str = Field(description="网页上这一处的永久链接")


class CitationBody(Place):
    """一条依据：quote 与原文一字不差。"""

    n: int = Field(description="对应 answer 里的 [n]", examples=[1])
    quote: str = Field(examples=[_QUOTE])


class AnswerBody(BaseModel):
    """回答。refused 为 true 时 answer 说明为什么不能回答。"""

    id: str = Field(description="这次提问的编号")
    conversation: str | None = Field(description="对话编号，接着问时带上")
    answer: str = Field(description="回答，带 [1] 这样的标记", examples=[f"{_QUOTE}。[1]"])
    refused: bool
    reason: str | None = Field(description="不能回答的原因")
    citations: list[CitationBody]
    suggestions: list[str] = Field(description="可以改问的问题")
    seconds: float


class PassageBody(Place):
    """检索到的一段。得分只在同一次检索里可比，越大越好。"""

    text: str
    score: float


class Passages(BaseModel):
    """检索结果，最好的在前。"""

    passages: list[PassageBody]


class DocumentBody(BaseModel):
    """一份文件的信息。"""

    id: str
    source: str = Field(description="文件名")
    part: str = Field(description="一个文件里有几份时，是其中哪一份")
    title: str
    issuer: str = Field(description="发文机关")
    place: str
    years: list[int]
    number: str = Field(description="文号")
    date: str = Field(description="成文或发布日期，ISO 8601，可能为空")
    sections: int = Field(description="条目数")
    link: str


class Documents(BaseModel):
    """文件列表的一页。"""

    total: int = Field(description="符合条件的文件总数")
    documents: list[DocumentBody]


class SectionBody(BaseModel):
    """一个条目。"""

    section: str = Field(description="条目在本文件里的名称", examples=["一·(一)"])
    path: list[str]
    address: str
    heading: str
    start: int
    end: int
    link: str


class Opened(BaseModel):
    """一份文件和它的条目，按原文次序。"""

    document: DocumentBody
    sections: list[SectionBody]


class OpenedSection(SectionBody):
    """一个条目的原文，不含下级条目。"""

    document: DocumentBody
    trail: list[str] = Field(description="从上到下的标题")
    text: str
    below: list[str] = Field(description="直接下级条目的名称")


class ErrorDetail(BaseModel):
    """出了什么错。"""

    message: str = Field(description="给人看的说明", examples=["没有这个对话。"])
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(description="哪个字段不对")
    code: str = Field(description="给程序看的代码", examples=["not_found"])


class ErrorBody(BaseModel):
    """错误，各接口相同，与 OpenAI 的格式一致。"""

    error: ErrorDetail

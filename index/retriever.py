"""The index as a LangChain retriever: the only module here that imports LangChain."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.document import Hit, Scope
from index.search import Index


class IndexRetriever(BaseRetriever):
    """Retrieves passages with the metadata a citation needs.

    ``metadata`` holds source, title, path (a list of labels, unique in the file), heading, start and
    end in the document's text, id, and score.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Index
    scope: Scope = Scope()
    limit: int = 10

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
    ) -> list[LangChainDocument]:
        return [_document(hit) for hit in self.index.search(query, self.scope, self.limit)]


def _document(hit: Hit) -> LangChainDocument:
    passage = hit.passage
    return LangChainDocument(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "source": passage.document.source,
            "title": passage.document.title,
            "path": list(passage.document.cited_path(passage.home)),
            "heading": passage.home.heading,
            "start": passage.start,
            "end": passage.end,
            "id": passage.id,
            "score": hit.score,
        },
    )

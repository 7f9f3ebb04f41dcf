"""The index as a LangChain retriever."""

from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import RunnableLambda

from index.document import Scope
from index.retriever import IndexRetriever
from index.search import open_index
from tests.folders import built


def test_documents_carry_what_a_citation_needs() -> None:
    """The page content is the document's own words at the offsets the metadata gives."""
    with open_index(built()[1]) as index:
        found = IndexRetriever(index=index, limit=4).invoke("案卷评查多少件")
        texts = {document.source: document.text for document in index.documents}

        assert len(found) == 4
        for document in found:
            data = document.metadata
            assert data.keys() == {"source", "title", "path", "heading", "start", "end", "id", "score"}
            assert texts[data["source"]][data["start"] : data["end"]] == document.page_content
            assert document.id == data["id"]


def test_it_stands_in_a_chain_and_keeps_its_scope() -> None:
    """It composes with other runnables, and a scope given once holds for every question."""
    with open_index(built()[1]) as index:
        wanted = index.documents[1]
        retriever = IndexRetriever(index=index, scope=Scope(documents=(wanted.id,)), limit=3)

        def sources(found: list[LangChainDocument]) -> set[str]:
            return {document.metadata["source"] for document in found}

        assert (retriever | RunnableLambda(sources)).invoke("学法") == {wanted.source}

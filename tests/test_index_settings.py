"""The environment: which variables are read, and what a misspelt one brings."""

from pathlib import Path

import pytest

from index.errors import SettingsError
from index.settings import KNOWN, Settings, refuse_unknown


def test_an_empty_environment_gives_the_defaults() -> None:
    """Without variables there is no documents folder, the home is .youju, the model is fitted."""
    assert Settings.from_environment({}) == Settings(None, Path(".youju"), None)


def test_variables_are_read() -> None:
    """Each variable fills its field, white space around it is not part of it."""
    settings = Settings.from_environment(
        {"YOUJU_DOCUMENTS": " papers ", "YOUJU_HOME": "kept", "YOUJU_EMBEDDING_MODEL": "some/model"}
    )

    assert settings == Settings(Path("papers"), Path("kept"), "some/model")


def test_an_empty_variable_counts_as_unset() -> None:
    """A variable set to nothing, as in a service file left to fill in, gives the default."""
    assert Settings.from_environment(dict.fromkeys(KNOWN, "")) == Settings.from_environment({})


@pytest.mark.parametrize(
    ("name", "close"),
    [("YOUJU_DOCUMENT", "YOUJU_DOCUMENTS"), ("YOUJU_EMBEDING_MODEL", "YOUJU_EMBEDDING_MODEL")],
)
def test_a_misspelt_variable_is_named_with_the_right_spelling(name: str, close: str) -> None:
    """An unknown variable is an error that names it and the one that was probably meant."""
    with pytest.raises(SettingsError, match=f"{name}.*{close}"):
        refuse_unknown({name: "x"})


def test_an_unknown_variable_like_no_other_lists_the_known_ones() -> None:
    """Where nothing is close every known name is listed."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"YOUJU_ZZZZZZ": "1"})

    assert all(name in str(caught.value) for name in KNOWN)


def test_other_variables_are_left_alone() -> None:
    """A variable of another program is none of our business."""
    refuse_unknown({"PATH": "/bin", "YOUJUX": "1", "HOST": "x"})


def test_each_documents_folder_has_its_own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index folder depends on the absolute path of the documents, not on how it is written."""
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment({"YOUJU_HOME": "home"})

    assert settings.index_folder(Path("a")) == settings.index_folder(tmp_path / "b" / ".." / "a")
    assert settings.index_folder(Path("a")) != settings.index_folder(Path("b"))
    assert settings.index_folder(Path("a")).parent == Path("home")

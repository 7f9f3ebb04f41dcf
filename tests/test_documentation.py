"""What is written about the project is true of it."""

import argparse
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import bot.__main__
import eval.__main__
import index.__main__
import index.train.__main__
from index.settings import KNOWN
from prompts import examples

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "index": index.__main__._parser,
    "index.train": index.train.__main__._parser,
    "bot": bot.__main__._parser,
    "eval": eval.__main__.parser,
}
ROUTINE = {"--help"}


def read(name: str) -> str:
    """A page's words."""
    return (ROOT / name).read_text(encoding="utf-8")


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command of a program with its own parser; the program itself where it is one command."""
    found = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in found:
        yield from action.choices.items()
    if not found:
        yield "", parser


def test_every_setting_is_documented() -> None:
    """Each YOUJU_ variable has a row in docs/settings.md, and no other is named there."""
    assert set(re.findall(r"YOUJU_[A-Z_]+", read("docs/settings.md"))) == set(KNOWN)


def test_every_setting_in_the_code_is_known() -> None:
    """No module reads a YOUJU_ variable that is not a setting."""
    named = {
        name
        for folder in ("index", "bot", "eval", "prompts")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"YOUJU_[A-Z_]+", path.read_text(encoding="utf-8"))
    }

    assert named - {"YOUJU_", "YOUJU_WECOM_", "YOUJU_LLM_"} <= set(KNOWN)


@pytest.mark.parametrize("program", PARSERS)
def test_every_command_and_option_is_documented(program: str) -> None:
    """Each command and each of its options stands in docs/commands.md."""
    page = read("docs/commands.md")
    missing = []
    for name, parser in commands(PARSERS[program]()):
        if f"python -m {program} {name}".rstrip() not in page:
            missing.append(name)
        options = {option for action in parser._actions for option in action.option_strings}
        missing += [option for option in options - ROUTINE if option.startswith("--") and option not in page]

    assert missing == []


@pytest.mark.parametrize("program", PARSERS)
def test_every_documented_command_exists(program: str) -> None:
    """No page names a command that is gone."""
    named = {
        name
        for page in PAGES
        for name in re.findall(rf"python -m {program} ([a-z]+)", page.read_text(encoding="utf-8"))
    }

    assert named <= dict(commands(PARSERS[program]())).keys()


def test_every_make_target_is_documented() -> None:
    """CONTRIBUTING.md names each target of the Makefile and no other."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE)) - {"help"}

    assert set(re.findall(r"`make ([a-z-]+)", read("CONTRIBUTING.md"))) == targets


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_path_named_exists(page: Path) -> None:
    """A file or folder named in code marks or linked is there."""
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:[a-z]+/|\.ci/)[\w./-]*|[A-Z]\w+\.md|[a-z_]+\.txt)`", text)
    named += re.findall(r"\b((?:tests|index|bot|eval|docs|samples)/[\w/]+\.\w+)", text)
    linked = [page.parent / link for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text)]

    assert [str(path) for path in [*(ROOT / name for name in named), *linked] if not path.exists()] == []


def test_contributing_is_one_page() -> None:
    """CONTRIBUTING.md can be read in a minute or two."""
    assert len(read("CONTRIBUTING.md").splitlines()) <= 66


def test_the_readme_asks_the_example_questions_of_the_page() -> None:
    """README.md and the page show the same examples."""
    block = read("README.md").partition("<!-- examples -->")[2].partition("<!-- /examples -->")[0]

    assert re.findall(r"^- (.+)$", block, re.MULTILINE) == list(examples())


def test_the_licence_is_apache() -> None:
    """LICENSE holds the whole text that pyproject.toml names."""
    assert "Apache License" in read("LICENSE")
    assert "limitations under the License" in read("LICENSE")
    assert 'license = "Apache-2.0"' in read("pyproject.toml")


def test_nothing_names_a_machine_or_a_host_of_packages() -> None:
    """What the project installs from and where it was made is nobody's business."""
    texts = [
        *PAGES,
        ROOT / "Makefile",
        ROOT / "constraints.txt",
        ROOT / "pyproject.toml",
        ROOT / "scripts/install_browser",
    ]

    for path in texts:
        assert not re.search(r"index-url|pypi\.|/work/|/tmp/", path.read_text(encoding="utf-8")), path

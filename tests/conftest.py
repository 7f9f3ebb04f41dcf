"""What every test shares: no network but loopback, and the folder of real documents where there is one."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from index.embed import SHIPPED

# Importing it closes the sockets of this process for good.
from tests.closed.sitecustomize import NetworkTouchedError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from bot.state.database import State
    from tests.state_records import Clock

# The same examples on every run and machine, however slow: what fails can be run again by anybody.
# HYPOTHESIS_PROFILE=explore draws new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

__all__ = ["NetworkTouchedError"]


@pytest.fixture(autouse=True, scope="session")
def closed_children() -> Iterator[None]:
    """Close the sockets of the processes that tests start, and give them no settings of the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / "tests" / "closed"), prepend=os.pathsep)
        for name in [name for name in os.environ if name.startswith("YOUJU_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents beside the project; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip("no shared folder beside the project")
    return SHARED


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The folder of the model that ships; without it the checkout is not whole, and the test fails."""
    if not SHIPPED.is_dir():
        pytest.fail(f"the model that ships is missing: {SHIPPED}; the checkout is not whole", pytrace=False)
    return SHIPPED


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium, with an English user, for whom the pages must be Chinese all the same."""
    from tests.chromium import launched  # late: a third of a second, and few tests want it

    with launched() as browser:
        yield browser


@pytest.fixture
def clock() -> "Clock":
    """A clock that stands still until it is turned."""
    from tests.state_records import Clock  # late: it brings the database

    return Clock()


@pytest.fixture
def state(tmp_path: Path, clock: "Clock") -> Iterator["State"]:
    """An empty state."""
    from bot.state.database import State  # late, as above

    opened = State(str(tmp_path / "state.sqlite"), clock)
    yield opened
    opened.close()

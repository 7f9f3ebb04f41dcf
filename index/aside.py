"""What stands aside of the graph of vectors: passages compared with the question one by one.

A graph takes minutes to make and its folder is not to be written into again. So it is made once for many
generations: passages added since, and the few that no search of the graph reaches, are listed here, and
the vectors of passages that are gone stay in the graph and are passed over.
"""

import json
from collections.abc import Set
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "aside.json"
# A base below this is written anew in seconds, and is then as if it had been made at once.
LEAST = 10_000
# Beyond these the stores are written anew. Comparing 20,000 one by one takes 2 ms; word frequencies count
# what is gone until then, and of a tenth that is gone a search for 100 finds less than it could.
SHARE, MOST = 0.1, 20_000


@dataclass(frozen=True, slots=True)
class Aside:
    """``graph`` counts the vectors in the graph, ``gone`` those of them whose passages are no more;
    ``unreached`` and ``added`` are passage numbers.
    """

    graph: int
    gone: int = 0
    unreached: tuple[int, ...] = ()
    added: tuple[int, ...] = ()

    @property
    def compared(self) -> tuple[int, ...]:
        """The passages that are compared one by one."""
        return (*self.unreached, *self.added)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The passages that are compared, as first and last-but-one number."""
        return [(number, number + 1) for number in self.compared]

    @property
    def worth_keeping(self) -> bool:
        """Tell whether the stores may be carried on, rather than written anew."""
        return self.graph >= LEAST and len(self.added) + self.gone <= min(MOST, self.graph * SHARE)

    def after(self, before: Set[int], now: Set[int]) -> "Aside":
        """Return what stands aside when the passages before have become the passages now."""
        gone = before - now
        return Aside(
            graph=self.graph,
            gone=self.gone + len(gone - set(self.added)),
            unreached=tuple(number for number in self.unreached if number in now),
            added=(*(number for number in self.added if number in now), *sorted(now - before)),
        )

    def write(self, generation: Path) -> None:
        """Write it down in a generation."""
        (generation / FILE).write_text(json.dumps(asdict(self)), "utf-8")

    @classmethod
    def read(cls, generation: Path) -> "Aside":
        """Read what ``write`` wrote."""
        fields = json.loads((generation / FILE).read_text("utf-8"))
        return cls(fields["graph"], fields["gone"], tuple(fields["unreached"]), tuple(fields["added"]))

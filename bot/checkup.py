"""One thing that a check of a deployment looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether what was looked at is right, and what to do where it is not."""

    good: bool
    about: str
    words: str

    def __str__(self) -> str:
        return f"[{'通过' if self.good else '不通过'}] {self.about}：{self.words}"

"""A stretch of days that operators look at, as they choose it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from index.errors import YoujuError

CHOICES = (7, 30, 90)  # days
LONGEST = 366  # days


class PeriodError(YoujuError):
    """What was chosen is no stretch of days."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both included, in the time of the server."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment, in the time of the server."""
        return datetime.combine(self.first, time()).astimezone()

    @property
    def end(self) -> datetime:
        """The moment after the last."""
        return datetime.combine(self.last + timedelta(days=1), time()).astimezone()

    @property
    def days(self) -> tuple[date, ...]:
        """Every day."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def period(first: str, last: str, days: int, today: date) -> Period:
    """Return the days from one date to another (ISO 8601), or the latest so many days. Raises PeriodError."""
    if not first and not last:
        return Period(today - timedelta(days=min(max(days, 1), LONGEST) - 1), today)
    try:
        end = date.fromisoformat(last) if last else today
        start = date.fromisoformat(first) if first else end - timedelta(days=CHOICES[1] - 1)
    except (ValueError, OverflowError):
        raise PeriodError("日期写得不对，应像 2024-05-01。") from None
    if start > end:
        raise PeriodError("开始的日期在结束的日期之后，请改过来。")
    if (end - start).days >= LONGEST or not 1970 < start.year < 9000:
        raise PeriodError("时间范围太长，最多一年。")
    return Period(start, end)

"""What can go wrong with what is kept. Each message is shown to the user as it stands."""

from index.errors import YoujuError


class StateError(YoujuError):
    """The state database cannot be opened, read or written; the message names it and the remedy."""


class Missing(YoujuError):
    """What is asked for is not there, or belongs to somebody else, which must look the same."""


class Unacceptable(YoujuError):
    """A name, password or title that cannot be taken; the message says what would do."""

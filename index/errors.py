"""What can go wrong while indexing or searching.

Each message is shown to the user as it stands: plain Chinese that says what is wrong with which file
or field and what to do.
"""


class YoujuError(Exception):
    """Base of every error whose message is meant for the user."""


class UnreadableFileError(YoujuError):
    """A file cannot be read as a document; the build reports it and goes on."""


class IndexUnusableError(YoujuError):
    """The index is missing, broken or of another version; the message names the command to run."""


class NothingIndexedError(YoujuError):
    """A build found no readable document at all."""


class ModelUnavailableError(YoujuError):
    """The embedding model cannot be loaded without a network."""


class SettingsError(YoujuError):
    """A YOUJU_ environment variable is unknown or has a bad value."""

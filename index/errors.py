"""What can go wrong while indexing or searching.

Each message is shown to the user as it stands: plain Chinese that says what is wrong with which file
or field and what to do.
"""

import errno

CAUSES = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "路径不存在",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "名称太长",
}


class YoujuError(Exception):
    """Base of every error whose message is meant for the user."""


class UnreadableFileError(YoujuError):
    """A file cannot be read as a document; the build reports it and goes on."""


class IndexUnusableError(YoujuError):
    """The index is missing, broken or of another version; the message names the command to run."""


class BuildFailedError(YoujuError):
    """A build stopped half way; the index that was there still serves."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"索引没有建成，原来的索引不变：{reason}。请检查磁盘空间、内存和索引文件夹的权限，再运行一次。"
        )


class NothingIndexedError(YoujuError):
    """A build found no readable document at all."""


class ModelUnavailableError(YoujuError):
    """The embedding model cannot be loaded without a network."""


class SettingsError(YoujuError):
    """A YOUJU_ environment variable is unknown or has a bad value."""


def cause(error: OSError) -> str:
    """Say in Chinese what the system complains of; in its own words where it is something rare."""
    return CAUSES.get(error.errno or 0) or error.strerror or str(error) or type(error).__name__

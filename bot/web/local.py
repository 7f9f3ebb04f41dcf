"""Where a link may lead that somebody else may have written: to a page of this site, never elsewhere."""

import re
from urllib.parse import urlsplit

# Browsers leave out tabs and line ends, read a backslash as a slash, and two slashes as another host.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_NOT_BACK = re.compile(r"/sign-(in|out)([/?#].*)?")


def local_path(text: str) -> str:
    """Return the text where it is the path of a page of this site, with query and fragment; else ``/``."""
    if not _PATH.fullmatch(text) or _NOT_BACK.fullmatch(text):
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else text

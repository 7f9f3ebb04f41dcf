"""The web: the chat page, the pages around it, and the HTTP service, in one process."""

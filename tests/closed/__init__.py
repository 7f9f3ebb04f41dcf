"""On the path of every process the tests start, so that its sockets are closed, too."""

"""The commands of ``python -m eval``, a module a group: each adds its parsers and does what they say."""

"""The tests mirror the modules; each docstring states the fact its test guards."""

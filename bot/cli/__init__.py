"""The command line: ``rasid``, and ``python -m bot``, which is the same."""

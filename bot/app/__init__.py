"""The composition root: makes every part once, starts and stops them together."""

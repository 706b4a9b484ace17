"""Fixtures of the servers at the network's edge."""

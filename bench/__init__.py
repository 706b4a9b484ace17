"""Measurements. Each ends with one JSON line of its figures; none is part of the tests."""

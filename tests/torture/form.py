"""Two forms of the bench: a short one in ``make test``, a long one in ``make torture``."""

import os

import pytest

LONG = bool(os.environ.get("TORTURE_LONG"))
long_form = pytest.mark.skipif(not LONG, reason="a part of the long form: make torture")

"""Where the measured data lies that tests may read but the project never holds."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared"


def shared_path(*parts: str) -> Path:
    """The path of shared material, e.g. ``shared_path("data", "feeds")``; skips the test where it is absent.

    The folder is ``RASID_SHARED`` if set, else ``shared`` beside the checkout.
    """
    path = Path(os.environ.get("RASID_SHARED", _BESIDE)).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs the shared data {'/'.join(parts)}, which is not on this machine")
    return path

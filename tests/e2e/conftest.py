"""What every end-to-end test needs of pytest: the way to tools/loop_programs, and the long sweeps apart from the rest.

`-m "not soak"` leaves out what is marked `soak`. `soak_when(claim=...)` marks those cases of a parametrized test for whose
parameters, a dict, `claim` is true."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
pytest.register_assert_rewrite("uploads")  # so that its assertions tell the values, too


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: part of a long sweep, which `./test soak` runs")
    config.addinivalue_line("markers", "soak_when(claim=...): marked soak where `claim` is true of the case's parameters")


@pytest.hookimpl(tryfirst=True)  # before pytest looks at -m
def pytest_collection_modifyitems(items):
    for item in items:
        if any(mark.kwargs["claim"](item.callspec.params) for mark in item.iter_markers("soak_when")):
            item.add_marker(pytest.mark.soak)


@pytest.fixture(name="open_folder")
def fixture_open_folder():
    """A folder that every user may look into, with the program learning-loop in it."""
    from programs import BIN  # not at the top: it needs the path above

    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        shutil.copy(BIN / "learning-loop", name)
        yield Path(name)

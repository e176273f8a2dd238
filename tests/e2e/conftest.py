"""What every end-to-end test needs of pytest: the way to tools/loop_programs, and the long sweeps apart from the rest.

`-m "not soak"` leaves out what is marked `soak`. `soak_when(claim=...)` marks those cases of a parametrized test for whose
parameters, a dict, `claim` is true."""

import sys
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

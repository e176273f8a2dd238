"""What tests of converters at our Loop use: imported by name into their modules, where pytest finds them."""

import pytest
from converters import login_of
from programs import loop_server


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop"), environment={"ANONYMOUS_NODES": "none"}) as server:
        yield server


@pytest.fixture(name="login", scope="module")
def fixture_login(loop):
    return login_of(loop)

"""What most tests of a detector's doors use: imported by name into their modules, where pytest finds them."""

import pytest
from detector_clients import KeptImages, events_of, keeping_node


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("detector")


@pytest.fixture(name="node", scope="module")
def fixture_node(folder):
    """A detector whose Loop is away, so that what it keeps stays where it can be looked at."""
    with keeping_node(folder) as program:
        yield program


@pytest.fixture(name="kept")
def fixture_kept(folder):
    return KeptImages(folder)


@pytest.fixture(name="events", scope="module")
def fixture_events(node, folder):
    with events_of(node, folder) as client:
        yield client

"""What tests of trainers at a Loop that misbehaves use: imported by name into their modules, where pytest finds them."""

import pytest
from trainers import ScriptedTrainer, ScriptedTrainingLoop, name_of


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    """The Loop; each test has a trainer, and by it a project, of its own."""
    with ScriptedTrainingLoop(tmp_path_factory.mktemp("loop")) as program:
        yield program


@pytest.fixture(name="node")
def fixture_node(loop, tmp_path, request):
    """A trainer of this test alone, which is idle."""
    with ScriptedTrainer(loop, tmp_path, name_of(request)) as started:
        started.come_to("idle")
        yield started

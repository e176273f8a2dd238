"""The example of a trainer of one's own does what its README says: its commands are run in one go, as a person pastes them."""

import re

from nodes import wait_until
from pasted import Pasted
from programs import ROOT

README = (ROOT / "examples/04_trainer/README.md").read_text()


def test_the_commands_of_the_readme_train_a_model(tmp_path):
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)).split("\n", 1)[1]  # it is built
    with Pasted("shell_trainer", 8001).run(tmp_path, commands) as printed:
        wait_until(lambda: '"state":"completed"' in printed(), "a training that is completed", 60)

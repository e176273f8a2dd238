"""The example of an annotator of one's own does what its README says: its commands are run in one go, as a person pastes them."""

import json
import re

from nodes import wait_until
from pasted import Pasted
from programs import ROOT

README = (ROOT / "examples/03_annotator/README.md").read_text()


def test_the_commands_of_the_readme_draw_what_it_tells(tmp_path):
    set_up, draw = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    _, begin = set_up.split("\n", 1)  # it is built
    [claim] = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    with Pasted("polygon_tool", 8003).run(tmp_path, f"{begin}{draw}") as printed:
        answer = wait_until(lambda: re.search(r'\{"svg":.*\}', printed()), "the answer to the click")
        assert json.loads(answer[0]) == json.loads(claim)

"""The example of a converter of one's own does what its README says: its commands are run in one go, as a person pastes them."""

import json
import re

from nodes import wait_until
from pasted import Pasted
from programs import ROOT

README = (ROOT / "examples/02_converter/README.md").read_text()


def without_chance(text):
    """The JSON with the same id, date and port in every run."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d+", "<date>", text)
    return json.loads(re.sub(r"127.0.0.1:\d+", "<host>", text))


def test_the_commands_of_the_readme_bring_a_model_from_one_format_to_the_other(tmp_path):
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)).split("\n", 1)[1]  # it is built
    claims = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    assert len(claims) == 3
    with Pasted("upper_case", 8002).run(tmp_path, commands) as printed:
        def lists():
            return re.findall(r'\{"models":\[(?:\{.*?\})?\]\}', printed())
        wait_until(lambda: "format_b" in "".join(lists()), "the model in the other format")
        assert [without_chance(text) for text in lists()] == [without_chance(text) for text in claims]

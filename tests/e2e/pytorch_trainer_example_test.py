"""The example trainer does what its README says: its commands are run in one go, as a person pastes them, but for a shorter training."""

import re

from nodes import wait_until
from pasted import Pasted
from programs import ROOT

README = (ROOT / "examples/pytorch_trainer/README.md").read_text()
SHORTER = {"complete": 30, "steps": 3, "resolution": 96}


def commands():
    with_a_loop = README.partition("## Without a Loop")[0]
    _, text = "\n".join(re.findall(r"```sh\n(.*?)```", with_a_loop, re.DOTALL)).split("\n", 1)  # it is built
    for setting, shorter in SHORTER.items():
        text, found = re.subn(rf'"{setting}": \d+', f'"{setting}": {shorter}', text)
        assert found == 1, f"{found} times {setting} in the README"
    return text


def test_the_commands_of_the_readme_bring_a_model_into_the_loop(tmp_path):
    with Pasted("learning-loop trainer", 8001).run(tmp_path, commands()) as printed:
        models = wait_until(lambda: re.search(r'\{"models":\[\{.*"onnx".*', printed()), "a model in the format onnx", 100)
        assert '"pytorch_box"' in models[0]

"""The example trainer does what its README says: its commands are run in one go, as a person pastes them, but for a shorter training."""

import re

from nodes import wait_until
from pasted import Pasted
from programs import ROOT

README = (ROOT / "examples/pytorch_trainer/README.md").read_text()


def commands():
    with_a_loop = README.partition("## Without a Loop")[0]
    _, text = "\n".join(re.findall(r"```sh\n(.*?)```", with_a_loop, re.DOTALL)).split("\n", 1)  # it is built
    for usual, shorter in (('"complete": 300', '"complete": 30'), ('"steps": 2000', '"steps": 3'), ("n\": 320", "n\": 96")):
        assert usual in text
        text = text.replace(usual, shorter)
    return text


def test_the_commands_of_the_readme_bring_a_model_into_the_loop(tmp_path):
    with Pasted("learning-loop trainer", 8001).run(tmp_path, commands()) as printed:
        models = wait_until(lambda: re.search(r'\{"models":\[\{.*"onnx".*', printed()), "a model in the format onnx", 100)
        assert '"pytorch_box"' in models[0]

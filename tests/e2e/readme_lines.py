"""The lines of curl in the Python library's README, run as a person runs them."""

import json
import subprocess

from loop_programs.process import clean_environment

# As they stand in the README; the last has no quotes.
UPLOAD = "curl --request POST -F 'files=@my_model.zip' https://learning-loop.ai/api/zauberzeug/projects/demo/format_a"
LIST_A = 'curl "https://learning-loop.ai/api/zauberzeug/projects/demo/models?format=format_a"'
LIST_B = 'curl "https://learning-loop.ai/api/zauberzeug/projects/demo/models?format=format_b"'
LIST_B_AGAIN = "curl https://learning-loop.ai/api/zauberzeug/projects/demo/models?format=format_b"
TOLD_IN_README = ["id", "version", "formats", "created", "comment"]
README_HOST = "https://learning-loop.ai"


def shell(line, loop, folder):
    """What a line of the README prints when it is for this Loop, with the login that goes with each of its requests, if there is one."""
    line = line.replace(README_HOST, f"http://127.0.0.1:{loop.port}")
    variables = {}
    if loop.headers:
        line += ' -H "Authorization: Bearer $TOKEN"'
        variables["TOKEN"] = loop.headers["Authorization"].removeprefix("Bearer ")
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=clean_environment(variables), capture_output=True, timeout=30, check=True)
    return done.stdout


def told(line, loop, folder):
    return json.loads(shell(line, loop, folder))

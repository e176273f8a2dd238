"""train.py PROGRESS [--anew]: a training that takes a moment, as that of peer_trainer/main.py, and obeys the same
files in the folder CONTROL:

    hold running    after its first epoch
    hold epoch N    after this one, also when it goes on from there
    epochs          how many there are; 2 without
    say             what it prints before its end
    end running     after its first epoch: `exit 3` or `signal 9`
    deaf            it does not end on SIGTERM
    lost epoch N    the files of this one are lost
    child           it leaves a process behind, in a session of its own

There it notes in `epochs made` each epoch that it makes. With --anew it always begins from scratch.
"""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "peer_trainer"))
from control import FILES, FOLDER, confusion_matrix, content, keep_what_it_sees, told  # noqa: E402

HERE, PROGRESS = Path.cwd(), Path(sys.argv[1])


def write_whole(file, text):
    file.parent.mkdir(exist_ok=True)
    file.with_suffix(".new").write_text(text)
    file.with_suffix(".new").rename(file)


def make_epoch(epoch, epochs, categories):
    with open(FOLDER / "epochs made", "a", encoding="utf8") as made:
        print(epoch, file=made)
    files = {model_format: [f"best_{epoch}/{name}" for name in names] for model_format, names in FILES.items()}
    for model_format, paths in files.items():
        for path in paths:
            if told(f"lost epoch {epoch}") is None:
                write_whole(HERE / path, content(Path(path).name, model_format, epoch))
    best = {"epoch": epoch, "confusion_matrix": confusion_matrix(categories, epoch), "files": files, "model": {"conf_threshold": 0.25}}
    with open(PROGRESS, "a", encoding="utf8") as lines:
        for line in ({"progress": epoch / epochs, "epoch": epoch, "metrics": {"loss": 1 / epoch}}, {"best": best}):
            print(json.dumps(line), file=lines, flush=True)
    write_whole(HERE / "made.txt", str(epoch))


def come_to_end_of(epoch):
    (FOLDER / f"at epoch {epoch}").touch()
    while told(f"hold epoch {epoch}") is not None:
        time.sleep(0.02)


def end_if_told():
    print(told("say") or "", flush=True)
    how, _, number = (told("end running") or "").partition(" ")
    if how == "exit":
        sys.exit(int(number))
    if how == "signal":
        os.kill(os.getpid(), int(number))


def train():
    if told("deaf") is not None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if told("child") is not None:
        subprocess.Popen(["setsid", "sleep", "600"], stdin=subprocess.DEVNULL)  # pylint: disable=consider-using-with
    dataset = json.loads(Path(os.environ["LL_DATASET"], "dataset.json").read_text())
    base = os.environ.get("LL_BASE_MODEL")
    hyperparameters = json.loads((HERE / "hyperparameters.json").read_text())
    keep_what_it_sees(base or HERE, os.environ["LL_IMAGES"], dataset["images"], variant=os.environ["LL_VARIANT"],
                      hyperparameters=hyperparameters, categories=dataset["categories"])
    made, epochs = HERE / "made.txt", int(told("epochs") or 2)
    last = int(made.read_text()) if made.exists() and "--anew" not in sys.argv else 0
    if last:
        come_to_end_of(last)
    for epoch in range(last + 1, epochs + 1):
        make_epoch(epoch, epochs, dataset["categories"])
        if epoch == 1:
            (FOLDER / "at running").touch()
            while told("hold running") is not None:
                time.sleep(0.02)
            end_if_told()
        come_to_end_of(epoch)


if __name__ == "__main__":
    train()

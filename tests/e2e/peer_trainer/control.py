"""What a test tells a trainer of the library while it runs: files in the folder CONTROL. Those of the trainer are there, too."""
import asyncio
import hashlib
import json
import os
from pathlib import Path

FOLDER = Path(os.environ["CONTROL"])
TRAIN = f"sh '{Path(__file__).parent / 'epochs.sh'}' '{FOLDER}'"


def told(name):
    """What the test wrote into this file; None: nothing."""
    file = FOLDER / name
    return file.read_text() if file.exists() else None


async def come_to(step):
    """Tells that the trainer is at this step, fails if the test wants it to (`fail STEP`), and waits as long as there is `hold STEP`."""
    (FOLDER / f"at {step}").touch()
    if (reason := told(f"fail {step}")) is not None:
        raise RuntimeError(reason)
    await asyncio.sleep(float(told("slow") or 0))
    while told(f"hold {step}") is not None:
        await asyncio.sleep(0.02)


class Hurried:
    """A module whose `sleep`, or a class whose `now`, has this factor more time in each second; the library's pauses are its own."""

    def __init__(self, slow, factor=10):
        self._slow, self._factor, self._begun = slow, factor, slow.now() if hasattr(slow, "now") else None

    def __getattr__(self, name):
        return getattr(self._slow, name)

    def now(self):
        return self._begun + self._factor * (self._slow.now() - self._begun)

    async def sleep(self, seconds):
        await asyncio.sleep(seconds / self._factor)


# --------------------------------------------------------------------------------------------------------- its training


FILES = {"mocked": ["model.pt", "hyp.txt"], "mocked_2": ["model.wts"]}


def content(name, model_format, epoch):
    """Of a file of the model that this epoch has made."""
    return f"{name} of {model_format}, epoch {epoch}{told('weights') or ''}"


class Weights:
    """What the training process has come to, in the training's folder."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def best(self):
        """The newest epoch of which the Loop does not know yet; None: there is none."""
        made, known = self._number("epoch"), self._number("published")
        return made if made > known else None

    def publish(self, epoch):
        (self.folder / "published").write_text(str(epoch))

    def is_published(self):
        return self._number("published") > 0

    def progress(self):
        return self._number("epoch") / 2

    def files(self):
        """By the format, as they are uploaded. Other bytes than the last time if the test wants (`weights`)."""
        for model_format, names in FILES.items():
            for name in names:
                (self.folder / name).write_text(content(name, model_format, self._number("published")))
        return {model_format: [str(self.folder / name) for name in names] for model_format, names in FILES.items()}

    def _number(self, name):
        file = self.folder / name
        return int(file.read_text()) if file.exists() else 0


def confusion_matrix(categories, epoch):
    """The last category was nowhere, and never found."""
    counts = [{"tp": 3 * epoch, "fp": place, "fn": 1} for place in range(len(categories))]
    counts[-1] = {"tp": 0, "fp": 0, "fn": 0}
    return {getattr(category, "id", None) or category["id"]: one for category, one in zip(categories, counts)}


def keep_what_it_sees(folder, images_folder, rows, **more):
    """Leaves for the test what the trainer was given: the rows, and of each image its bytes' hash and its size when it stands upright."""
    base = Path(folder) / "base_model.json"
    seen = {row["id"]: {"row": row} | of_image(Path(images_folder) / f"{row['id']}.jpg") for row in rows}
    files = {file.name: file.read_text() for file in sorted(Path(folder).glob("*.*")) if file.suffix in (".pt", ".txt")}
    text = json.dumps({"images": seen, "base": json.loads(base.read_text()) if base.exists() else None, "files": files} | more)
    (FOLDER / "seen.new").write_text(text)
    (FOLDER / "seen.new").rename(FOLDER / "seen.json")


def of_image(file):
    return {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "size": upright_size(file)}


def upright_size(file):
    from PIL import Image, ImageOps  # not at the top: few trainings need it, and it takes a tenth of a second

    with Image.open(file) as image:
        return ImageOps.exif_transpose(image).size

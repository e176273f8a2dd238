"""The same trainer on the library's version 0.7.40, which knows no classifications, no refusals and no variants. It runs in that version's
environment, whose pauses are shortened, too."""
import os
from datetime import datetime
from functools import partial
from pathlib import Path

import uvicorn
from control import TRAIN, Hurried, Weights, come_to, confusion_matrix, keep_what_it_sees, upright_size
from learning_loop_node import GLOBALS
from learning_loop_node.rest import uploads
from learning_loop_node.trainer import BasicModel, Trainer, trainer, trainer_node
from learning_loop_node.trainer.model import PretrainedModel

GLOBALS.data_folder = os.environ["DATA_FOLDER"]


def own_model_json(name, *mode):
    """The library writes it where all trainers of the machine would."""
    return open(Path(GLOBALS.data_folder) / "model.json" if name == "/tmp/model.json" else name, *mode)


def oftener(repeat_every, seconds, **more):
    return repeat_every(seconds=seconds / 10, **more)


trainer.open = uploads.open = own_model_json
trainer.datetime = Hurried(datetime)
trainer_node.repeat_every = partial(oftener, trainer_node.repeat_every)
upload_model_for_training = uploads.upload_model_for_training


async def upload(context, files, training_number, model_format):
    await come_to(f"upload {model_format}")
    uploaded = await upload_model_for_training(context, files, training_number, model_format)
    await come_to(f"uploaded {model_format}")
    return uploaded


uploads.upload_model_for_training = upload


class Tiny(Trainer):

    def __init__(self):
        super().__init__("mocked")

    @property
    def provided_pretrained_models(self):
        return [PretrainedModel(name=name, label=name.title(), description=f"a {name} model") for name in ("small", "large")]

    @property
    def weights(self):
        return Weights(self.training.training_folder)

    async def _prepare(self):
        await come_to("prepare")
        await super()._prepare()

    async def _download_model(self):
        await come_to("download_model")
        await super()._download_model()

    async def start_training(self):
        training, data = self.training, self.training.data
        keep_what_it_sees(training.training_folder, training.images_folder, data.image_data, begun_with=training.base_model_id,
                          hyperparameters=self.hyperparameters, categories=[one.dict() for one in data.categories])
        self.executor.start(TRAIN)

    async def start_training_from_scratch(self, identifier):
        await self.start_training()

    def can_resume(self):
        return self.weights.is_published()

    async def resume(self):
        self.executor.start(TRAIN)

    def get_new_model(self):
        epoch = self.weights.best()
        matrix = confusion_matrix(self.training.data.categories, epoch or 0)
        return epoch and BasicModel(confusion_matrix=matrix, meta_information={"epoch": epoch})

    def on_model_published(self, basic_model):
        self.weights.publish(basic_model.meta_information["epoch"])

    async def _upload_model(self, context):
        await come_to("upload_model")
        return await super()._upload_model(context)

    def get_latest_model_files(self):
        return self.weights.files()

    async def _do_detections(self):
        await come_to("detecting")
        return await super()._do_detections()

    async def _detect(self, model_information, images, model_folder):
        return [detections_of(Path(image), model_information) for image in images]

    async def _upload_detections(self, context, detections):
        await come_to("upload_detections")
        await super()._upload_detections(context, detections)

    async def clear_training_data(self, training_folder):
        await come_to("cleanup")


def detections_of(image, model):
    """As trainers of that time made them: dictionaries, confidences in percent."""
    _, height = upright_size(image)
    found = {"image_id": image.stem, "box_detections": [], "point_detections": [], "segmentation_detections": []}
    places = {"box": {"x": 1, "y": height - 21, "width": 30, "height": 20, "confidence": 90.0},
              "point": {"x": 10, "y": 20, "confidence": 80.0},
              "segmentation": {"shape": {"points": [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]}, "confidence": 70.0}}
    for category in model.categories:
        facts = {"category_name": category.name, "model_name": model.version, "category_id": category.id}
        found[f"{category.type.value}_detections"].append(facts | places[category.type.value])
    return found


if __name__ == "__main__":
    node = trainer_node.TrainerNode(name=os.environ["NODE_NAME"], trainer=Tiny())
    uvicorn.run(node, host="127.0.0.1", port=int(os.environ["NODE_PORT"]))

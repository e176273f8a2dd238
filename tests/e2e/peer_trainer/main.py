"""A trainer of the Python library, whose training takes a moment; see control.py for what a test can tell it. It runs in the library's
environment, and is quicker than others, since its pauses are shorter."""
import asyncio
import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import uvicorn
from control import TRAIN, Hurried, Weights, come_to, confusion_matrix, keep_what_it_sees, told, upright_size
from learning_loop_node import TrainerNode
from learning_loop_node.data_classes import (
    BoxDetection,
    ClassificationDetection,
    Detections,
    PointDetection,
    PretrainedModel,
    SegmentationDetection,
    TrainingStateData,
)
from learning_loop_node.data_classes.detections import Point, Shape
from learning_loop_node.data_exchanger import DataExchanger
from learning_loop_node.trainer import trainer_logic, trainer_logic_generic
from learning_loop_node.trainer.exceptions import CriticalError, TrainingRefusedError
from learning_loop_node.trainer.io_helpers import ActiveTrainingIO
from learning_loop_node.trainer.trainer_logic import TrainerLogic

trainer_logic_generic.asyncio = Hurried(asyncio)
trainer_logic_generic.BASE_RETRY_DELAY = 0.5
trainer_logic.datetime = Hurried(datetime)


class Logic(TrainerLogic):
    model_architecture = "tiny"

    def __init__(self):
        super().__init__("mocked")
        self.inference_batch_size = 3

    @property
    def provided_pretrained_models(self):
        names = os.environ.get("VARIANTS", "small,large").split(",")
        return [PretrainedModel(name=name, label=name.title(), description=f"a {name} model") for name in names]

    @property
    def weights(self):
        return Weights(self.training.training_folder)

    @property
    def training_progress(self):
        return self.weights.progress()

    async def begin_training(self, organization, project, training_config):
        await come_to("begin")
        if (reason := told("refuse")) is not None:
            raise TrainingRefusedError(reason)
        await super().begin_training(organization, project, training_config)

    async def _perform_state(self, error_key, state_during, state_after, action, reset_early=False):
        async def act():
            await come_to(error_key)
            if (reason := told(f"give up {error_key}")) is not None:
                raise CriticalError(reason)
            await action()
        await super()._perform_state(error_key, state_during, state_after, act, reset_early)

    async def _start_training_from_scratch(self):
        training = self.training
        keep_what_it_sees(training.training_folder, training.images_folder, training.image_data, variant=training.model_variant,
                          hyperparameters=training.hyperparameters, categories=[asdict(one) for one in training.categories])
        await self.executor.start(TRAIN)

    async def _start_training_from_base_model(self):
        await self._start_training_from_scratch()

    def _can_resume(self):
        return self.weights.is_published()

    async def _resume(self):
        await self.executor.start(TRAIN)

    def _get_new_best_training_state(self):
        epoch = self.weights.best()
        matrix = confusion_matrix(self.training.categories, epoch or 0)
        return epoch and TrainingStateData(confusion_matrix=matrix, meta_information={"epoch": epoch}, epoch=epoch)

    def _on_metrics_published(self, training_state_data):
        self.weights.publish(training_state_data.epoch)

    async def _get_latest_model_files(self):
        return self.weights.files() if self.weights.is_published() else {}

    def _get_model_metadata(self):
        return {"conf_threshold": 0.25}

    def _dump_model_json(self):  # the library's own place is that of all trainers of the machine
        file = Path(self.training.training_folder) / "own/model.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"categories": [asdict(one) for one in self.training.categories]} | self._get_model_metadata()))
        return str(file)

    async def _detect(self, model_information, images, model_folder):
        return [detections_of(Path(image), model_information) for image in images]

    async def _clear_training_data(self, training_folder):
        await come_to("cleanup")


def detections_of(image, model):
    """One for each of the model's categories: a box at the lower edge, the others at the upper one. That of a point is in percent."""
    _, height = upright_size(image)
    found = Detections(image_id=image.stem)
    for category in model.categories:
        facts = {"category_name": category.name, "model_name": model.version, "category_id": category.id}
        if category.type == "box":
            found.box_detections.append(BoxDetection(x=1, y=height - 21, width=30, height=20, confidence=0.9, **facts))
        elif category.type == "point":
            found.point_detections.append(PointDetection(x=10.5, y=20.5, confidence=80.0, **facts))
        elif category.type == "segmentation":
            triangle = Shape(points=[Point(x=1, y=1), Point(x=9, y=1), Point(x=9, y=9)])
            found.segmentation_detections.append(SegmentationDetection(shape=triangle, confidence=0.7, **facts))
        else:
            found.classification_detections.append(ClassificationDetection(confidence=0.6, **facts))
    return found


note = ActiveTrainingIO.save_detection_upload_progress


def note_detections(training_io, count):
    """The library notes here how many of the detections the Loop has taken, unless the test wants it not to (`forget detections`)."""
    if (reason := told("forget detections")) is not None:
        raise OSError(reason)
    note(training_io, count)


ActiveTrainingIO.save_detection_upload_progress = note_detections


class Exchanger(DataExchanger):
    """Uploads with stops before and after each format, and for a training that there is not if the test wants (`training_number`)."""

    async def upload_model_get_uuid(self, context, files, training_number, mformat):
        await come_to(f"upload {mformat}")
        number = int(told("training_number") or training_number)
        uploaded = await super().upload_model_get_uuid(context, files, number, mformat)
        await come_to(f"uploaded {mformat}")
        return uploaded


if __name__ == "__main__":
    node = TrainerNode(name=os.environ["NODE_NAME"], trainer_logic=Logic())
    node.data_exchanger = Exchanger(None, node.loop_communicator)
    node.repeat_loop_cycle_sec = 0.5
    uvicorn.run(node, host="127.0.0.1", port=int(os.environ["NODE_PORT"]))

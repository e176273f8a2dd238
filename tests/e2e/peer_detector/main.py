"""A detector of the Python library, with a logic that answers one detection of each kind that its model has a category of. It takes models
of the format MODEL_FORMAT, `mocked` without one, and reads nothing of them but model.json. Runs in the library's environment."""
import os

import uvicorn
from learning_loop_node import DetectorNode
from learning_loop_node.data_classes import (
    BoxDetection,
    ClassificationDetection,
    ImageMetadata,
    ImagesMetadata,
    ModelInformation,
    PointDetection,
    SegmentationDetection,
)
from learning_loop_node.data_classes.detections import Point, Shape


class EveryKind:
    """Of the model's first category of each type."""

    def __init__(self, model: ModelInformation) -> None:
        self.model = model

    def found(self, kind, detection, **facts):
        categories = [category for category in self.model.categories if category.type == kind]
        return [detection(category_name=category.name, model_name=self.model.version, category_id=category.id, **facts)
                for category in categories[:1]]

    def evaluate(self, image) -> ImageMetadata:
        triangle = Shape(points=[Point(x=1, y=1), Point(x=9, y=1), Point(x=9, y=9)])
        return ImageMetadata(
            box_detections=self.found("box", BoxDetection, x=1, y=2, width=30, height=40, confidence=0.9),
            point_detections=self.found("point", PointDetection, x=10.5, y=20.5, confidence=0.8),
            segmentation_detections=self.found("segmentation", SegmentationDetection, shape=triangle, confidence=0.7),
            classification_detections=self.found("classification", ClassificationDetection, confidence=0.95),
            tags=["scripted"])

    def batch_evaluate(self, images) -> ImagesMetadata:
        return ImagesMetadata(items=[self.evaluate(image) for image in images])


class Factory:
    model_format = os.environ.get("MODEL_FORMAT", "mocked")

    async def build(self, model_info: ModelInformation) -> EveryKind:
        return EveryKind(model_info)


if __name__ == "__main__":
    uvicorn.run(DetectorNode(name="peer", detector_factory=Factory()), host="127.0.0.1", port=int(os.environ["NODE_PORT"]))

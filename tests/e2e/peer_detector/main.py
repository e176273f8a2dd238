"""A detector of the Python library, with a logic that answers one detection of each kind. Runs in the library's environment."""
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

    def facts(self, kind):
        category = next(category for category in self.model.categories if category.type == kind)
        return {"category_name": category.name, "model_name": self.model.version, "category_id": category.id}

    def evaluate(self, image) -> ImageMetadata:
        triangle = Shape(points=[Point(x=1, y=1), Point(x=9, y=1), Point(x=9, y=9)])
        return ImageMetadata(
            box_detections=[BoxDetection(x=1, y=2, width=30, height=40, confidence=0.9, **self.facts("box"))],
            point_detections=[PointDetection(x=10.5, y=20.5, confidence=0.8, **self.facts("point"))],
            segmentation_detections=[SegmentationDetection(shape=triangle, confidence=0.7, **self.facts("segmentation"))],
            classification_detections=[ClassificationDetection(confidence=0.95, **self.facts("classification"))],
            tags=["scripted"])

    def batch_evaluate(self, images) -> ImagesMetadata:
        return ImagesMetadata(items=[self.evaluate(image) for image in images])


class Factory:
    model_format = "mocked"

    async def build(self, model_info: ModelInformation) -> EveryKind:
        return EveryKind(model_info)


if __name__ == "__main__":
    uvicorn.run(DetectorNode(name="peer", detector_factory=Factory()), host="127.0.0.1", port=int(os.environ["NODE_PORT"]))

"""The Python node with a logic that finds nothing, for the same cost on its side. Run by the venv of tools/fetch_peers."""

import os

import uvicorn
from learning_loop_node.data_classes import ImageMetadata, ImagesMetadata
from learning_loop_node.detector.detector_node import DetectorNode


class Nothing:
    def __init__(self, model_info):
        self.model_info = model_info

    def evaluate(self, image):
        return ImageMetadata()

    def batch_evaluate(self, images):
        return ImagesMetadata(items=[ImageMetadata() for _ in images])


class Factory:
    model_format = "mocked"

    async def build(self, model_info):
        return Nothing(model_info)


node = DetectorNode(name="peer_null_detector", detector_factory=Factory())

if __name__ == "__main__":
    uvicorn.run(node, host="127.0.0.1", port=int(os.environ["NODE_PORT"]), log_level="warning")

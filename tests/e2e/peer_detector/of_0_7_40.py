"""A detector of the library's version 0.7.40. It reports over Socket.IO, and the acknowledgement tells what it is to run. Runs in that
version's environment."""
import os

import uvicorn
from learning_loop_node import GLOBALS, Detector, DetectorNode
from learning_loop_node.detector import BoxDetection, Detections

GLOBALS.data_folder = os.environ["DATA_FOLDER"]


class Box(Detector):

    def init(self, model_info):
        self.model_info = model_info

    def evaluate(self, image):
        model = self.model_info
        return Detections(box_detections=[BoxDetection(model.categories[0].name, 1, 2, 30, 40, model.version, 0.9)])


def reload(node, because):
    """Others are started again by whatever watches their files."""
    node._load_model()


if __name__ == "__main__":
    DetectorNode.update_frequency = 1
    DetectorNode.reload = reload
    uvicorn.run(DetectorNode(os.environ["NODE_NAME"], Box("mocked")), host="127.0.0.1", port=int(os.environ["NODE_PORT"]))

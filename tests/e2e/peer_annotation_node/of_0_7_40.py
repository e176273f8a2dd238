"""The same annotation node on the library's version 0.7.40. Runs in that version's environment."""
import os

import line
import uvicorn
from learning_loop_node import GLOBALS
from learning_loop_node.annotation_node import data_classes
from learning_loop_node.annotation_node.annotation_node import AnnotationNode
from learning_loop_node.annotation_node.annotation_tool import AnnotationTool

GLOBALS.data_folder = os.environ["DATA_FOLDER"]


class Line(AnnotationTool):

    async def handle_user_input(self, user_input, history):
        return line.draw(data_classes, user_input, history)

    def create_empty_history(self):
        return line.empty_history()

    def logout_user(self, sid):
        return True


if __name__ == "__main__":
    node = AnnotationNode(name=os.environ["NODE_NAME"], uuid=None, tool=Line())
    uvicorn.run(node, host="127.0.0.1", port=int(os.environ["NODE_PORT"]))

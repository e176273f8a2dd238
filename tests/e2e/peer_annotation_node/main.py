"""An annotation node of the Python library. Runs in the library's environment."""
import os

import line
import uvicorn
from learning_loop_node import data_classes
from learning_loop_node.annotation.annotator_logic import AnnotatorLogic
from learning_loop_node.annotation.annotator_node import AnnotatorNode


class Line(AnnotatorLogic):

    async def handle_user_input(self, user_input, history):
        return line.draw(data_classes, user_input, history)

    def create_empty_history(self):
        return line.empty_history()

    def logout_user(self, sid):
        return True


if __name__ == "__main__":
    node = AnnotatorNode(name=os.environ["NODE_NAME"], annotator_logic=Line())
    node.repeat_loop_cycle_sec = 0.5
    uvicorn.run(node, host="127.0.0.1", port=int(os.environ["NODE_PORT"]))

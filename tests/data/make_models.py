#!/usr/bin/python3
"""Writes the small models in models/: the head that the example trainer exports, computed without training.

Needs python3-onnx. `cells.onnx` cuts its 96x64 input into 4x6 cells of 16x16 pixels. A cell that is red is of category
0, one that is blue of category 1; gray, also that of the letterbox, is nothing. Every cell proposes its own box and, a
tenth less sure, the same box 4 pixels further right, which overlaps it by 0.6. The other models are wrong in one way
each.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, mapping, numpy_helper

FOLDER = pathlib.Path(__file__).parent / "models"
CELL, ROWS, COLUMNS = 16, 4, 6


def constant(name, values):
    return numpy_helper.from_array(np.asarray(values), name)


def cell_boxes(shift):
    cells = [(x * CELL + shift, y * CELL) for y in range(ROWS) for x in range(COLUMNS)]
    return [[left, top, left + CELL, top + CELL] for left, top in cells]


def graph(
    input_name="image", input_shape=(1, 3, ROWS * CELL, COLUMNS * CELL), factor=1.0, boxes=None, scores_name="scores"
):
    if boxes is None:
        boxes = np.array([cell_boxes(0) + cell_boxes(4)], np.float32)
    # Red minus blue and blue minus red of a cell's mean colour; what is negative is nothing.
    mix = np.zeros((2, 3, CELL, CELL), np.float32)
    mix[0, 0], mix[0, 2], mix[1, 2], mix[1, 0] = 1, -1, 1, -1
    nodes = [
        helper.make_node("Slice", [input_name, "starts", "ends", "axes"], ["three"]),
        helper.make_node("Conv", ["three", "mix"], ["differences"], strides=[CELL, CELL]),
        helper.make_node("Clip", ["differences", "zero", "one"], ["clipped"]),
        helper.make_node("Reshape", ["clipped", "cells"], ["by_category"]),
        helper.make_node("Transpose", ["by_category"], ["sure"], perm=[0, 2, 1]),
        helper.make_node("Mul", ["sure", "tenth_less"], ["less_sure"]),
        helper.make_node("Concat", ["sure", "less_sure"], ["both"], axis=1),
        helper.make_node("Mul", ["both", "factor"], [scores_name]),
        helper.make_node("Mul", ["corners", "unity"], ["boxes"]),
    ]
    constants = [
        constant("starts", np.array([0], np.int64)), constant("ends", np.array([3], np.int64)),
        constant("axes", np.array([1], np.int64)),
        constant("mix", mix / CELL**2), constant("zero", np.float32(0)), constant("one", np.float32(1)),
        constant("cells", np.array([1, 2, ROWS * COLUMNS], np.int64)), constant("tenth_less", np.float32(0.9)),
        constant("factor", np.float32(factor)), constant("corners", boxes), constant("unity", boxes.dtype.type(1)),
    ]
    return helper.make_graph(
        nodes, "cells", [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, input_shape)],
        [helper.make_tensor_value_info("boxes", mapping.NP_TYPE_TO_TENSOR_TYPE[boxes.dtype], boxes.shape),
         helper.make_tensor_value_info(scores_name, TensorProto.FLOAT, [1, 2 * ROWS * COLUMNS, 2])], constants)


def save(name, model_graph):
    model = helper.make_model(model_graph, opset_imports=[helper.make_opsetid("", 12)])
    model.ir_version = 7
    onnx.save(model, FOLDER / name)


def with_weights_elsewhere():
    model_graph = graph()
    mix = next(tensor for tensor in model_graph.initializer if tensor.name == "mix")
    mix.ClearField("raw_data")
    mix.data_location = TensorProto.EXTERNAL
    mix.external_data.add(key="location", value="weights.bin")
    return model_graph


def main():
    FOLDER.mkdir(exist_ok=True)
    save("cells.onnx", graph())
    save("no_numbers.onnx", graph(factor=np.nan))
    save("endless_boxes.onnx", graph(boxes=np.full((1, 2 * ROWS * COLUMNS, 4), np.inf, np.float32)))
    save("too_few_boxes.onnx", graph(boxes=np.zeros((1, 3, 4), np.float32)))
    save("five_corners.onnx", graph(boxes=np.zeros((1, 2 * ROWS * COLUMNS, 5), np.float32)))
    save("double_boxes.onnx", graph(boxes=np.zeros((1, 2 * ROWS * COLUMNS, 4))))
    save("four_channels.onnx", graph(input_shape=(1, 4, ROWS * CELL, COLUMNS * CELL)))
    save("any_size.onnx", graph(input_shape=(1, 3, "height", "width")))
    save("other_input_name.onnx", graph(input_name="data"))
    save("no_scores.onnx", graph(scores_name="points"))
    save("weights_elsewhere.onnx", with_weights_elsewhere())


if __name__ == "__main__":
    main()

"""The tool of both annotation nodes: a line along what was clicked at, which is a segmentation when the button is released."""
import uuid


def empty_history():
    return {"points": []}


def draw(library, user_input, history):
    """The `ToolOutput`; `library`: where this version of the library has its classes."""
    data = user_input.data
    if data.event_type == "right_mouse_down":
        raise ValueError("there is nothing to the right")
    history["points"].append(data.coordinate)
    svg = f'<polyline points="{" ".join(f"{point.x},{point.y}" for point in history["points"])}"/>'
    if data.event_type != "left_mouse_up":
        return library.ToolOutput(svg=svg)
    shape = library.Shape(points=history["points"])
    annotation = library.SegmentationAnnotation(id=str(uuid.uuid4()), shape=shape, image_id=data.image_uuid, category_id=data.category.id)
    return library.ToolOutput(svg=svg, annotation=annotation)

"""detect.py MODEL IMAGE_LIST DETECTIONS: finds what peer_trainer/main.py finds: one thing for each category of the model. Obeys the files
`hold detecting` (before the last image), `end detecting` (`exit 3`, before the last image), `slow detecting` (seconds for each image) and
`deaf` (it does not end on SIGTERM) in the folder CONTROL."""
import json
import signal
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "peer_trainer"))
from control import FOLDER, told, upright_size  # noqa: E402

CORNERS = [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]


def detections_of(image, model):
    found = {"image_id": image.stem}
    places = {"box": {"x": 1, "y": upright_size(image)[1] - 21, "width": 30, "height": 20, "confidence": 0.9},
              "point": {"x": 10.5, "y": 20.5, "confidence": 0.8}, "segmentation": {"shape": {"points": CORNERS}, "confidence": 0.7},
              "classification": {"confidence": 0.6}}
    for category in model["categories"]:
        named = {"category_name": category["name"], "category_id": category["id"], "model_name": ""}
        found.setdefault(f"{category['type']}_detections", []).append(named | places[category["type"]])
    return found


def detect(model_folder, image_list, detections):
    if told("deaf") is not None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    model = json.loads(Path(model_folder, "model.json").read_text())
    images = [Path(line) for line in Path(image_list).read_text().splitlines()]
    with open(detections, "a", encoding="utf8") as lines:
        for image in images:
            if image == images[-1]:
                (FOLDER / "at detecting").touch()
                while told("hold detecting") is not None:
                    time.sleep(0.02)
                if (how := told("end detecting")) is not None:
                    sys.exit(int(how.split()[1]))
            time.sleep(float(told("slow detecting") or 0))
            print(json.dumps(detections_of(image, model)), file=lines, flush=True)


if __name__ == "__main__":
    detect(*sys.argv[1:])

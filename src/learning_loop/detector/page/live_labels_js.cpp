#include "learning_loop/detector/page/live_page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view labels_script = R"js(

// Labels: what was found and how sure that is, beside its place in the picture. Where many are close together, the
// surer ones are shown.

const shownLabels = 60;
const shownClasses = 3;
const pointGap = 10; // CSS pixels from a point to its label

function labelText(one) {
    return `${one.category_name} ${one.confidence.toFixed(2)}`;
}

function label(one) {
    return element("span", `label ${colourOf(one.category_name)}`, labelText(one));
}

/// The labels of a frame's detections, which begin with the surest.
function labelsOf(frame, detections) {
    const placed = detections.filter(placeOf).slice(0, shownLabels).map(one => {
        const place = placeOf(one);
        const made = label(one);
        made.place = { // parts of the picture
            left: place.x / frame.width_px,
            top: place.y / frame.height_px,
            right: (place.x + place.width) / frame.width_px,
            bottom: (place.y + place.height) / frame.height_px,
            isPoint: one.kind === "point",
        };
        return made;
    });
    const classes = detections.filter(one => one.kind === "whole image").slice(0, shownClasses);
    return [...placed, element("span", "classes", ...classes.map(label))];
}

/// Where a label may stand, the best place first: its left and top in CSS pixels.
function spotsOf(place, width, height, scene) {
    const [left, right] = [place.left * scene.width, place.right * scene.width];
    const [top, bottom] = [place.top * scene.height, place.bottom * scene.height];
    if (place.isPoint) {
        const [x, y] = [left - width / 2, top - height / 2];
        return [[left + pointGap, y], [left - pointGap - width, y], [x, top - pointGap - height], [x, top + pointGap]];
    }
    return [[left, top - height], [right - width, top - height], [left, bottom], [right - width, bottom],
        [left + 2, top + 2], [right - width - 2, bottom - height - 2]];
}

function overlap(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/// Gives each label of the picture a place where it covers no other and stays inside, or hides it.
function spreadLabels(shownIn) {
    const place = shownIn.querySelector(".scene");
    if (!place) return;
    const scene = {width: place.clientWidth, height: place.clientHeight};
    const labels = [...place.querySelectorAll(":scope > .label")];
    const sizes = labels.map(one => [one.offsetWidth, one.offsetHeight]); // all at once: one layout
    const taken = [];
    labels.forEach((one, i) => {
        const [width, height] = sizes[i];
        const boxes = spotsOf(one.place, width, height, scene)
            .map(([left, top]) => ({left, top, right: left + width, bottom: top + height}));
        const spot = boxes.find(box => box.left >= 0 && box.top >= 0 && box.right <= scene.width &&
            box.bottom <= scene.height && !taken.some(other => overlap(box, other)));
        one.classList.toggle("crowded", !spot);
        if (!spot) return;
        taken.push(spot);
        one.style.left = `${spot.left}px`;
        one.style.top = `${spot.top}px`;
    });
}
)js";

} // namespace

std::string_view live_labels_js()
{
    return labels_script;
}

} // namespace learning_loop

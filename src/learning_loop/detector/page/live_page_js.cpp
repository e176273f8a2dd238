#include "learning_loop/detector/page/live_page_files.h"
#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view page_script = R"js(
// Which frames the page knows, and how the answers of `live` bring more.

const maxFrames = 12; // as many as the node keeps

const known = {
    started: "", // names this run of the node: another one counts its frames anew
    newest: 0,   // number of the newest frame that was taken
    frames: [],  // the newest first
    isHeld: false,
};

async function showSnapshot(snapshot) {
    const after = known.newest;
    const isSameRun = snapshot.started === known.started;
    if (!isSameRun) forgetRun(snapshot.started);
    showStatus(snapshot.status);
    const isWhole = isSameRun || after === 0; // else it lacks frames of the new run
    if (isWhole && !known.isHeld) await takeFrames(snapshot.frames);
    return isWhole ? pollMs : 0;
}

function forgetRun(started) {
    known.started = started;
    known.newest = 0;
    for (const frame of known.frames.splice(0)) drop(frame);
    forgetRates();
    arrange();
}

/// Pictures first: a frame appears whole or not at all.
async function takeFrames(frames) {
    const whole = await Promise.all(frames.map(withPicture));
    for (const frame of frames) known.newest = Math.max(known.newest, frame.number);
    const more = whole.filter(frame => frame !== null);
    if (!more.length) return;
    known.frames.unshift(...more.reverse());
    for (const frame of known.frames.splice(maxFrames)) drop(frame);
    arrange();
}

/// null: the node has forgotten it meanwhile.
async function withPicture(frame) {
    const answer = await ask(`live/frames/${frame.number}`);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(await detailOf(answer));
    frame.picture = URL.createObjectURL(await answer.blob());
    return frame;
}

function toggleHold() {
    known.isHeld = !known.isHeld;
    put("hold", known.isHeld ? "Go on" : "Hold");
    tellLink();
    if (!known.isHeld) poll();
}

put("curl", `curl -F file=@photo.jpg ${new URL("detect", location.href).href}`);
byId("hold").addEventListener("click", toggleHold);
window.addEventListener("resize", () => ["latest", "large-picture"].forEach(id => spreadLabels(byId(id))));
startPage({path: () => `live?after=${known.newest}`, show: showSnapshot, isHeld: () => known.isHeld});
)js";

} // namespace

std::string live_js()
{
    auto js = std::string(shared_js());
    for (auto const part : {live_status_js(), live_frames_js(), live_labels_js(), live_page_js()}) js += part;
    return js;
}

std::string_view live_page_js()
{
    return page_script;
}

} // namespace learning_loop

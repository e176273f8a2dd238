#include "learning_loop/detector/page/live_page_files.h"
#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view main =
    R"html(<section id="frames" class="first" tabindex="-1" aria-labelledby="latest-title">
    <div class="heading"><h2 id="latest-title">Latest frame</h2><button id="hold" class="plain">Hold</button></div>
    <div id="latest">
        <div id="empty" class="empty">
            <p class="lead">No image has come yet.</p>
            <p>Send one, and it appears here with what the model finds:</p>
            <pre tabindex="0" aria-label="A command that sends an image"><code id="curl"></code></pre>
            <p id="no-model" class="quiet" hidden>No model runs yet: until one does, images are answered with 503.</p>
        </div>
    </div>
</section>
<section id="earlier" class="second" aria-labelledby="earlier-title">
    <h2 id="earlier-title">Earlier</h2>
    <div id="list"></div>
</section>
<section id="facts" aria-label="The node">
    <div class="card">
        <h2>Model</h2>
        <p id="model" class="big">&nbsp;</p>
        <dl>
            <div><dt>Target</dt><dd id="target"></dd></div>
            <div><dt>Versions</dt><dd id="control"></dd></div>
            <div><dt>Input</dt><dd id="resolution"></dd></div>
        </dl>
        <ul id="categories" class="chips" aria-label="Categories"></ul>
    </div>
    <div class="card">
        <h2>Work</h2>
        <p class="big"><span id="images-rate">&nbsp;</span> <small>images/s</small></p>
        <svg id="spark" viewBox="0 0 60 12" preserveAspectRatio="none" role="img"><path d=""/></svg>
        <dl>
            <div><dt>Detections</dt><dd id="detections-rate"></dd></div>
            <div><dt>One image takes</dt><dd id="duration"></dd></div>
            <div><dt>Since the start</dt><dd id="images"></dd></div>
        </dl>
    </div>
    <div class="card">
        <h2>Outbox</h2>
        <p class="big"><span id="outbox-images">&nbsp;</span> <small id="outbox-unit">images wait</small></p>
        <dl>
            <div><dt>Mode</dt><dd id="outbox-mode"></dd></div>
            <div><dt>Size</dt><dd id="outbox-bytes"></dd></div>
            <div><dt>Dropped</dt><dd id="outbox-dropped"></dd></div>
            <div><dt>Rejected</dt><dd id="outbox-rejected"></dd></div>
        </dl>
    </div>
    <div class="card">
        <h2>Node</h2>
        <dl>
            <div><dt>Loop</dt><dd id="loop"></dd></div>
            <div><dt>Project</dt><dd id="project"></dd></div>
            <div><dt>Runs for</dt><dd id="uptime"></dd></div>
            <div><dt>Version</dt><dd id="version"></dd></div>
        </dl>
    </div>
</section>
)html";

constexpr std::string_view dialog = R"html(<dialog id="large" aria-labelledby="large-title">
    <div class="bar">
        <h2 id="large-title"></h2>
        <button id="newer" class="plain" aria-label="Newer frame">&larr;</button>
        <button id="older" class="plain" aria-label="Older frame">&rarr;</button>
        <button id="close" class="plain" aria-label="Close" autofocus>&times;</button>
    </div>
    <div id="large-picture"></div>
    <dl id="large-facts"></dl>
    <table>
        <thead><tr><th scope="col">Category</th><th scope="col">Kind</th><th scope="col">Confidence</th>
            <th scope="col">Place in pixels</th></tr></thead>
        <tbody id="large-rows"></tbody>
    </table>
</dialog>
)html";

constexpr std::string_view icon = R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0b6b50"/>
<path d="M7 12V7h5M20 7h5v5M25 20v5h-5M12 25H7v-5" fill="none" stroke="#fff" stroke-width="2.5"
    stroke-linecap="round" stroke-linejoin="round"/>
<circle cx="16" cy="16" r="4" fill="#fff"/>
</svg>
)svg";

} // namespace

std::string live_html()
{
    PageText text;
    text.title = "Detector";
    text.skip_to = "frames";
    text.skip_text = "To the frames";
    text.programs_ask = "about";
    text.locked = "What its cameras see";
    text.main = main;
    text.end = dialog;
    return shared_html(text);
}

std::string_view live_icon()
{
    return icon;
}

} // namespace learning_loop

#include "learning_loop/node/page/node_page_files.h"
#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view main = R"html(<div class="first">
<section id="work" tabindex="-1" aria-labelledby="purpose">
    <p id="purpose"></p>
    <div class="heading"><h2>At work</h2><div id="actions"></div></div>
    <p id="told" role="status"></p>
    <ul id="jobs"></ul>
    <p id="idle" class="empty"></p>
</section>
<section id="metrics" aria-labelledby="metrics-title" hidden>
    <h2 id="metrics-title">Metrics</h2>
    <div id="curves"></div>
</section>
<section id="log-part" aria-labelledby="log-title" hidden>
    <div class="heading"><h2 id="log-title">Log</h2><span id="log-name" class="quiet"></span></div>
    <div id="log" role="group" tabindex="0" aria-label="Lines of the log"></div>
</section>
</div>
<section id="done" class="second" aria-labelledby="done-title">
    <h2 id="done-title">Done last</h2>
    <ul id="results" class="card"></ul>
    <p id="nothing" class="quiet">Nothing since the start.</p>
</section>
<section id="facts" aria-label="The node">
    <div class="card">
        <h2 id="kind"></h2>
        <dl id="own-facts"></dl>
    </div>
    <div class="card">
        <h2>Node</h2>
        <dl>
            <div><dt>Loop</dt><dd id="loop"></dd></div>
            <div><dt>Runs for</dt><dd id="uptime"></dd></div>
            <div><dt>Version</dt><dd id="version"></dd></div>
        </dl>
    </div>
</section>
)html";

constexpr std::string_view dialog = R"html(<dialog id="sure" aria-labelledby="question">
    <p id="question"></p>
    <div class="choices"><button id="no" autofocus>No</button><button id="yes" class="plain"></button></div>
</dialog>
)html";

constexpr std::string_view icon = R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0b6b50"/>
<path d="M24.5 13A9 9 0 1 0 25 16" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/>
<circle cx="16" cy="16" r="4" fill="#fff"/>
</svg>
)svg";

} // namespace

std::string node_html()
{
    PageText text;
    text.title = "Node";
    text.skip_to = "work";
    text.skip_text = "To its work";
    text.programs_ask = "live";
    text.locked = "What it does";
    text.main = main;
    text.end = dialog;
    return shared_html(text);
}

std::string_view node_icon()
{
    return icon;
}

} // namespace learning_loop

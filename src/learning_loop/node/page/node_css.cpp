#include "learning_loop/node/page/node_page_files.h"
#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view css = R"css(
#purpose { font-size: 1.1rem; max-width: 60rem; margin-bottom: 1rem; }
.heading { flex-wrap: wrap; gap: .5rem 1rem; }
#actions { display: flex; flex-wrap: wrap; gap: .5rem; }
button[aria-disabled=true] { opacity: .4; cursor: default; }
#told:not(:empty) {
    background: var(--calm-ground); border-radius: .4rem; padding: .5rem .9rem; margin-bottom: .75rem;
    font-size: .925rem;
}
#told.bad { background: var(--bad-ground); color: var(--bad); }
#jobs { display: grid; gap: .75rem; }
.job { display: grid; gap: .35rem; }
.row { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-size: .9rem; }
.row strong { font-size: 1rem; }
.part { font-weight: 600; }
progress {
    appearance: none; display: block; width: 100%; height: .6rem; border: 0; border-radius: .3rem; overflow: hidden;
    background: var(--calm-ground); color: var(--accent);
}
progress::-webkit-progress-bar { background: var(--calm-ground); }
progress::-webkit-progress-value { background: var(--accent); border-radius: .3rem; transition: width .4s; }
progress::-moz-progress-bar { background: var(--accent); border-radius: .3rem; }
#idle { min-height: 5rem; padding: 1rem; color: var(--quiet); }
#results { padding-block: .3rem; }
.result { display: grid; gap: .1rem 1rem; padding: .6rem 0; border-top: 1px solid var(--line); font-size: .925rem; }
.result:first-child { border-top: 0; }
.result .row { align-items: baseline; justify-content: flex-start; }
.result .age { margin-left: auto; }
.outcome { white-space: pre-wrap; max-height: 12em; overflow-y: auto; }
.failure .outcome { color: var(--bad); }
.stale #work, .stale #done { filter: grayscale(.8); opacity: .85; }
@media (max-width: 40rem) {
    .result strong { flex-basis: 100%; order: 1; }
}
@media (prefers-reduced-motion: reduce) {
    progress::-webkit-progress-value { transition: none; }
}
)css";

} // namespace

std::string node_css()
{
    return std::string(shared_css()).append(css);
}

} // namespace learning_loop

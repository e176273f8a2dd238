#include "learning_loop/server/page/page_html.h"

namespace learning_loop {
namespace {

constexpr std::string_view css = R"css(:root {
    color-scheme: light;
    --ink: #1c2733; --quiet: #56636f; --line: #d9dfe4; --paper: #fff; --ground: #f4f6f7; --accent: #0b6b50;
    font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground);
}
* { box-sizing: border-box; }
body { margin: 0; }
header { background: var(--paper); border-bottom: 1px solid var(--line); padding: 1rem max(1rem, calc(50vw - 40rem)); }
h1 { font-size: 1.15rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 0 0 .75rem; }
nav ul {
    display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .5rem 0 0; padding: 0;
    overflow-wrap: anywhere;
}
a { color: var(--accent); }
main {
    max-width: 82rem; margin: 0 auto; padding: 1rem; display: grid; gap: 1rem;
    grid-template-columns: minmax(0, 1fr);
}
section { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; }
p { margin: 0 0 .75rem; }
.login { display: grid; gap: .75rem; max-width: 22rem; margin: 0 0 1rem; }
.login label { display: grid; gap: .2rem; color: var(--quiet); }
.login input {
    font: inherit; padding: .4rem .5rem; border: 1px solid var(--line); border-radius: .4rem; color: var(--ink);
}
button {
    font: inherit; padding: .4rem .9rem; border: 0; border-radius: .4rem; cursor: pointer;
    background: var(--accent); color: var(--paper);
}
.logout { float: right; margin-top: -1.6rem; color: var(--quiet); }
.logout button { padding: .15rem .6rem; margin-left: .5rem; }
.empty { color: var(--quiet); margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: .75rem; margin: 0; }
.tiles div { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .75rem; }
.tiles dt { color: var(--quiet); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1rem; }
figure { margin: 0; }
.picture {
    position: relative; display: block; line-height: 0; background: #e3e7ea; border-radius: .3rem;
    overflow: hidden;
}
.picture img { width: 100%; height: auto; }
.picture svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
svg rect, svg circle { fill: none; stroke: currentColor; stroke-width: 2; vector-effect: non-scaling-stroke; }
svg .annotation rect { stroke-dasharray: 5 3; }
svg text { fill: #fff; stroke: #000; stroke-width: .2em; paint-order: stroke; font-family: system-ui, sans-serif; }
.c0 { color: #ff4df0; } .c1 { color: #3dff6e; } .c2 { color: #4da6ff; }
.c3 { color: #ffe14d; } .c4 { color: #ff8a3d; } .c5 { color: #f2f2f2; }
figcaption { font-size: .85rem; padding-top: .35rem; overflow-wrap: anywhere; }
.when { color: var(--quiet); margin-right: .5rem; }
.tag {
    display: inline-block; background: #e2f0ea; color: #084c39; border-radius: 1rem; padding: 0 .55rem;
    font-size: .8rem;
}
.wrong { color: #a32020; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--quiet); font-weight: 600; }
pre { background: var(--ground); padding: .75rem; border-radius: .4rem; overflow-x: auto; margin: 0; }
)css";

} // namespace

std::string_view page_css()
{
    return css;
}

} // namespace learning_loop

#include "learning_loop/node/page/page_files.h"

#include <fmt/format.h>

namespace learning_loop {
namespace {

constexpr std::string_view frame = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#151c23" media="(prefers-color-scheme: dark)">
<link rel="icon" type="image/svg+xml" href="live.svg">
<link rel="stylesheet" href="live.css">
<script src="live.js" defer></script>
</head>
<body class="waiting">
<a class="skip" href="#{skip_to}">{skip_text}</a>
<header>
    <div class="title">
        <h1 id="name">{title}</h1>
        <p id="place"></p>
    </div>
    <ul class="pills">
        <li id="mode" class="pill"></li>
        <li id="link" class="pill">connecting</li>
    </ul>
    <nav aria-label="More about this node"><a href="docs">API</a> <a href="metrics">Metrics</a></nav>
</header>
<main>
<noscript>
    <p>This page needs JavaScript. Programs ask <a href="{programs_ask}">{programs_ask}</a> instead.</p>
</noscript>
<section id="door" class="card" hidden>
    <h2>This node is not open to everybody</h2>
    <p id="door-text">{locked} is for its operators. They know its token: the setting NODE_TOKEN.</p>
    <form id="door-form">
        <label for="token">Token of the node</label>
        <input id="token" type="password" autocomplete="off" spellcheck="false" aria-describedby="door-fault" required>
        <button>Show the node</button>
        <p id="door-fault" class="fault" role="alert"></p>
    </form>
</section>
<section id="errors" aria-label="Errors" aria-live="polite"></section>
{main}</main>
<p id="trouble" role="status"></p>
{end}</body>
</html>
)html";

} // namespace

std::string shared_html(PageText const& text)
{
    return fmt::format(frame, fmt::arg("title", text.title), fmt::arg("skip_to", text.skip_to),
                       fmt::arg("skip_text", text.skip_text), fmt::arg("programs_ask", text.programs_ask),
                       fmt::arg("locked", text.locked), fmt::arg("main", text.main), fmt::arg("end", text.end));
}

} // namespace learning_loop

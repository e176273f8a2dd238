#pragma once

#include <string>
#include <string_view>

namespace learning_loop {

namespace http {
class Router;
}

/// What the page of a node consists of. Its files name each other, and what they ask for, by relative paths: a proxy
/// may have the node below a path.
struct PageFiles {
    std::string html;
    std::string css;
    std::string js;
    std::string icon; ///< SVG.
};

/// Adds `GET /`, `/live.css`, `/live.js` and `/live.svg`, for everybody. `summary` describes the page in the API
/// document.
void add_page_files(http::Router& router, std::string summary, PageFiles files);

/// What the HTML of one kind of page has of its own, as HTML.
struct PageText {
    std::string_view title;        ///< Until the name of the node is known.
    std::string_view skip_to;      ///< Id of what the keyboard can jump to,
    std::string_view skip_text;    ///< and the words for it.
    std::string_view programs_ask; ///< Path of what tells programs about the node.
    std::string_view locked;       ///< What people without the token do not see: "What it does".
    std::string_view main;         ///< What stands below the errors. Its first two parts have the classes `first`
                                   ///< and `second`, and the column beside them has the id `facts`.
    std::string_view end;          ///< What stands behind everything else, such as a dialog.
};

/// The whole HTML: around the page's own parts stand its header, the errors, the door for strangers and the line that
/// tells that the node does not answer.
std::string shared_html(PageText const& text);

// What all pages share. Their own rules and scripts stand behind it; a script ends with `startPage({...})`.
std::string_view shared_css();
std::string_view shared_js();

} // namespace learning_loop

#pragma once

#include <string>
#include <string_view>

namespace learning_loop {

// The files of the live page. They name each other, and what they ask for, by relative paths: a proxy may have the node
// below a path.

std::string_view live_html();
std::string_view live_css();
std::string_view live_icon(); ///< SVG.

/// The whole script: how the page keeps itself up to date, and how it draws frames.
std::string live_js();

// The parts of the script.
std::string_view live_page_js();
std::string_view live_status_js();
std::string_view live_frames_js();
std::string_view live_labels_js();

} // namespace learning_loop

#pragma once

#include <string>
#include <string_view>

namespace learning_loop {

// What the live page consists of, in files that stand on those of every node's page (node/page/page_files.h).

std::string live_html();
std::string live_css();
std::string live_js();
std::string_view live_icon(); ///< SVG.

// The parts of the script that are the page's own.
std::string_view live_page_js();
std::string_view live_status_js();
std::string_view live_frames_js();
std::string_view live_labels_js();

} // namespace learning_loop

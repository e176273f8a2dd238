#pragma once

#include <string>
#include <string_view>

namespace learning_loop {

// What the page of nodes without one of their own consists of (node_page.h).

std::string node_html();
std::string node_css();
std::string node_js();
std::string_view node_icon(); ///< SVG.

// Parts of the script.
std::string_view node_curves_js();
std::string_view node_log_js();

} // namespace learning_loop

#pragma once

#include <string_view>

namespace learning_loop::http {

/// Whether the name or address can be reached from this machine only: localhost, 127.0.0.0/8, ::1 (also in brackets).
bool is_loopback(std::string_view host);

} // namespace learning_loop::http

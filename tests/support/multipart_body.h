#pragma once

#include <string>
#include <utility>
#include <vector>

namespace learning_loop::test {

constexpr auto multipart_type = "multipart/form-data; boundary=X-boundary-X";

/// A form with these files, as (name, bytes), all in one field.
inline std::string multipart_body(std::vector<std::pair<std::string, std::string>> const& files,
                                  std::string const& field = "files")
{
    std::string body;
    for (auto const& [name, bytes] : files) {
        body += "--X-boundary-X\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"" + name +
                "\"\r\n\r\n";
        body += bytes + "\r\n";
    }
    return body + "--X-boundary-X--\r\n";
}

} // namespace learning_loop::test

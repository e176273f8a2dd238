#pragma once

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::test {

/// The rows of all tables below the heading that begins so in docs/protocol.md, each with the texts of its cells.
inline std::vector<std::vector<std::string>> protocol_rows(std::string_view heading)
{
    std::ifstream document(std::filesystem::path(LL_TEST_DATA) / "../../docs/protocol.md");
    std::vector<std::vector<std::string>> rows;
    bool is_below = false;
    for (std::string line; std::getline(document, line);) {
        if (line.starts_with("## ")) is_below = line.substr(3).starts_with(heading);
        if (!is_below || !line.starts_with("| ")) continue;
        auto& cells = rows.emplace_back();
        static std::regex const cell(R"(\| ([^|]*) (?=\|))");
        for (std::sregex_iterator at(line.begin(), line.end(), cell), end; at != end; ++at) cells.push_back((*at)[1]);
    }
    return rows;
}

} // namespace learning_loop::test

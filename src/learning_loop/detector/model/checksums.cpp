#include "learning_loop/detector/model/checksums.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/hash.h"
#include "learning_loop/base/text.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr auto* list_name = ".sha256sums";
constexpr std::size_t max_list_bytes = 1 << 20;
constexpr std::size_t hash_digits = 64;

/// nullopt if the file cannot be read.
std::optional<std::string> hash_of(fs::path const& file)
{
    std::ifstream in(file, std::ios::binary);
    Sha256Sum sum;
    std::string piece(1 << 20, '\0');
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        sum.add(std::string_view(piece.data(), static_cast<std::size_t>(in.gcount())));
    }
    if (!in.eof()) return std::nullopt;
    return hex(sum.finish());
}

Error damaged(std::string const& name)
{
    return {Errc::invalid_argument,
            printable(name) + ": is not as it was installed: delete the model's folder, so that it is fetched again"};
}

} // namespace

Result<void> write_checksums(fs::path const& folder)
{
    std::vector<std::string> lines;
    for (auto const& entry : fs::directory_iterator(folder)) {
        auto const name = entry.path().filename().string();
        if (name == list_name) continue;
        auto const hash = hash_of(entry.path());
        if (!hash) return damaged(name);
        lines.push_back(*hash + "  " + name + "\n");
    }
    std::ranges::sort(lines);
    std::string list;
    for (auto const& line : lines) list += line;
    return write_durably(folder / list_name, list);
}

Result<void> check_checksums(fs::path const& folder)
{
    auto const list = read_file(folder / list_name, max_list_bytes);
    if (!list && list.error().code == Errc::not_found) return {};
    if (!list) return damaged(list_name);
    std::istringstream lines(*list);
    for (std::string line; std::getline(lines, line);) {
        if (line.size() < hash_digits + 3) return damaged(list_name);
        auto const name = line.substr(hash_digits + 2);
        if (hash_of(folder / name) != line.substr(0, hash_digits)) return damaged(name);
    }
    return {};
}

} // namespace learning_loop

#include "learning_loop/settings/settings_file.h"

#include <boost/json/stream_parser.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace learning_loop {
namespace json = boost::json;
namespace {

constexpr std::size_t max_bytes = 1 << 20;

Error wrong(std::string what)
{
    return {Errc::invalid_argument, std::move(what)};
}

} // namespace

Result<json::object> read_settings_file(std::filesystem::path const& file)
{
    std::error_code failure;
    auto const length = std::filesystem::file_size(file, failure); // fails for what is no file
    if (failure) return wrong("cannot be read (" + failure.message() + "): name a JSON file");
    if (length > max_bytes) return wrong("is longer than 1 MiB, which no settings file is");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return wrong("cannot be opened: give this user the right to read it");
    std::string const text(std::istreambuf_iterator<char>(stream), {});

    json::parse_options options;
    options.max_depth = 8;
    options.allow_comments = true;
    options.allow_trailing_commas = true;
    json::stream_parser parser({}, options); // it alone tells how far it came
    boost::system::error_code broken;
    auto const read = parser.write(text.data(), text.size(), broken);
    if (!broken) parser.finish(broken);
    if (broken) {
        auto const end = text.begin() + static_cast<std::ptrdiff_t>(std::min(read, text.size()));
        auto const line = 1 + std::count(text.begin(), end, '\n');
        return wrong("line " + std::to_string(line) + ": is not valid JSON (" + broken.message() + ")");
    }
    auto value = parser.release();
    if (!value.is_object()) return wrong("is not a JSON object: write {\"key\": value, ...}");
    return std::move(value.get_object());
}

} // namespace learning_loop

#include "learning_loop/trainer/command/trainer_file.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/text.h"
#include "learning_loop/trainer/command/check_trainer_file.h"
#include "learning_loop/trainer/command/nearest_name.h"
#include "learning_loop/trainer/command/toml_document.h"

#include <boost/json/array.hpp>

#include <algorithm>

namespace learning_loop {
namespace json = boost::json;
namespace {

std::string_view view_of(json::string_view text)
{
    return {text.data(), text.size()};
}

Result<void> refuse_unknown_keys(json::value const& written, json::value const& known, JsonPath const& path);

Result<void> refuse_unknown_keys_of(json::object const& written, json::object const& known, JsonPath const& path)
{
    std::vector<std::string> names;
    for (auto const& member : known) names.emplace_back(view_of(member.key()));
    for (auto const& member : written) {
        auto const key = view_of(member.key());
        auto const* const place = known.if_contains(member.key());
        if (!place) return error_at(path / key, unknown_name(key, names));
        if (auto const good = refuse_unknown_keys(member.value(), *place, path / key); !good) return good;
    }
    return {};
}

/// `known` is what was read of `written`, written again: it has every key that there is.
Result<void> refuse_unknown_keys(json::value const& written, json::value const& known, JsonPath const& path)
{
    if (written.is_object() && known.is_object())
        return refuse_unknown_keys_of(written.get_object(), known.get_object(), path);
    if (!written.is_array() || !known.is_array()) return {};
    auto const& list = written.get_array();
    for (std::size_t i = 0; i < std::min(list.size(), known.get_array().size()); ++i) {
        if (auto const good = refuse_unknown_keys(list[i], known.get_array()[i], path / i); !good) return good;
    }
    return {};
}

Result<TrainerFile> read_document(json::value const& document)
{
    TrainerFile file;
    auto const& type = json_type<TrainerFile>();
    auto const read = type.read(document, {}, &file);
    // A misspelt key first: it is why another one is missing.
    if (!read && read.error().fault && read.error().fault->type != "missing") return read.error();
    if (auto const good = refuse_unknown_keys(document, type.write(&file), {}); !good) return good.error();
    if (!read) return read.error();
    if (auto const good = check_trainer_file(file); !good) return good.error();
    return file;
}

Error placed_in_file(Error const& error, TomlDocument const& document, std::string const& name)
{
    auto const line = error.fault ? document.line_of(error.fault->field) : 0;
    return {error.code, name + ":" + (line > 0 ? std::to_string(line) + ": " : " ") + error.message};
}

} // namespace

Result<TrainerFile> parse_trainer_file(std::string_view text, std::string const& name)
{
    auto const document = TomlDocument::parse(text);
    if (!document) return Error{Errc::invalid_argument, name + ":" + document.error().message};
    auto file = read_document(document->root());
    if (!file) return placed_in_file(file.error(), *document, name);
    return file;
}

Result<TrainerFile> read_trainer_file(std::filesystem::path const& file)
{
    auto const name = printable(file.string());
    std::error_code error;
    auto const target = std::filesystem::canonical(file, error); // read_file takes no links
    auto const text = read_file(error ? file : target, std::size_t{1} << 20);
    if (!text && text.error().code == Errc::not_found)
        return Error{Errc::invalid_argument,
                     name + ": there is no such file: name a trainer file as docs/trainer.md explains it"};
    if (!text) return Error{Errc::invalid_argument, name + ": " + text.error().message};
    return parse_trainer_file(*text, name);
}

} // namespace learning_loop

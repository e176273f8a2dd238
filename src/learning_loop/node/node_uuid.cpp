#include "learning_loop/node/node_uuid.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <algorithm>
#include <map>

namespace learning_loop {
namespace {

using Uuids = std::map<std::string, std::string>; // by the node's name
constexpr std::size_t max_file_bytes = 1024 * 1024;

Result<Uuids> read_uuids(std::filesystem::path const& file)
{
    auto const text = read_file(file, max_file_bytes);
    if (!text) return text.error();
    auto const document = parse_json(*text, "uuids.json");
    if (!document) return document.error();
    return from_json<Uuids>(*document, JsonPath("uuids.json"));
}

} // namespace

Result<std::string> load_node_uuid(std::filesystem::path const& data_folder, std::string const& node_name)
{
    auto const file = data_folder / "uuids.json";
    auto name = lower_case(node_name);
    std::replace(name.begin(), name.end(), ' ', '_');

    auto const known = read_uuids(file);
    if (!known && known.error().code != Errc::not_found) {
        log::warn("{}: it is put aside, this node gets a new identity", known.error().message);
        std::filesystem::rename(file, file.string() + ".broken");
    }
    auto uuids = known ? *known : Uuids();
    if (auto const found = uuids.find(name); found != uuids.end()) return found->second;
    auto uuid = new_uuid();
    uuids[name] = uuid;
    if (auto const written = replace_durably(file, to_text(to_json(uuids)) + "\n"); !written) return written.error();
    return uuid;
}

} // namespace learning_loop

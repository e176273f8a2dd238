#include "learning_loop/server/models/model_package.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/pretty_json.h"
#include "learning_loop/json/reflect.h"

#include <algorithm>
#include <set>

namespace learning_loop {
namespace {

constexpr std::string_view description = "model.json";

bool is_zip(std::string_view bytes)
{
    return bytes.starts_with("PK\x03\x04");
}

Error wrong(std::string_view file, std::string const& what)
{
    return {Errc::unprocessable, "files: " + printable(file) + ": " + what};
}

Result<std::string> take_bytes(http::UploadedPart& part)
{
    if (!part.file) return std::move(part.bytes);
    return read_file(part.file->path(), part.size_bytes);
}

Result<std::vector<ZipEntry>> unpack(std::string_view name, std::string_view zip)
{
    auto files = read_zip(zip);
    if (files) return files;
    auto const code = files.error().code == Errc::invalid_argument ? Errc::unprocessable : files.error().code;
    return Error{code, "files: " + printable(name) + ": " + files.error().message};
}

} // namespace

Result<std::vector<ZipEntry>> read_model_upload(http::Upload& upload)
{
    if (upload.empty()) return Error{Errc::unprocessable, "files: is missing: send the model's files or a zip of them"};
    std::vector<ZipEntry> files;
    std::set<std::string> names;
    for (auto& part : upload) {
        auto bytes = take_bytes(part);
        if (!bytes) return bytes.error();
        if (upload.size() == 1 && is_zip(*bytes)) return unpack(part.file_name, *bytes);
        if (part.name != loop_api::files_field) {
            return wrong(part.file_name, "is in a field of another name: name it files");
        }
        if (!is_name(part.file_name)) {
            return wrong(part.file_name,
                         "is no plain file name: use letters, digits, '_', '-' and '.', and no folders");
        }
        if (!names.insert(lower_case(part.file_name)).second) return wrong(part.file_name, "comes twice");
        files.push_back({part.file_name, std::move(*bytes)});
    }
    return files;
}

Result<void> correct_model_json(std::vector<ZipEntry>& files, ModelFacts const& facts)
{
    auto file = std::find_if(files.begin(), files.end(), [](auto const& f) { return f.name == description; });
    if (file == files.end()) file = files.insert(file, {std::string(description), "{}"});
    auto json = parse_json(file->bytes, description);
    if (!json) return Error{Errc::unprocessable, "files: " + json.error().message};
    auto* object = json->if_object();
    if (!object) return wrong(description, "expected an object");
    (*object)["id"] = facts.id;
    (*object)["host"] = facts.host;
    (*object)["organization"] = facts.organization;
    (*object)["project"] = facts.project;
    (*object)["version"] = facts.version;
    (*object)["format"] = facts.format;
    if (!object->if_contains("categories")) (*object)["categories"] = to_json(facts.categories);
    file->bytes = pretty_text(*json);
    return {};
}

} // namespace learning_loop

#include "learning_loop/server/models/model_package.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/hash.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/url.h"
#include "learning_loop/server/models/model_description.h"

#include <algorithm>
#include <map>
#include <set>

namespace learning_loop {
namespace {

Error wrong_file(std::string_view file, std::string const& what)
{
    return {Errc::unprocessable, "files: " + printable(file) + ": " + what};
}

/// Some clients write a blank as `%20`. A text that only looks so stays as it is.
std::string decoded(std::string const& name)
{
    bool const has_nul = name.find("%00") != std::string::npos;
    return has_nul ? name : http::percent_decoded(name).value_or(name);
}

bool is_zip(std::string_view name)
{
    return lower_case(name).ends_with(".zip");
}

/// Names become files on every node, where scripts of their users meet them: nothing that a shell or a file system
/// reads in another way.
Result<void> check_name(std::string_view name)
{
    constexpr std::size_t max_characters = 255;
    constexpr std::string_view unsafe = "/\\:;|<>\"'`$*?";
    if (!is_ascii(name)) return wrong_file(name, "its name holds more than ASCII: rename the file");
    bool const is_printable = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
    bool const has_place = name.empty() || name.front() == '-' || name.front() == ' ' || name.back() == ' ';
    bool const is_unsafe = name == "." || name == ".." || name.find("%00") != std::string_view::npos ||
                           name.find_first_of(unsafe) != std::string_view::npos;
    if (!is_printable || has_place || is_unsafe || name.size() > max_characters) {
        return wrong_file(name,
                          "is no plain file name: use at most 255 letters, digits, '_', '-', '.' and blanks between "
                          "them, and no folders");
    }
    if (name != description_file && same_name(name, description_file))
        return wrong_file(name, "call it model.json, in lower case: under this name nobody reads it");
    return {};
}

Result<std::string> take_bytes(http::UploadedPart& part)
{
    if (!part.file) return std::move(part.bytes);
    return read_file(part.file->path(), part.size_bytes);
}

Error of_zip(std::string_view name, Error const& error)
{
    auto const code = error.code == Errc::invalid_argument ? Errc::unprocessable : error.code;
    return {code, "files: " + printable(name) + ": " + error.message};
}

Result<ModelPackage> unpack(std::string_view name, std::string_view zip)
{
    ZipLimits limits;
    limits.max_bytes = 2 * loop_api::max_model_upload_bytes; // they are in memory
    auto flat = read_flat_zip(zip, limits);
    if (!flat) return of_zip(name, flat.error());
    return package_of(std::move(flat->entries), std::move(flat->remarks));
}

Result<void> check_part(http::UploadedPart const& part, std::string const& name)
{
    if (name.empty())
        return Error{Errc::unprocessable, "files: a part has no file name: send files, as `curl -F files=@model.zip`"};
    if (part.name != loop_api::files_field) return wrong_file(name, "is in a field of another name: name it files");
    if (auto fit = check_name(name); !fit) return fit;
    if (name.front() == '.') return wrong_file(name, "is the name of a hidden file: rename it");
    return {};
}

std::string hash_of(std::vector<ZipEntry> const& files)
{
    std::map<std::string_view, Sha256> hashes; // in the order of the names
    for (auto const& file : files) hashes.emplace(file.name, sha256(file.bytes));
    std::string text;
    for (auto const& [name, hash] : hashes) text.append(name).append("\n").append(hex(hash)).append("\n");
    return hex(sha256(text));
}

} // namespace

Result<ModelPackage> read_model_upload(http::Upload& upload)
{
    if (upload.empty()) return Error{Errc::unprocessable, "files: is missing: send the model's files or a zip of them"};
    std::vector<ZipEntry> files;
    std::set<std::string> names;
    for (auto& part : upload) {
        auto bytes = take_bytes(part);
        if (!bytes) return bytes.error();
        auto const name = decoded(part.file_name);
        if (upload.size() == 1 && is_zip(name)) return unpack(name, *bytes);
        if (auto fit = check_part(part, name); !fit) return fit.error();
        if (!names.insert(lower_case(name)).second) return wrong_file(name, "comes twice");
        if (is_zip(name)) {
            if (auto sound = check_zip(*bytes); !sound) return of_zip(name, sound.error());
        }
        files.push_back({name, std::move(*bytes)});
    }
    return package_of(std::move(files), {});
}

Result<ModelPackage> package_of(std::vector<ZipEntry> files, std::vector<std::string> remarks)
{
    for (auto const& file : files) {
        if (auto fit = check_name(file.name); !fit) return fit.error();
    }
    ModelPackage package;
    package.content_hash = hash_of(files);
    package.remarks = std::move(remarks);
    auto const file = std::ranges::find(files, description_file, &ZipEntry::name);
    if (file != files.end()) {
        auto description = read_description(file->bytes, package.remarks);
        if (!description) return description.error();
        package.description = std::move(*description);
        files.erase(file);
    }
    package.files = std::move(files);
    return package;
}

} // namespace learning_loop

#include "learning_loop/converter/converted_files.h"

#include "learning_loop/archive/zip.h"
#include "learning_loop/base/text.h"

#include <algorithm>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

Error wrong_file(fs::path const& returned, std::string const& why)
{
    return {Errc::invalid_argument, "the converter returned '" + printable(returned.string()) + "', which " + why};
}

bool lies_below(fs::path const& path, fs::path const& folder)
{
    return std::ranges::mismatch(path, folder).in2 == folder.end();
}

Result<void> check_names(std::vector<ConvertedFile> const& files)
{
    std::vector<std::string> names;
    for (auto const& file : files) names.push_back(file.name);
    if (std::ranges::find(names, "model.json") == names.end()) names.emplace_back("model.json"); // which is added
    auto const fit = check_zip_names(names);
    if (!fit)
        return Error{fit.error().code, "the converter returned a file with an unfit name: " + fit.error().message};
    return {};
}

} // namespace

Result<std::vector<ConvertedFile>> check_converted_files(std::vector<fs::path> const& returned, fs::path const& source,
                                                         fs::path const& target, std::uintmax_t max_bytes)
{
    if (returned.empty()) return Error{Errc::invalid_argument, "the converter returned no files"};
    std::vector<fs::path> const folders{fs::weakly_canonical(source), fs::weakly_canonical(target)};
    std::vector<ConvertedFile> files;
    std::uintmax_t bytes = 0;
    for (auto const& each : returned) {
        std::error_code missing;
        auto const path = fs::canonical(target / each, missing);
        if (missing) return wrong_file(each, "is not there");
        if (std::ranges::none_of(folders, [&](auto const& folder) { return lies_below(path, folder); }))
            return wrong_file(each, "lies neither in the target nor in the source folder");
        if (!fs::is_regular_file(path)) return wrong_file(each, "is no plain file");
        bytes += fs::file_size(path);
        files.push_back({each.filename().string(), path});
    }
    if (bytes > max_bytes) {
        return Error{Errc::too_large, "the converter returned " + std::to_string(bytes) + " bytes: the Loop takes " +
                                          std::to_string(max_bytes) + " at most"};
    }
    if (auto const fit = check_names(files); !fit) return fit.error();
    return files;
}

} // namespace learning_loop

#include "learning_loop/converter/convert_model.h"

#include "learning_loop/archive/zip.h"
#include "learning_loop/base/files.h"
#include "learning_loop/data/loop_api.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>

namespace learning_loop {
namespace {

constexpr auto* description_file = "model.json";
constexpr std::size_t max_description_bytes = 16 * 1024 * 1024;

using Paths = std::vector<std::filesystem::path>;

/// The user's code runs here. An exception of it means a model that it cannot convert, not a bug of the node.
Result<Paths> run_converter(Converter& converter, Conversion& conversion)
{
    try {
        Result<Paths> made = Paths();
        auto const done = unless_disk_is_full([&]() -> Result<void> {
            made = converter.convert(conversion);
            return {};
        });
        if (!done) return done.error();
        return made;
    } catch (std::bad_alloc const&) {
        return Error{Errc::unavailable, "there is not enough memory to convert it"};
    } catch (std::exception const& failure) {
        return Error{Errc::invalid_argument, failure.what()};
    } catch (...) {
        return Error{Errc::invalid_argument, "the converter threw what is no std::exception"};
    }
}

/// Takes it out of the files. nullopt: the converter made none.
Result<std::optional<std::string>> take_own_description(std::vector<ConvertedFile>& files)
{
    auto const own = std::ranges::find(files, description_file, &ConvertedFile::name);
    if (own == files.end()) return std::optional<std::string>();
    auto text = read_file(own->path, max_description_bytes);
    if (!text) return text.error();
    files.erase(own);
    return std::optional(std::move(*text));
}

Result<ConvertedModel> check_converted(Paths const& made, SourceDescription const& source,
                                       ConversionFolder const& folder, std::string const& target_format)
{
    auto files = check_converted_files(made, folder.source(), folder.target(), loop_api::max_model_upload_bytes);
    if (!files) return files.error();
    auto const own = take_own_description(*files);
    if (!own) return own.error();
    auto description = description_of_converted(source, *own, target_format);
    if (!description) return description.error();
    return ConvertedModel{std::move(*files), std::move(*description)};
}

} // namespace

Result<SourceDescription> unpack_model(ConversionFolder const& folder, SourceModel const& model)
{
    if (auto const done = unpack_zip(folder.zip(), folder.source()); !done) return done.error();
    std::filesystem::remove(folder.zip()); // its bytes are on the disk a second time
    return read_source_description(folder.source(), model);
}

Result<ConvertedModel> convert_model(Converter& converter, Conversion& conversion, SourceDescription const& source,
                                     ConversionFolder const& folder, std::string const& target_format)
{
    auto const made = run_converter(converter, conversion);
    auto converted = made ? check_converted(*made, source, folder, target_format) : made.error();
    if (!converted && folder.is_almost_full())
        return Error{Errc::out_of_space, "the disk is almost full: " + converted.error().message};
    return converted;
}

} // namespace learning_loop

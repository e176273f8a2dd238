#include "learning_loop/converter/run_converter_node.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/converter/converter_parts.h"
#include "learning_loop/converter/converter_settings.h"
#include "learning_loop/node/run_node.h"

namespace learning_loop {
namespace {

Error wrong_format(std::string const& which, std::string const& format, std::string const& remedy)
{
    return {Errc::invalid_argument, which + "(): '" + printable(format) + "' " + remedy};
}

/// They stand in the paths that the Loop is asked with.
Result<void> check_formats(Converter const& converter)
{
    auto const source = converter.source_format();
    auto const target = converter.target_format();
    constexpr auto* remedy = "is no format: use letters, digits, '_', '-' and '.', and no dot in front";
    if (!is_name(source)) return wrong_format("source_format", source, remedy);
    if (!is_name(target)) return wrong_format("target_format", target, remedy);
    if (source == target) return wrong_format("target_format", target, "is the source format: nothing would be done");
    return {};
}

} // namespace

int run_converter_node(std::string const& name, std::function<std::unique_ptr<Converter>()> const& make_converter,
                       int argc, char const* const* argv)
{
    auto const read = [&] { return read_converter_settings(name, {argc, argv}); };
    auto const build = [&](Runner& runner, NodeSettings const& settings,
                           std::string) -> Result<std::unique_ptr<Parts>> {
        auto converter = make_converter();
        if (auto const fit = check_formats(*converter); !fit) return fit.error();
        return std::make_unique<ConverterParts>(runner, std::move(converter), settings);
    };
    return run_node<NodeSettings>(name, read, build);
}

} // namespace learning_loop

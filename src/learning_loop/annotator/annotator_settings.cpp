#include "learning_loop/annotator/annotator_settings.h"

#include "learning_loop/settings/settings_text.h"
#include "learning_loop/settings/state_folder.h"

namespace learning_loop {
namespace {

ProgramDescription description(std::string program)
{
    auto rows = node_settings();
    std::vector<Setting> const own{
        {.field = "threads", .meaning = "actions worked on side by side; 0: one per core", .min = 0, .max = 1024},
        {.field = "max_windows",
         .meaning = "drawings at the same time; one more, and the one that was left alone longest is forgotten",
         .min = 1,
         .max = 100'000},
        {.field = "image_disk_bytes", .meaning = "most bytes of images kept in the data folder", .bytes = true},
        {.field = "image_memory_bytes", .meaning = "most bytes of decoded images in memory", .bytes = true},
        {.field = "max_image_pixels",
         .meaning = "of an image, decoded: each takes 3 bytes of memory; a larger one is refused",
         .min = 1e6,
         .max = 1e9},
    };
    rows.insert(rows.end(), own.begin(), own.end());
    return {std::move(program),
            "An annotator node: helps people to outline things in the Loop's web page. Those of your own have the same "
            "settings.",
            std::move(rows)};
}

AnnotatorSettings defaults(std::string const& name)
{
    AnnotatorSettings settings;
    settings.port = 8003;
    settings.name = name;
    return settings;
}

Result<void> check(AnnotatorSettings& settings, SettingsReader const& reader)
{
    return check_node_settings(settings, reader);
}

} // namespace

Result<std::optional<AnnotatorSettings>> read_annotator_settings(std::string const& name, Invocation const& start)
{
    auto settings = defaults(name);
    settings.data_folder = default_data_folder(name, start.environment);
    return read_settings(description(name), settings, start, check);
}

std::string annotator_settings_section()
{
    return settings_section(description("learning-loop annotator"), defaults("annotator"));
}

} // namespace learning_loop

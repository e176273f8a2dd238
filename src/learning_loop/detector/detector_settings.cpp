#include "learning_loop/detector/detector_settings.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/settings/settings_text.h"
#include "learning_loop/settings/state_folder.h"

namespace learning_loop {
namespace {

ProgramDescription description(std::string program)
{
    auto rows = node_settings();
    std::vector<Setting> const own{
        {.field = "organization",
         .meaning = "id of the organization",
         .variable = "LOOP_ORGANIZATION",
         .alias = "ORGANIZATION",
         .required = true},
        {.field = "project",
         .meaning = "id of the project",
         .variable = "LOOP_PROJECT",
         .alias = "PROJECT",
         .required = true},
        {.field = "min_uncertain_threshold", .meaning = "least uncertain confidence", .min = 0, .max = 1},
        {.field = "max_uncertain_threshold", .meaning = "highest uncertain confidence", .min = 0, .max = 1},
        {.field = "outbox_max_bytes", .meaning = "most bytes of images kept for upload", .bytes = true},
        {.field = "max_outbox_size",
         .meaning = "most images kept for upload that are no priority",
         .min = 1,
         .default_text = "any number"},
        {.field = "rejected_max_bytes",
         .meaning = "most bytes of images that the Loop refused; then the oldest are deleted",
         .bytes = true},
        {.field = "outbox_durability",
         .meaning = "what a kept image survives: `sync`: a power cut, `os`: the end of the process only, which is "
                    "faster on slow disks"},
        {.field = "jpeg_quality", .meaning = "of images that are sent as pixels or as PNG", .min = 1, .max = 100},
        {.field = "version_control_default",
         .meaning = "`pause`: keep the model that is here; anything else: follow_loop"},
        {.field = "exclusive_model_build",
         .meaning =
             "for memory that holds one model only: free the old model before the new one is built; until it is, "
             "requests are answered 503"},
        {.field = "sync_cycles", .meaning = "report to the Loop every that many cycles of 5 s", .min = 1, .max = 1e6},
        {.field = "max_image_bytes",
         .meaning = "of an image as it is sent; a longer one is refused",
         .min = 1 << 20,
         .max = 1 << 30},
        {.field = "max_image_pixels",
         .meaning = "of an image, decoded: each takes 3 bytes of memory; a larger one is refused",
         .min = 1e6,
         .max = 1e9},
        {.field = "streams", .meaning = "inferences side by side; 0: one per core", .min = 0, .max = 1024},
        {.field = "conf_threshold",
         .meaning = "least confidence of a detection",
         .min = 0,
         .max = 1,
         .default_text = "the model's, else 0.25"},
        {.field = "iou_threshold",
         .meaning = "overlap above which two boxes of a category are one",
         .min = 0,
         .max = 1},
    };
    rows.insert(rows.end(), own.begin(), own.end());
    return {std::move(program), "A detector node: finds things in images and sends home those it is unsure of.",
            std::move(rows)};
}

DetectorSettings defaults(std::string const& name)
{
    DetectorSettings settings;
    settings.port = 8004;
    settings.name = name;
    return settings;
}

/// Ids are lower case; people type the name they see.
Result<void> check_id(std::string& id, char const* field, SettingsReader const& reader)
{
    id = lower_case(id);
    if (!is_name(id)) return reader.wrong(field, "may hold letters, digits, '_', '-' and '.' only");
    return {};
}

Result<void> check(DetectorSettings& settings, SettingsReader const& reader)
{
    if (auto const checked = check_node_settings(settings, reader); !checked) return checked;
    if (auto const checked = check_id(settings.organization, "organization", reader); !checked) return checked;
    if (auto const checked = check_id(settings.project, "project", reader); !checked) return checked;
    if (settings.min_uncertain_threshold > settings.max_uncertain_threshold)
        return reader.wrong("min_uncertain_threshold",
                            "is above --max-uncertain-threshold (MAX_UNCERTAIN_THRESHOLD): lower it or raise that");
    return {};
}

} // namespace

Result<std::optional<DetectorSettings>> read_detector_settings(std::string const& name, Invocation const& start)
{
    auto settings = defaults(name);
    settings.data_folder = default_data_folder(name, start.environment);
    return read_settings(description(name), settings, start, check);
}

VersionControl version_control(DetectorSettings const& settings)
{
    return lower_case(settings.version_control_default) == "pause" ? VersionControl::pause
                                                                   : VersionControl::follow_loop;
}

ImageLimits image_limits(DetectorSettings const& settings)
{
    ImageLimits limits;
    limits.max_bytes = settings.max_image_bytes;
    limits.max_pixels = static_cast<std::int64_t>(settings.max_image_pixels);
    return limits;
}

OutboxLimits outbox_limits(DetectorSettings const& settings)
{
    OutboxLimits limits;
    limits.max_bytes = settings.outbox_max_bytes;
    limits.max_normal_images = settings.max_outbox_size.value_or(0);
    limits.max_rejected_bytes = settings.rejected_max_bytes;
    return limits;
}

std::string detector_settings_section()
{
    return settings_section(description("learning-loop detector"), defaults("detector"));
}

} // namespace learning_loop

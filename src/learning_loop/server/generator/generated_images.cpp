#include "learning_loop/server/generator/generated_images.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/scene/field_scene.h"
#include "learning_loop/scene/random.h"
#include "learning_loop/server/images/image_identity.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr int jpeg_quality = 90;

std::string category_name(int kind, std::string_view type)
{
    constexpr std::string_view colors[] = {"purple", "green", "blue", "yellow"};
    return std::string(colors[kind]) + " " + std::string(type);
}

/// The boxes of plants, as a model of middling skill might find them.
std::vector<BoxDetection> guesses(FieldScene const& scene, std::int64_t count, Random random)
{
    std::vector<BoxDetection> guesses;
    for (std::int64_t i = 0; i < count; ++i) {
        auto const size = scene.bgr.size();
        auto const at = static_cast<std::size_t>(i);
        auto const kind = at < scene.plants.size() ? scene.plants[at].crop : 0;
        auto const box = at < scene.plants.size()
                             ? scene.plants[at].box
                             : decltype(scene.plants[0].box){size.width / 4, size.height / 4, 40, 40};
        auto const near = [&](int value, int length) {
            return value + static_cast<int>(random.uniform(-0.1, 0.1) * length);
        };
        int const x = std::clamp(near(box.x, box.width), 0, size.width - 2);
        int const y = std::clamp(near(box.y, box.height), 0, size.height - 2);
        int const width = std::clamp(near(box.width, box.width), 1, size.width - x);
        int const height = std::clamp(near(box.height, box.height), 1, size.height - y);
        auto const confidence = random.integer(30, 99) / 100.0;
        guesses.push_back({category_name(kind, "box"), x, y, width, height, "1.0", confidence, {}});
    }
    return guesses;
}

} // namespace

GeneratedImages::GeneratedImages(GeneratorRequest request) : request_(std::move(request)), states_(states_of(request_))
{}

std::string GeneratedImages::id_of(std::size_t index) const
{
    return uuid_of(
        sha256(request_.project_name + "/" + std::to_string(*request_.seed) + "/image/" + std::to_string(index)));
}

/// Of n complete images a fifth are test images, at least one from two on, spread evenly. The others' set is drawn.
std::optional<store::ImageSet> GeneratedImages::set_of(std::size_t index) const
{
    if (states_[index] != ImageState::complete) return std::nullopt;
    auto const all = static_cast<std::size_t>(*request_.complete);
    auto const tests = all < 2 ? 0 : std::max<std::size_t>(1, all / 5);
    return (index + 1) * tests / all > index * tests / all ? store::ImageSet::test : store::ImageSet::train;
}

ImageMetadata GeneratedImages::metadata_of(FieldScene const& scene, std::size_t index, std::uint64_t seed) const
{
    ImageMetadata metadata;
    metadata.state = states_[index];
    metadata.source = "generator";
    metadata.box_detections = guesses(scene, *request_.box_detections, Random(seed));
    for (std::int64_t i = 1; i <= *request_.tags; ++i) metadata.tags.push_back("tag " + std::to_string(i));
    bool const is_annotated = states_[index] == ImageState::complete || states_[index] == ImageState::review;
    if (!is_annotated) return metadata;
    for (auto const& [crop, box, stem] : scene.plants) {
        if (crop < *request_.box_categories) {
            metadata.box_annotations.push_back({category_name(crop, "box"), box.x, box.y, box.width, box.height, {}});
        }
        if (crop < *request_.point_categories && box.contains(stem)) {
            metadata.point_annotations.push_back({category_name(crop, "point"), stem.x, stem.y, {}});
        }
    }
    return metadata;
}

GeneratedImage GeneratedImages::render(std::size_t index) const
{
    auto const hash =
        sha256(request_.project_name + "/" + std::to_string(*request_.seed) + "/scene/" + std::to_string(index));
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < 8; ++i) seed = seed << 8U | hash[i];
    FieldStyle style;
    style.crops = static_cast<int>(std::max<std::int64_t>(1, *request_.box_categories));
    style.plain = *request_.image_style == "plain";
    auto const scene = render_field(seed, style);

    GeneratedImage made{encode_jpeg(scene.bgr, jpeg_quality).value(), {}};
    made.image.id = id_of(index);
    made.image.name = "generated image " + std::to_string(index);
    made.image.bytes = made.jpeg;
    made.image.media_type = "image/jpeg";
    made.image.width_px = scene.bgr.cols;
    made.image.height_px = scene.bgr.rows;
    made.image.set = set_of(index);
    made.image.metadata = metadata_of(scene, index, seed);
    identify(made.image);
    made.image.bytes = {}; // the JPEG moves with its owner
    return made;
}

} // namespace learning_loop

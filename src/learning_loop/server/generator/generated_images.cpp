#include "learning_loop/server/generator/generated_images.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/scene/field_scene.h"
#include "learning_loop/scene/random.h"
#include "learning_loop/server/generator/category_looks.h"
#include "learning_loop/server/generator/seed.h"
#include "learning_loop/server/images/image_identity.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr int jpeg_quality = 90;

std::string category_of(int crop, std::string_view type)
{
    return category_name(category_looks.at(static_cast<std::size_t>(crop)), type);
}

/// A detection near the box of a plant, inside an image of this size.
BoxDetection guess_box(int crop, cv::Rect const& plant, cv::Size size, Random& random)
{
    auto const near = [&](int value, int length) {
        return value + static_cast<int>(random.uniform(-0.1, 0.1) * length);
    };
    int const x = std::clamp(near(plant.x, plant.width), 0, size.width - 2);
    int const y = std::clamp(near(plant.y, plant.height), 0, size.height - 2);
    int const width = std::clamp(near(plant.width, plant.width), 1, size.width - x);
    int const height = std::clamp(near(plant.height, plant.height), 1, size.height - y);
    auto const confidence = random.integer(30, 99) / 100.0;
    return {category_of(crop, "box"), x, y, width, height, "1.0", confidence, {}};
}

/// What a model of middling skill might find: the plants first, then things that are no plants.
std::vector<BoxDetection> guess_boxes(FieldScene const& scene, std::int64_t count, Random random)
{
    auto const size = scene.bgr.size();
    cv::Rect const elsewhere(size.width / 4, size.height / 4, 40, 40);
    std::vector<BoxDetection> guesses;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        bool const is_plant = i < scene.plants.size();
        guesses.push_back(guess_box(is_plant ? scene.plants[i].crop : 0, is_plant ? scene.plants[i].box : elsewhere,
                                    size, random));
    }
    return guesses;
}

} // namespace

GeneratedImages::GeneratedImages(GeneratorRequest request) : request_(std::move(request)), states_(states_of(request_))
{}

std::string GeneratedImages::text_of(std::string_view what, std::size_t index) const
{
    return request_.project_name + "/" + std::to_string(*request_.seed) + "/" + std::string(what) + "/" +
           std::to_string(index);
}

std::string GeneratedImages::id_of(std::size_t index) const
{
    return uuid_of(sha256(text_of("image", index)));
}

/// Of n complete images a fifth are test images, at least one from two on, spread evenly. The set of images in other
/// states is drawn when they are stored.
std::optional<ImageSet> GeneratedImages::set_of(std::size_t index) const
{
    if (states_[index] != ImageState::complete) return std::nullopt;
    auto const all = static_cast<std::size_t>(*request_.complete);
    auto const tests = all < 2 ? 0 : std::max<std::size_t>(1, all / 5);
    return (index + 1) * tests / all > index * tests / all ? ImageSet::test : ImageSet::train;
}

ImageMetadata GeneratedImages::metadata_of(FieldScene const& scene, std::size_t index, std::uint64_t seed) const
{
    ImageMetadata metadata;
    metadata.state = states_[index];
    metadata.source = "generator";
    metadata.box_detections = guess_boxes(scene, *request_.box_detections, Random(seed));
    for (std::int64_t i = 1; i <= *request_.tags; ++i) metadata.tags.push_back("tag " + std::to_string(i));
    bool const is_annotated = states_[index] == ImageState::complete || states_[index] == ImageState::review;
    if (!is_annotated) return metadata;
    for (auto const& [crop, box, stem] : scene.plants) {
        if (crop < *request_.box_categories) {
            metadata.box_annotations.push_back({category_of(crop, "box"), box.x, box.y, box.width, box.height, {}});
        }
        if (crop < *request_.point_categories && box.contains(stem)) {
            metadata.point_annotations.push_back({category_of(crop, "point"), stem.x, stem.y, {}});
        }
    }
    return metadata;
}

FieldStyle GeneratedImages::field_style() const
{
    FieldStyle style;
    style.crops = static_cast<int>(std::max<std::int64_t>(1, *request_.box_categories));
    style.plain = *request_.image_style == "plain";
    return style;
}

GeneratedImage GeneratedImages::render(std::size_t index) const
{
    auto const seed = seed_from(text_of("scene", index));
    auto const scene = render_field(seed, field_style());
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

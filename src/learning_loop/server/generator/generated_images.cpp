#include "learning_loop/server/generator/generated_images.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/scene/field_scene.h"
#include "learning_loop/server/generator/exact_annotations.h"
#include "learning_loop/server/generator/guessed_detections.h"
#include "learning_loop/server/generator/seed.h"
#include "learning_loop/server/images/image_identity.h"

#include <algorithm>
#include <array>
#include <utility>

namespace learning_loop {
namespace {

constexpr int jpeg_quality = 90;

/// The tests of learning_loop_node ask for the first image of these projects by the id that it has at their Loop.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> first_ids{
    {{"pytest", "285a92db-bc64-240d-50c2-3212d3973566"},
     {"pytest_nodelib_annotator", "10f7d7d2-4076-7006-af37-fa28a6a848ae"}}};

template <class T>
void keep_first(std::vector<T>& list, std::int64_t count)
{
    if (list.size() > static_cast<std::size_t>(count)) list.resize(static_cast<std::size_t>(count));
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
    for (auto const& [project, id] : first_ids) {
        if (index == 0 && project == request_.project_name) return std::string(id);
    }
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

/// Everything in an image that is done; in the others, as much as somebody who has begun might have annotated.
Annotations GeneratedImages::annotations_of(FieldScene const& scene, std::size_t index) const
{
    auto all = exact_annotations(scene, request_);
    bool const is_done = states_[index] == ImageState::complete || states_[index] == ImageState::review;
    if (is_done) return all;
    keep_first(all.box_annotations, *request_.box_annotations);
    keep_first(all.point_annotations, *request_.point_annotations);
    keep_first(all.segmentation_annotations, *request_.segmentation_annotations);
    if (*request_.classification_annotations == 0) all.classification_annotation.reset();
    return all;
}

void GeneratedImages::describe(store::NewImage& image, FieldScene const& scene, std::size_t index,
                               std::uint64_t seed) const
{
    auto& metadata = image.metadata;
    metadata.state = states_[index];
    metadata.source = "generator";
    for (std::int64_t i = 1; i <= *request_.tags; ++i) metadata.tags.push_back("tag " + std::to_string(i));
    auto guessed = guessed_detections(scene, request_, seed);
    metadata.box_detections = std::move(guessed.box_detections);
    metadata.point_detections = std::move(guessed.point_detections);
    metadata.segmentation_detections = std::move(guessed.segmentation_detections);
    metadata.classification_detections = std::move(guessed.classification_detections);
    auto annotations = annotations_of(scene, index);
    metadata.box_annotations = std::move(annotations.box_annotations);
    metadata.point_annotations = std::move(annotations.point_annotations);
    metadata.classification_annotation = std::move(annotations.classification_annotation);
    image.segmentation_annotations = std::move(annotations.segmentation_annotations);
}

FieldStyle GeneratedImages::field_style() const
{
    FieldStyle style;
    style.crops = static_cast<int>(std::max({std::int64_t{1}, *request_.box_categories, *request_.point_categories,
                                             *request_.segmentation_categories, *request_.classification_categories}));
    style.plain = *request_.image_style == "plain";
    style.outlines = *request_.segmentation_categories > 0;
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
    made.image.pixels = Pixels::sound;
    made.image.width_px = scene.bgr.cols;
    made.image.height_px = scene.bgr.rows;
    made.image.set = set_of(index);
    describe(made.image, scene, index, seed);
    identify(made.image);
    made.image.bytes = {}; // the JPEG moves with its owner
    return made;
}

} // namespace learning_loop

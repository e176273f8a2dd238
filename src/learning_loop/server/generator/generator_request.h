#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/image_metadata.h"
#include "learning_loop/data/model_information.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// A model to be made. In JSON it may also be its version alone, as a text.
struct GeneratorModel {
    std::optional<std::string> id;      ///< By default made of the project's name.
    std::optional<std::string> version; ///< `<major>.<minor>`; by default the next free one.
    std::vector<std::string> formats;   ///< By default `mocked`.
};
BOOST_DESCRIBE_STRUCT(GeneratorModel, (), (id, version, formats))

template <>
struct JsonForm<GeneratorModel> {
    static Result<GeneratorModel> from_json(boost::json::value const& value, JsonPath const& path);
};

/// The body of `POST .../projects/generator`. After `generator_request_from` every number is set.
struct GeneratorRequest {
    std::string project_name;
    std::optional<std::int64_t> seed;  ///< By default drawn from the project's name.
    std::optional<std::int64_t> inbox; ///< How many images in each state.
    std::optional<std::int64_t> annotate;
    std::optional<std::int64_t> review;
    std::optional<std::int64_t> complete;
    std::optional<std::int64_t> backlog;
    std::optional<std::int64_t> trash;
    std::optional<std::string> image_style;     ///< `beautiful` or `plain`.
    std::optional<std::int64_t> box_categories; ///< 0 to 4, as the other kinds of category.
    std::optional<std::int64_t> point_categories;
    std::optional<std::int64_t> segmentation_categories;
    std::optional<std::int64_t> classification_categories;
    std::optional<std::int64_t> box_annotations; ///< At most, in images that are neither `review` nor `complete`.
    std::optional<std::int64_t> point_annotations;
    std::optional<std::int64_t> segmentation_annotations;
    std::optional<std::int64_t> classification_annotations;
    std::optional<std::int64_t> box_detections; ///< For each image, as a model 1.0 might have made them.
    std::optional<std::int64_t> point_detections;
    std::optional<std::int64_t> segmentation_detections;
    std::optional<std::int64_t> classification_detections;
    std::optional<std::int64_t> tags;      ///< For each image.
    std::optional<std::int64_t> trainings; ///< How many, each with a model beside those below, in the format `mocked`.
    std::vector<GeneratorModel> models;
    std::optional<std::string> deployment_target; ///< The version or id of one of the models.
};
BOOST_DESCRIBE_STRUCT(GeneratorRequest, (),
                      (project_name, seed, inbox, annotate, review, complete, backlog, trash, image_style,
                       box_categories, point_categories, segmentation_categories, classification_categories,
                       box_annotations, point_annotations, segmentation_annotations, classification_annotations,
                       box_detections, point_detections, segmentation_detections, classification_detections, tags,
                       trainings, models, deployment_target))

/// unprocessable; it names the field.
Error wrong_request(std::string_view field, std::string const& what);

/// Reads and completes a request: what was read and completed once is not changed by it. `categories`, `detections` and
/// `annotations`, as they were called once, stand for those of boxes; keys of other generators are ignored. Errors:
/// unprocessable if a field is wrong; the message names it.
Result<GeneratorRequest> generator_request_from(boost::json::value const& body);

/// The categories it asks for: "purple box", "green box", ... with ids that follow from the project and the name.
std::vector<Category> categories_of(GeneratorRequest const& request, std::string const& organization);

/// The states of the project's images, in the order of their numbers.
std::vector<ImageState> states_of(GeneratorRequest const& request);

} // namespace learning_loop

#include "learning_loop/server/generator/generator_request.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/generator/category_looks.h"
#include "learning_loop/server/generator/planned_models.h"
#include "learning_loop/server/generator/seed.h"
#include "learning_loop/server/projects/project_name.h"

#include <array>
#include <span>
#include <utility>

namespace learning_loop {
namespace {

constexpr std::int64_t max_generated = category_looks.size(); // of each type
constexpr std::int64_t max_images = 100'000;                  // in each state
constexpr std::int64_t max_marks = 100;                       // of each type, in each image

/// The keys of 2021 and those that took their place.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> former_keys{
    {{"categories", "box_categories"}, {"detections", "box_detections"}, {"annotations", "box_annotations"}}};

/// Sets what is absent and checks what is there.
Result<void> settle(std::optional<std::int64_t>& number, std::string_view field, std::int64_t max)
{
    number = number.value_or(0);
    if (*number >= 0 && *number <= max) return {};
    return wrong_request(field, std::to_string(*number) + " is not within 0 to " + std::to_string(max));
}

Result<void> settle_numbers(GeneratorRequest& r)
{
    struct Number {
        std::optional<std::int64_t>& value;
        std::string_view field;
        std::int64_t max;
    };
    for (auto const& [value, field, max] :
         {Number{r.inbox, "inbox", max_images},
          Number{r.annotate, "annotate", max_images},
          Number{r.review, "review", max_images},
          Number{r.complete, "complete", max_images},
          Number{r.backlog, "backlog", max_images},
          Number{r.trash, "trash", max_images},
          Number{r.box_categories, "box_categories", max_generated},
          Number{r.point_categories, "point_categories", max_generated},
          Number{r.segmentation_categories, "segmentation_categories", max_generated},
          Number{r.classification_categories, "classification_categories", max_generated},
          Number{r.box_annotations, "box_annotations", max_marks},
          Number{r.point_annotations, "point_annotations", max_marks},
          Number{r.segmentation_annotations, "segmentation_annotations", max_marks},
          Number{r.classification_annotations, "classification_annotations", max_marks},
          Number{r.box_detections, "box_detections", max_marks},
          Number{r.point_detections, "point_detections", max_marks},
          Number{r.segmentation_detections, "segmentation_detections", max_marks},
          Number{r.classification_detections, "classification_detections", max_marks},
          Number{r.tags, "tags", 100},
          Number{r.trainings, "trainings", 10}}) {
        if (auto good = settle(value, field, max); !good) return good;
    }
    return {};
}

/// The same request in the keys of today. One that is there in both is taken from these.
boost::json::value with_keys_of_today(boost::json::value body)
{
    auto* const object = body.if_object();
    if (!object) return body;
    for (auto const& [former, today] : former_keys) {
        auto const* const value = object->if_contains(former);
        if (value && !find_present(*object, today)) (*object)[today] = boost::json::value(*value);
    }
    return body;
}

/// Not negative: some readers have no larger numbers.
std::int64_t default_seed(std::string const& project_name)
{
    return static_cast<std::int64_t>(seed_from(project_name) >> 1U);
}

} // namespace

Error wrong_request(std::string_view field, std::string const& what)
{
    return {Errc::unprocessable, std::string(field) + ": " + what};
}

Result<GeneratorRequest> generator_request_from(boost::json::value const& body)
{
    auto read = from_json<GeneratorRequest>(with_keys_of_today(body));
    if (!read) return Error{Errc::unprocessable, read.error().message};
    auto& request = *read;
    auto id = project_id_from(request.project_name);
    if (!id) return id.error();
    request.project_name = std::move(*id);
    request.seed = request.seed.value_or(default_seed(request.project_name));
    request.image_style = request.image_style.value_or("beautiful");
    if (*request.image_style != "beautiful" && *request.image_style != "plain") {
        return wrong_request("image_style",
                             "'" + printable(*request.image_style) + "' is unknown: use beautiful or plain");
    }
    if (auto good = settle_numbers(request); !good) return good.error();
    if (auto good = settle_models(request); !good) return good.error();
    return request;
}

std::vector<Category> categories_of(GeneratorRequest const& request, std::string const& organization)
{
    std::vector<Category> categories;
    auto const add = [&](std::int64_t count, std::string const& type) {
        for (auto const& look : std::span(category_looks).first(static_cast<std::size_t>(count))) {
            auto const name = category_name(look, type);
            auto const id = uuid_of(sha256(organization + "/" + request.project_name + "/category/" + name));
            categories.push_back({id, name, "", "", std::string(look.color), 20, type});
        }
    };
    add(*request.box_categories, "box");
    add(*request.point_categories, "point");
    add(*request.segmentation_categories, "segmentation");
    add(*request.classification_categories, "classification");
    return categories;
}

std::vector<ImageState> states_of(GeneratorRequest const& request)
{
    std::vector<ImageState> states;
    auto const add = [&](std::int64_t count, ImageState state) {
        states.insert(states.end(), static_cast<std::size_t>(count), state);
    };
    add(*request.complete, ImageState::complete);
    add(*request.review, ImageState::review);
    add(*request.annotate, ImageState::annotate);
    add(*request.inbox, ImageState::inbox);
    add(*request.backlog, ImageState::backlog);
    add(*request.trash, ImageState::trash);
    return states;
}

} // namespace learning_loop

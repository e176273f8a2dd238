#include "learning_loop/server/generator/generator_request.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/server/generator/category_looks.h"
#include "learning_loop/server/generator/seed.h"

#include <span>

namespace learning_loop {
namespace {

constexpr std::int64_t max_categories = category_looks.size(); // of each type
constexpr std::int64_t max_images = 100'000; // in each state

Error wrong(std::string_view field, std::string const& what)
{
    return {Errc::unprocessable, std::string(field) + ": " + what};
}

/// Sets what is absent and checks what is there.
Result<void> settle(std::optional<std::int64_t>& number, std::string_view field, std::int64_t max)
{
    number = number.value_or(0);
    if (*number >= 0 && *number <= max) return {};
    return wrong(field, std::to_string(*number) + " is not within 0 to " + std::to_string(max));
}

Result<void> settle_numbers(GeneratorRequest& r)
{
    struct Number {
        std::optional<std::int64_t>& value;
        std::string_view field;
        std::int64_t max;
    };
    for (auto const& [value, field, max] :
         {Number{r.inbox, "inbox", max_images}, Number{r.annotate, "annotate", max_images},
          Number{r.review, "review", max_images}, Number{r.complete, "complete", max_images},
          Number{r.box_categories, "box_categories", max_categories},
          Number{r.point_categories, "point_categories", max_categories},
          Number{r.segmentation_categories, "segmentation_categories", max_categories},
          Number{r.classification_categories, "classification_categories", max_categories},
          Number{r.box_detections, "box_detections", 100}, Number{r.tags, "tags", 100},
          Number{r.trainings, "trainings", 10}}) {
        if (auto good = settle(value, field, max); !good) return good;
    }
    return {};
}

/// Not negative: some readers have no larger numbers.
std::int64_t default_seed(std::string const& project_name)
{
    return static_cast<std::int64_t>(seed_from(project_name) >> 1U);
}

} // namespace

Result<GeneratorRequest> generator_request_from(boost::json::value const& body)
{
    auto read = from_json<GeneratorRequest>(body);
    if (!read) return Error{Errc::unprocessable, read.error().message};
    auto& request = *read;
    request.project_name = lower_case(request.project_name);
    if (!is_name(request.project_name)) {
        return wrong("project_name",
                     "'" + printable(request.project_name) +
                         "' is no id: use 1 to 100 of a-z, 0-9, '_', '-' and '.', not beginning with a dot");
    }
    request.seed = request.seed.value_or(default_seed(request.project_name));
    request.image_style = request.image_style.value_or("beautiful");
    if (*request.image_style != "beautiful" && *request.image_style != "plain") {
        return wrong("image_style", "'" + printable(*request.image_style) + "' is unknown: use beautiful or plain");
    }
    if (auto good = settle_numbers(request); !good) return good.error();
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
    return states;
}

} // namespace learning_loop

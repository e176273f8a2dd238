#include "learning_loop/server/images/written_annotations.h"

#include "learning_loop/http/api/exact_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <array>
#include <string_view>

namespace learning_loop {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> lists{"box_annotations", "point_annotations", "segmentation_annotations"};
constexpr std::string_view of_the_image = "classification_annotation";
constexpr std::array<std::string_view, 8> known{lists[0],   lists[1],   lists[2],    of_the_image,
                                                "image_id", "revision", "annotated", "annotated_by"};

void name_by_id(json::value& mark)
{
    auto* const object = mark.if_object();
    auto const* const id = object ? object->if_contains("category_id") : nullptr;
    bool const has_id = id && id->is_string() && !id->get_string().empty();
    if (has_id && !find_present(*object, "category_name")) (*object)["category_name"] = "";
}

} // namespace

Result<Annotations> read_written_annotations(json::value body)
{
    if (auto const good = http::refuse_other_keys(body, known); !good) return good.error();
    auto* const object = body.if_object();
    for (auto const key : lists) {
        auto* const value = object ? object->if_contains(key) : nullptr;
        auto* const marks = value ? value->if_array() : nullptr;
        if (!marks) continue;
        for (auto& mark : *marks) name_by_id(mark);
    }
    if (auto* const value = object ? object->if_contains(of_the_image) : nullptr) name_by_id(*value);
    return from_json<Annotations>(body);
}

} // namespace learning_loop

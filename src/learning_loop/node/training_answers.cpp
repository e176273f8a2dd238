#include "learning_loop/node/training_answers.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

#include <map>
#include <unordered_set>

namespace learning_loop {
namespace {

/// The list that stands under `key`. Null is returned as an error, too: an answer without it is no answer.
Result<boost::json::array*> list_in(boost::json::value& document, std::string_view key)
{
    auto* object = document.if_object();
    if (!object) return error_at({}, "expected an object");
    JsonPath const path(key);
    auto* value = object->if_contains({key.data(), key.size()});
    if (!value || value->is_null()) return missing_at(path);
    auto* list = value->if_array();
    if (!list) return error_at(path, "expected a list");
    return list;
}

bool has_category(boost::json::value const& annotation)
{
    auto const* object = annotation.if_object();
    auto const* id = object ? find_present(*object, "category_id") : nullptr;
    auto const* text = id ? id->if_string() : nullptr;
    return !object || (id && (!text || !text->empty())); // what is malformed otherwise is told later
}

void drop_annotations_without_category(boost::json::object& row)
{
    for (auto const* key : {"box_annotations", "point_annotations", "segmentation_annotations"}) {
        auto* value = row.if_contains(key);
        auto* list = value ? value->if_array() : nullptr;
        for (std::size_t i = list ? list->size() : 0; i-- > 0;) {
            if (!has_category((*list)[i])) list->erase(list->begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
    auto* whole = row.if_contains("classification_annotation");
    if (whole && !has_category(*whole)) *whole = nullptr;
}

/// Of which image a row tells; empty: it does not say.
std::string_view id_of(boost::json::value const& row)
{
    auto const* object = row.if_object();
    auto const* id = object ? find_present(*object, "id") : nullptr;
    auto const* text = id ? id->if_string() : nullptr;
    return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

} // namespace

Result<std::vector<std::string>> read_image_ids(std::string const& text)
{
    auto document = parse_json_with_odd_numbers(text, "images of the project");
    if (!document) return document.error();
    auto const list = list_in(*document, "image_ids");
    if (!list) return list.error();
    std::vector<std::string> ids;
    ids.reserve((*list)->size());
    std::unordered_set<std::string_view> seen; // views into the document
    std::size_t odd = 0;
    std::string first_odd;
    for (auto const& item : **list) {
        auto const* id = item.if_string();
        std::string_view const view = id ? std::string_view(id->data(), id->size()) : std::string_view();
        if (!is_uuid(view)) {
            if (odd++ == 0) first_odd = printable(id ? view : std::string_view(to_text(item)));
        } else if (seen.insert(view).second) {
            ids.emplace_back(view);
        }
    }
    if (odd > 0)
        log::warn("the Loop lists images whose ids are no UUIDs: they are left out count={} first={}", odd,
                  log::value(first_odd));
    return ids;
}

Result<std::vector<TrainingImage>> read_training_images(std::string const& text, std::vector<std::string> const& asked)
{
    auto document = parse_json_with_odd_numbers(text, "images");
    if (!document) return document.error();
    auto const list = list_in(*document, "images");
    if (!list) return list.error();
    std::map<std::string_view, std::size_t> row_of; // views into the document
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
        auto const id = id_of((**list)[i]);
        if (id.empty()) return error_at(JsonPath("images") / i / "id", "expected an image's id");
        row_of.emplace(id, i);
    }
    std::vector<TrainingImage> images;
    for (auto const& id : asked) {
        auto const row = row_of.find(id);
        if (row == row_of.end()) continue;
        auto& value = (**list)[row->second];
        drop_annotations_without_category(value.as_object());
        auto image = from_json<TrainingImage>(value, JsonPath("images") / row->second);
        if (!image) return image.error();
        images.push_back(std::move(*image));
    }
    return images;
}

} // namespace learning_loop

#include "learning_loop/server/images/uploaded_detections.h"

#include "learning_loop/json/json.h"
#include "learning_loop/server/images/image_ids.h"
#include "learning_loop/server/images/lenient_reader.h"

#include <unordered_map>

namespace learning_loop {
namespace {

Error wrong_detections(std::string const& what)
{
    return {Errc::unprocessable, what};
}

Result<std::string> image_id_in(boost::json::object const& item, std::string const& place)
{
    auto const* id = item.if_contains("image_id");
    if (!id || !id->is_string()) return wrong_detections(place + ".image_id: is missing, or no text");
    auto const& text = id->get_string();
    auto const checked = checked_image_ids({std::string(text.data(), text.size())}, place + ".image_id", 1);
    if (!checked) return checked.error();
    return checked->front();
}

/// The first item of that image, or a new one.
store::FoundInImage& item_of(std::vector<store::FoundInImage>& items,
                             std::unordered_map<std::string, std::size_t>& places, std::string const& id)
{
    auto const [place, is_first] = places.emplace(id, items.size());
    if (is_first) items.emplace_back().detections.image_id = id;
    return items[place->second];
}

} // namespace

Result<std::vector<store::FoundInImage>> read_uploaded_detections(std::string_view body)
{
    auto const json = parse_json_with_odd_numbers(body, "the body");
    if (!json) return wrong_detections(json.error().message);
    auto const* list = json->if_array();
    if (!list) return wrong_detections("the body: expected a list");
    std::vector<store::FoundInImage> items;
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < list->size(); ++i) {
        auto const place = "[" + std::to_string(i) + "]";
        auto const* object = (*list)[i].if_object();
        if (!object) return wrong_detections(place + ": expected an object");
        auto const id = image_id_in(*object, place);
        if (!id) return id.error();
        auto& [item, remarks] = item_of(items, places, *id);
        LenientReader reader(*object, remarks);
        reader.read_detections(item);
    }
    return items;
}

} // namespace learning_loop

#include "learning_loop/data/model_information.h"

#include "learning_loop/json/every_field_is_described.h"
#include "learning_loop/data/context.h"

namespace learning_loop {

static_assert(every_field_is_described<Category> && every_field_is_described<Context> &&
              every_field_is_described<ModelInformation>);

template boost::json::value to_json(ModelInformation const&);
template Result<ModelInformation> from_json(boost::json::value const&, JsonPath const&, Reading);

boost::json::object model_json_of(ModelInformation const& model, std::string_view format)
{
    auto json = object_of(model);
    json.stable_erase("model_root_path"); // of this machine only
    json["format"] = boost::json::string_view(format.data(), format.size());
    return json;
}

} // namespace learning_loop

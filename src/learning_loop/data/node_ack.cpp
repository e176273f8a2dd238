#include "learning_loop/data/node_ack.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

namespace learning_loop {

template JsonType const& json_type<NodeAck>();

namespace {

std::optional<std::string> text_in(boost::json::object const& object, std::string_view key)
{
    auto const* value = object.if_contains(key);
    if (!value || value->is_null()) return std::nullopt;
    if (auto const* text = value->if_string()) return std::string(*text);
    return to_text(*value);
}

} // namespace

NodeAck failed_ack(Error const& error)
{
    return {false, error.message, nullptr};
}

NodeAck read_node_ack(boost::json::array const& arguments)
{
    if (arguments.empty() || arguments.front().is_null())
        return {false, "no answer: the other side does not know this event, or failed", nullptr};
    auto const& value = arguments.front();
    if (auto const* success = value.if_bool()) return {*success, {}, nullptr};
    if (value.is_string()) return {true, {}, value};
    auto const* object = value.if_object();
    if (!object) return {false, "the answer cannot be read: " + printable(to_text(value)), nullptr};
    auto const* success = object->if_contains("success");
    auto const* payload = object->if_contains("payload");
    return {success && success->is_bool() && success->get_bool(), text_in(*object, "error_msg"),
            payload ? *payload : boost::json::value()};
}

} // namespace learning_loop

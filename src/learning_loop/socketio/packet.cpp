#include "learning_loop/socketio/packet.h"

#include "learning_loop/json/json.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace learning_loop::socketio {
namespace json = boost::json;
namespace {

constexpr std::size_t max_namespace_length = 256;
constexpr std::uint64_t max_ack_id = (1ULL << 53U) - 1; // beyond it JavaScript's numbers have gaps
constexpr std::size_t binary_offset = 3;                // binary event and binary ack are types of their own

/// Peers use these names for events of their own.
constexpr std::string_view reserved_events[] = {"connect",       "connect_error", "disconnect",
                                                "disconnecting", "newListener",   "removeListener"};

/// The text message of a packet.
struct Head {
    Packet packet;
    bool is_binary = false;
    std::size_t attachments = 0;
};

Error malformed(std::string what)
{
    return {Errc::invalid_argument, "Socket.IO: " + std::move(what)};
}

std::string_view view_of(json::string const& text)
{
    return {text.data(), text.size()};
}

/// Counts the placeholders of each number. Returns false if a number is out of range.
bool count_placeholders(json::value const& value, std::vector<std::size_t>& counts)
{
    if (auto const num = number_of_placeholder(value)) {
        if (*num >= counts.size()) return false;
        ++counts[*num];
        return true;
    }
    auto const inside = [&](json::value const& one) { return count_placeholders(one, counts); };
    if (auto const* list = value.if_array()) return std::all_of(list->begin(), list->end(), inside);
    if (auto const* object = value.if_object())
        return std::all_of(object->begin(), object->end(), [&](auto const& member) { return inside(member.value()); });
    return true;
}

/// Whether each attachment has one placeholder, and each placeholder an attachment.
bool placeholders_match(Head const& head)
{
    std::vector<std::size_t> counts(head.attachments);
    return count_placeholders(head.packet.data, counts) &&
           std::all_of(counts.begin(), counts.end(), [](auto count) { return count == 1; });
}

/// Takes a number from the front. Returns nullopt if there is none, or if it is larger than `max`.
std::optional<std::uint64_t> take_number(std::string_view& text, std::uint64_t max)
{
    std::uint64_t number = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || number > max) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// Takes the type and, of a binary packet, the number of attachments from the front.
Result<void> take_type(std::string_view& text, std::size_t max_attachments, Head& head)
{
    if (text.empty() || text.front() < '0' || text.front() > '6')
        return malformed("a packet is of no type from 0 to 6");
    auto const type = static_cast<std::size_t>(text.front() - '0');
    text.remove_prefix(1);
    head.is_binary = type > static_cast<std::size_t>(PacketType::connect_error);
    head.packet.type = static_cast<PacketType>(head.is_binary ? type - binary_offset : type);
    if (!head.is_binary) return {};
    auto const count = take_number(text, max_attachments);
    if (!count || !text.starts_with('-'))
        return malformed("a binary packet does not begin with a number of attachments up to " +
                         std::to_string(max_attachments));
    text.remove_prefix(1);
    head.attachments = *count;
    return {};
}

Result<void> take_namespace(std::string_view& text, Packet& packet)
{
    if (!text.starts_with('/')) return {};
    auto const end = std::min(text.find(','), text.size());
    if (end > max_namespace_length) return malformed("the name of a namespace is too long");
    packet.nsp = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return {};
}

Result<void> take_ack_id(std::string_view& text, Packet& packet)
{
    if (text.empty() || text.front() < '0' || text.front() > '9') return {};
    packet.ack_id = take_number(text, max_ack_id);
    if (!packet.ack_id) return malformed("an ack id is beyond 2^53 - 1");
    return {};
}

Result<void> check_event(json::value const& data)
{
    auto const* list = data.if_array();
    if (!list || list->empty() || !list->front().is_string())
        return malformed("the data of an event is no list that begins with its name");
    auto const name = view_of(list->front().get_string());
    if (std::find(std::begin(reserved_events), std::end(reserved_events), name) != std::end(reserved_events))
        return malformed("an event may not be called '" + std::string(name) + "'");
    return {};
}

Result<void> check_data(Packet const& packet, bool has_data)
{
    switch (packet.type) {
    case PacketType::connect:
        if (has_data && !packet.data.is_object()) return malformed("the data of a CONNECT is no object");
        return {};
    case PacketType::disconnect:
        if (has_data) return malformed("a DISCONNECT has no data");
        return {};
    case PacketType::connect_error:
        if (has_data && !packet.data.is_object() && !packet.data.is_string())
            return malformed("the data of a CONNECT_ERROR is no object and no text");
        return {};
    case PacketType::ack:
        if (!packet.data.is_array()) return malformed("the data of an ack is no list");
        if (!packet.ack_id) return malformed("an ack has no id");
        return {};
    case PacketType::event: break;
    }
    return check_event(packet.data);
}

Result<void> read_data(std::string_view text, Packet& packet)
{
    if (!text.empty()) {
        auto data = parse_json(text, "the data of a packet");
        if (!data) return data.error();
        packet.data = std::move(*data);
    }
    return check_data(packet, !text.empty());
}

Result<Head> read_head(std::string_view text, PacketLimits const& limits)
{
    if (text.size() > limits.max_text_bytes)
        return Error{Errc::too_large,
                     "Socket.IO: a packet's text is longer than " + std::to_string(limits.max_text_bytes) + " bytes"};
    Head head;
    if (auto const taken = take_type(text, limits.max_attachments, head); !taken) return taken.error();
    if (auto const taken = take_namespace(text, head.packet); !taken) return taken.error();
    if (auto const taken = take_ack_id(text, head.packet); !taken) return taken.error();
    if (auto const read = read_data(text, head.packet); !read) return read.error();
    if (head.is_binary && !placeholders_match(head))
        return malformed("attachments and their placeholders do not match");
    return head;
}

} // namespace

json::value placeholder(std::size_t num)
{
    return {{"_placeholder", true}, {"num", static_cast<std::int64_t>(num)}}; // as it is read
}

std::optional<std::size_t> number_of_placeholder(json::value const& value)
{
    auto const* object = value.if_object();
    if (!object) return std::nullopt;
    auto const* mark = object->if_contains("_placeholder");
    if (!mark || !mark->is_bool() || !mark->get_bool()) return std::nullopt;
    auto const* num = object->if_contains("num");
    return num && num->is_int64() && num->get_int64() >= 0 ? static_cast<std::size_t>(num->get_int64())
                                                           : static_cast<std::size_t>(-1);
}

std::vector<engineio::Message> messages_of(Packet const& packet)
{
    bool const is_binary = !packet.attachments.empty();
    auto text = std::to_string(static_cast<std::size_t>(packet.type) + (is_binary ? binary_offset : 0));
    if (is_binary) text += std::to_string(packet.attachments.size()) + "-";
    if (packet.nsp != "/") text += packet.nsp + ",";
    if (packet.ack_id) text += std::to_string(*packet.ack_id);
    if (!packet.data.is_null()) text += to_text(packet.data);
    std::vector<engineio::Message> messages;
    messages.reserve(1 + packet.attachments.size());
    messages.push_back({false, Bytes(std::move(text))});
    for (auto const& bytes : packet.attachments) messages.push_back({true, bytes});
    return messages;
}

Packet event_packet(std::string nsp, std::string_view name, Arguments arguments, std::optional<std::uint64_t> ack_id)
{
    Packet packet{PacketType::event, std::move(nsp), ack_id, {}, std::move(arguments.attachments), 0};
    auto list = std::move(arguments.values);
    list.insert(list.begin(), json::value(json::string_view(name.data(), name.size())));
    packet.data = std::move(list);
    return packet;
}

Packet ack_packet(std::string nsp, std::uint64_t ack_id, Arguments arguments)
{
    return {PacketType::ack, std::move(nsp), ack_id, std::move(arguments.values), std::move(arguments.attachments), 0};
}

Result<std::optional<Packet>> PacketReader::read(engineio::Message message)
{
    if (message.is_binary) return attach(std::move(message.bytes));
    if (waiting_) {
        waiting_.reset();
        return malformed("a text came where an attachment was due");
    }
    auto head = read_head(message.bytes.view(), limits_);
    if (!head) return head.error();
    head->packet.text_bytes = message.bytes.size();
    if (head->attachments == 0) return std::optional(std::move(head->packet));
    waiting_ = std::move(head->packet);
    missing_ = head->attachments;
    bytes_ = 0;
    return std::optional<Packet>();
}

Result<std::optional<Packet>> PacketReader::attach(Bytes bytes)
{
    if (!waiting_) return malformed("bytes came that no packet announced");
    bytes_ += bytes.size();
    if (bytes_ > limits_.max_attachment_bytes) {
        waiting_.reset();
        return Error{Errc::too_large, "Socket.IO: the attachments of a packet are longer than " +
                                          std::to_string(limits_.max_attachment_bytes) + " bytes"};
    }
    waiting_->attachments.push_back(std::move(bytes));
    if (--missing_ > 0) return std::optional<Packet>();
    return std::exchange(waiting_, std::nullopt);
}

} // namespace learning_loop::socketio

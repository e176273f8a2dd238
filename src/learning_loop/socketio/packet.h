#pragma once

#include "learning_loop/socketio/engineio/packet.h"
#include "learning_loop/socketio/arguments.h"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Socket.IO, protocol 5 (github.com/socketio/socket.io-protocol), which rides on Engine.IO: a packet is a text message,
// `<type>[<attachments>-][<namespace>,][<ack id>][<JSON>]`, and a binary message for each of its attachments.

namespace learning_loop::socketio {

/// Whether an event or an ack is written as binary follows from its attachments.
enum class PacketType { connect, disconnect, event, ack, connect_error };

struct Packet {
    PacketType type = PacketType::event;
    std::string nsp = "/";               ///< The namespace.
    std::optional<std::uint64_t> ack_id; ///< Of an event: an ack is wanted. Of an ack: the event's.
    boost::json::value data;        ///< null: none. Of an event: a list of its name and arguments; of an ack: a list.
    std::vector<Bytes> attachments; ///< By the numbers of their placeholders in the data.
    std::size_t text_bytes = 0;     ///< Of the text that it was read from.
};

/// The messages of a packet, to be sent in this order with nothing between them.
std::vector<engineio::Message> messages_of(Packet const& packet);

Packet event_packet(std::string nsp, std::string_view name, Arguments arguments,
                    std::optional<std::uint64_t> ack_id = {});
Packet ack_packet(std::string nsp, std::uint64_t ack_id, Arguments arguments);

/// What a peer may send in one packet.
struct PacketLimits {
    std::size_t max_text_bytes = 4u << 20; ///< Of its JSON, which takes some ten times as much memory.
    std::size_t max_attachments = 64;
    std::size_t max_attachment_bytes = 64u << 20; ///< Of all attachments of one packet together.
};

/// Puts the packets of one connection together again.
class PacketReader {
public:
    explicit PacketReader(PacketLimits limits = {}) : limits_(limits) {}

    /// The packet that is whole with this message, or none yet. invalid_argument, too_large: this is no Socket.IO; what
    /// was gathered is let go, and nothing more may be read.
    Result<std::optional<Packet>> read(engineio::Message message);

    bool waits_for_attachments() const { return waiting_.has_value(); }

private:
    Result<std::optional<Packet>> attach(Bytes bytes);

    PacketLimits limits_;
    std::optional<Packet> waiting_; ///< A packet whose attachments are not all there.
    std::size_t missing_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace learning_loop::socketio

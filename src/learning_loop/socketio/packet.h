#pragma once

#include "learning_loop/socketio/arguments.h"
#include "learning_loop/socketio/engineio/packet.h"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Socket.IO, protocol 5 (github.com/socketio/socket.io-protocol), on top of Engine.IO: a packet is a text message,
// `<type>[<attachments>-][<namespace>,][<ack id>][<JSON>]`, and a binary message for each of its attachments.

namespace learning_loop::socketio {

/// An event or an ack with attachments is written as binary.
enum class PacketType { connect, disconnect, event, ack, connect_error };

struct Packet {
    PacketType type = PacketType::event;
    std::string nsp = "/";               ///< The namespace.
    std::optional<std::uint64_t> ack_id; ///< Of an event: the peer wants an ack. Of an ack: the id of its event.
    boost::json::value data;             ///< null if there is none. An event has a list of its name and arguments.
    std::vector<Bytes> attachments;      ///< By the numbers of their placeholders in the data.
    std::size_t text_bytes = 0;          ///< Of the text that it was read from.
};

/// The messages of a packet. They must be sent in this order with nothing between them.
std::vector<engineio::Message> messages_of(Packet const& packet);

Packet event_packet(std::string nsp, std::string_view name, Arguments arguments,
                    std::optional<std::uint64_t> ack_id = {});
Packet ack_packet(std::string nsp, std::uint64_t ack_id, Arguments arguments);

/// What a peer may send in one packet.
struct PacketLimits {
    std::size_t max_text_bytes = 4u << 20; ///< Of its text. Its JSON takes about ten times as much memory.
    std::size_t max_attachments = 64;
    std::size_t max_attachment_bytes = 64u << 20; ///< Of all attachments of one packet together.
};

/// Puts the packets of one connection together from its messages.
class PacketReader {
public:
    explicit PacketReader(PacketLimits limits = {}) : limits_(limits) {}

    /// Returns the packet that this message completes, or nullopt if attachments are missing. Errors: invalid_argument
    /// or too_large if this is not valid Socket.IO: the incomplete packet is dropped, and nothing more may be read.
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

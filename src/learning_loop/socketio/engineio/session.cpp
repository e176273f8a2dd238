#include "learning_loop/socketio/engineio/session.h"

#include <utility>

namespace learning_loop::engineio {
namespace {

constexpr std::size_t max_packets = 16;

} // namespace

TakenPayload take_payload(std::deque<Packet>& queue, std::size_t max_bytes)
{
    TakenPayload taken;
    std::vector<Packet> packets;
    std::size_t bytes = 0;
    while (!queue.empty() && packets.size() < max_packets) {
        auto const next_bytes = bytes_in_payload(queue.front()) + (packets.empty() ? 0U : 1U);
        if (!packets.empty() && bytes + next_bytes > max_bytes) break;
        bytes += next_bytes;
        taken.memory_bytes += bytes_in_memory(queue.front().data.bytes.size());
        packets.push_back(std::move(queue.front()));
        queue.pop_front();
    }
    taken.payload = payload_of(packets);
    return taken;
}

} // namespace learning_loop::engineio

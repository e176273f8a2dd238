#include "learning_loop/net/socketio/session.h"

#include <utility>

namespace learning_loop::socketio {
namespace {

// As for the body of a request, see http::Deadlines.
constexpr std::chrono::seconds most_stall{20};
constexpr std::size_t least_bytes_per_second = 500;

} // namespace

void AttachmentWatch::update(bool waits, Time now)
{
    if (waits && !waits_) {
        since_ = now;
        bytes_ = 0;
    }
    waits_ = waits;
}

bool AttachmentWatch::is_late(Time now) const
{
    if (!waits_ || now - since_ < most_stall) return false;
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(now - since_).count();
    return bytes_ < least_bytes_per_second * static_cast<std::size_t>(seconds);
}

Time AttachmentWatch::next_time() const
{
    if (!waits_) return Time::max();
    auto const good_for = std::chrono::seconds(bytes_ / least_bytes_per_second + 1);
    return since_ + std::max<std::chrono::seconds>(most_stall, good_for);
}

Event event_of(Packet packet)
{
    auto& list = packet.data.as_array();
    std::string name(list.front().as_string());
    list.erase(list.begin());
    return {std::move(packet.nsp), std::move(name), {std::move(list), std::move(packet.attachments)}, packet.ack_id};
}

Answer answer_of(Packet packet)
{
    return {std::move(packet.nsp),
            packet.ack_id.value(),
            {std::move(packet.data.as_array()), std::move(packet.attachments)}};
}

} // namespace learning_loop::socketio

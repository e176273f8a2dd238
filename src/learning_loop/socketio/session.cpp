#include "learning_loop/socketio/session.h"

#include <utility>

namespace learning_loop::socketio {
namespace {

// As for the body of a request, see http::Deadlines.
constexpr std::chrono::seconds between_checks{20};
constexpr std::size_t min_bytes_per_second = 500;
constexpr std::chrono::minutes max_wait{10}; // 64 MiB take minutes over a slow link

} // namespace

void AttachmentWatch::update(bool waits, Time now)
{
    if (waits && !waits_) {
        since_ = last_check_ = now;
        bytes_ = 0;
    }
    waits_ = waits;
}

bool AttachmentWatch::is_late(Time now)
{
    if (!waits_ || now < next_time()) return false;
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(now - last_check_).count();
    last_check_ = now;
    return std::exchange(bytes_, 0) < min_bytes_per_second * static_cast<std::size_t>(seconds) ||
           now - since_ > max_wait;
}

Time AttachmentWatch::next_time() const
{
    return waits_ ? last_check_ + between_checks : Time::max();
}

Event event_of(Packet packet)
{
    constexpr std::size_t times_in_memory = 10; // JSON values take more memory than their text
    auto bytes = times_in_memory * packet.text_bytes;
    for (auto const& attachment : packet.attachments) bytes += attachment.size();
    auto& list = packet.data.as_array();
    std::string name(list.front().as_string());
    list.erase(list.begin());
    Arguments arguments{std::move(list), std::move(packet.attachments)};
    return {std::move(packet.nsp), std::move(name), std::move(arguments), packet.ack_id, bytes};
}

Answer answer_of(Packet packet)
{
    return {std::move(packet.nsp),
            packet.ack_id.value(),
            {std::move(packet.data.as_array()), std::move(packet.attachments)}};
}

} // namespace learning_loop::socketio

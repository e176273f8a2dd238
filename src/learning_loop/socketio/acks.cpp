#include "learning_loop/socketio/acks.h"

#include "learning_loop/async/running_task.h"

#include <optional>

namespace learning_loop::socketio {

struct Acks::Pending {
    explicit Pending(boost::asio::any_io_executor const& executor) : over(executor) {}

    void fail()
    {
        is_lost = true;
        over.wake();
    }

    std::optional<Arguments> answer;
    bool is_lost = false;
    Pause over;
};

Task<Result<Arguments>> Acks::wait(std::string nsp, std::uint64_t id, std::string event,
                                   std::chrono::milliseconds timeout)
{
    struct Entry { // leaves the map also when this coroutine is cancelled
        std::map<Key, std::shared_ptr<Pending>>& map;
        Key key;
        ~Entry() { map.erase(key); }
    };
    auto const pending = std::make_shared<Pending>(executor_);
    Entry const entry{pending_, {std::move(nsp), id}};
    pending_.insert_or_assign(entry.key, pending);
    about_to_wait_for("an ack");
    co_await pending->over.sleep(timeout);
    if (pending->answer) co_return std::move(*pending->answer);
    if (pending->is_lost) co_return Error{Errc::unavailable, event + ": the connection was lost before the ack came"};
    co_return Error{Errc::unavailable, event + ": no ack within " + std::to_string(timeout.count()) + " ms"};
}

void Acks::receive(Answer answer)
{
    auto const found = pending_.find({std::move(answer.nsp), answer.ack_id});
    if (found == pending_.end() || found->second->answer) return;
    found->second->answer = std::move(answer.arguments);
    found->second->over.wake();
}

void Acks::fail_all()
{
    for (auto const& [key, pending] : pending_) pending->fail();
}

void Acks::fail_all(std::string const& nsp)
{
    for (auto const& [key, pending] : pending_) {
        if (key.first == nsp) pending->fail();
    }
}

Error not_connected(std::string const& event)
{
    return {Errc::unavailable, event + ": there is no connection"};
}

} // namespace learning_loop::socketio

// A client and a server of Engine.IO, and what is between them in any order that the input tells, a byte for each step:
// no message is lost, doubled or overtaken, whatever the upgrade meets.
#include "learning_loop/socketio/engineio/client_session.h"
#include "learning_loop/socketio/engineio/server_session.h"

#include "target.h"

#include <array>
#include <deque>
#include <optional>

namespace learning_loop::engineio {
namespace {

using fuzz::require;
using namespace std::chrono_literals;

Message frame_of(Packet const& packet)
{
    if (packet.data.is_binary) return packet.data;
    return {false, Bytes(static_cast<char>(packet.type) + std::string(packet.data.bytes.view()))};
}

/// What one side has sent and the other has not got yet.
class Due {
public:
    /// The next message: a number, every third time as bytes.
    Message next()
    {
        Message const message{sent_ % 3 == 0, Bytes(std::to_string(sent_))};
        ++sent_;
        due_.push_back(message);
        return message;
    }
    void arrives(Message const& message)
    {
        require(!due_.empty() && due_.front() == message, "messages come once, in their order");
        due_.pop_front();
    }
    bool is_over() const { return due_.empty(); }

private:
    std::size_t sent_ = 0;
    std::deque<Message> due_;
};

class Pair {
public:
    Pair()
    {
        to_client_answer_ = payload_of(std::array{server_.opening()});
        answer_arrives();
    }

    void step(std::uint8_t what)
    {
        switch (what) {
        case 0: return follow(client_.send({to_server_.next()}));
        case 1: return follow(server_.send({to_client_.next()}));
        case 2: return poll_arrives();
        case 3: return answer_arrives();
        case 4: return post_arrives();
        case 5: return posted_arrives();
        case 6: return websocket_opens();
        case 7: return frame_arrives_at_server();
        case 8: return frame_arrives_at_client();
        default: return time_passes(1ms);
        }
    }

    /// Lets everything arrive.
    void settle()
    {
        for (int round = 0; round < 10'000 && !is_settled(); ++round) {
            for (std::uint8_t what = 2; what < 9; ++what) step(what);
            time_passes(10ms);
        }
        require(is_settled(), "every message arrives, over the WebSocket at last");
    }

private:
    static SessionOptions server_options() { return {.ping_interval = 100ms, .ping_timeout = 1h, .max_payload = 40}; }
    static ClientSessionOptions client_options() { return {.first = Transport::polling}; }

    bool is_settled() const
    {
        return to_server_.is_over() && to_client_.is_over() && server_.transport() == Transport::websocket;
    }

    void poll_arrives()
    {
        if (std::exchange(poll_is_asked_, false)) follow(server_.on_poll(now_));
    }
    void answer_arrives()
    {
        if (auto answer = std::exchange(to_client_answer_, std::nullopt))
            follow(client_.on_poll_answer(Bytes(std::move(*answer)), now_));
    }
    void post_arrives()
    {
        if (!post_) return;
        follow(server_.on_post(Bytes(*std::exchange(post_, std::nullopt)), now_));
        is_posted_ = true;
    }
    void posted_arrives()
    {
        if (std::exchange(is_posted_, false)) follow(client_.on_posted());
    }
    void websocket_opens()
    {
        if (!std::exchange(probe_is_asked_, false)) return;
        follow(server_.on_websocket(now_));
        follow(client_.on_probe_open());
    }
    void frame_arrives_at_server()
    {
        if (frames_to_server_.empty()) return;
        auto const packet = std::move(frames_to_server_.front());
        frames_to_server_.pop_front();
        client_.on_sent(packet.data.bytes.size());
        bool const has_turned = server_.transport() == Transport::websocket;
        follow(has_turned ? server_.on_frame(frame_of(packet), now_) : server_.on_probe_frame(frame_of(packet), now_));
    }
    void frame_arrives_at_client()
    {
        if (frames_to_client_.empty()) return;
        auto const packet = std::move(frames_to_client_.front());
        frames_to_client_.pop_front();
        server_.on_sent(packet.data.bytes.size());
        follow(client_has_turned_ ? client_.on_frame(frame_of(packet), now_)
                                  : client_.on_probe_frame(frame_of(packet)));
    }
    void time_passes(std::chrono::milliseconds time)
    {
        now_ += time;
        if (server_.next_time() <= now_) follow(server_.on_time(now_));
    }

    void follow(ServerActions actions)
    {
        for (auto const& action : actions) {
            if (auto const* came = std::get_if<Deliver>(&action)) to_server_.arrives(came->message);
            else if (auto const* answer = std::get_if<AnswerPoll>(&action)) {
                require(!to_client_answer_, "a poll is answered once");
                to_client_answer_ = answer->payload;
            } else if (auto const* send = std::get_if<Send>(&action)) frames_to_client_.push_back(send->packet);
            else if (auto const* probe = std::get_if<SendProbe>(&action)) frames_to_client_.push_back(probe->packet);
            else require(std::holds_alternative<Promote>(action), "the server is content with the client");
        }
    }

    void follow(ClientActions actions)
    {
        for (auto const& action : actions) {
            if (auto const* came = std::get_if<Deliver>(&action)) to_client_.arrives(came->message);
            else if (auto const* post = std::get_if<Post>(&action)) {
                require(!post_ && !is_posted_, "one post at a time");
                post_ = post->payload;
            } else if (auto const* send = std::get_if<Send>(&action)) frames_to_server_.push_back(send->packet);
            else if (auto const* probe = std::get_if<SendProbe>(&action)) frames_to_server_.push_back(probe->packet);
            else if (std::holds_alternative<StartPoll>(action))
                require(!std::exchange(poll_is_asked_, true), "one poll at a time");
            else if (std::holds_alternative<OpenProbe>(action)) probe_is_asked_ = true;
            else if (std::holds_alternative<Promote>(action)) client_has_turned_ = true;
            else require(std::holds_alternative<Opened>(action), "the client is content with the server");
        }
    }

    Time now_ = Time() + 1000h;
    ServerSession server_{"sid", Transport::polling, server_options(), now_};
    ClientSession client_{client_options(), now_};
    Due to_server_, to_client_;
    bool poll_is_asked_ = false;
    std::optional<std::string> to_client_answer_;
    std::optional<std::string> post_;
    bool is_posted_ = false;
    bool probe_is_asked_ = false;
    bool client_has_turned_ = false;
    std::deque<Packet> frames_to_server_, frames_to_client_;
};

} // namespace
} // namespace learning_loop::engineio

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    learning_loop::engineio::Pair pair;
    for (auto const* step = data; step != data + size; ++step)
        pair.step(static_cast<std::uint8_t>((*step + 2) % 10)); // so that the digit 0 is step 0
    pair.settle();
    return 0;
}

#pragma once

#include "learning_loop/socketio/engineio/client_session.h"
#include "learning_loop/socketio/engineio/server_session.h"

#include <algorithm>
#include <string>

namespace learning_loop::engineio {

/// What an action is, in a word and what it carries.
struct Told {
    std::string operator()(Opened const&) const { return "opened"; }
    std::string operator()(Deliver const& one) const { return "deliver " + text_of(one.message); }
    std::string operator()(StartPoll const& one) const
    {
        return one.after.count() == 0 ? "poll" : "poll in " + std::to_string(one.after.count()) + " ms";
    }
    std::string operator()(Post const& one) const { return "post " + one.payload; }
    std::string operator()(AnswerPoll const& one) const { return "answer " + one.payload; }
    std::string operator()(Refuse const& one) const { return "refuse: " + one.why; }
    std::string operator()(Send const& one) const { return "send " + text_of(one.packet); }
    std::string operator()(OpenProbe const&) const { return "open probe"; }
    std::string operator()(SendProbe const& one) const { return "send to probe " + text_of(one.packet); }
    std::string operator()(Promote const&) const { return "promote"; }
    std::string operator()(DropProbe const& one) const { return "drop probe: " + one.why; }
    std::string operator()(End const& one) const
    {
        return "end " + std::to_string(static_cast<int>(one.code)) + ": " + one.why;
    }

private:
    static std::string text_of(Message const& message)
    {
        return (message.is_binary ? "bytes " : "") + std::string(message.bytes.view());
    }
    static std::string text_of(Packet const& packet)
    {
        return (packet.data.is_binary ? "" : std::string(1, static_cast<char>(packet.type))) + text_of(packet.data);
    }
};

/// `first, second`; a separator within a payload is shown as `|`.
template <class Actions>
std::string told(Actions const& actions)
{
    std::string text;
    for (auto const& action : actions) text += (text.empty() ? "" : ", ") + std::visit(Told(), action);
    std::replace(text.begin(), text.end(), '\x1e', '|');
    return text;
}

inline Message text(std::string text)
{
    return {false, Bytes(std::move(text))};
}

inline Message bytes(std::string bytes)
{
    return {true, Bytes(std::move(bytes))};
}

/// With `|` for its separators.
inline Bytes payload(std::string text)
{
    std::replace(text.begin(), text.end(), '|', '\x1e');
    return Bytes(std::move(text));
}

} // namespace learning_loop::engineio

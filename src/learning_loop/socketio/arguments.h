#pragma once

#include "learning_loop/base/bytes.h"
#include "learning_loop/json/reflect.h"

#include <boost/json/array.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace learning_loop::socketio {

/// A field of a described struct that stands for bytes. JSON cannot hold bytes, so they travel beside it, and this is
/// their number. Arguments::bytes_of returns the bytes.
struct Attachment {
    std::size_t num = 0;
};

/// `{"_placeholder": true, "num": 0}`
boost::json::value placeholder(std::size_t num);

/// The number in such an object. Returns nullopt if the value is not a placeholder; a placeholder without a valid
/// number has one that is out of every range.
std::optional<std::size_t> number_of_placeholder(boost::json::value const& value);

/// What an event or an ack carries.
struct Arguments {
    boost::json::array values; ///< With a placeholder in each place where bytes belong.
    std::vector<Bytes> attachments;

    template <class... T>
    static Arguments of(T const&... values)
    {
        Arguments arguments;
        (arguments.add(values), ...);
        return arguments;
    }

    template <class T>
    void add(T const& value)
    {
        values.push_back(to_json(value));
    }
    void add(Bytes const& bytes)
    {
        values.push_back(placeholder(attachments.size()));
        attachments.push_back(bytes);
    }

    /// Returns nullptr if the peer did not send these bytes.
    Bytes const* bytes_of(Attachment attachment) const
    {
        return attachment.num < attachments.size() ? &attachments[attachment.num] : nullptr;
    }
};

} // namespace learning_loop::socketio

template <>
struct learning_loop::JsonForm<learning_loop::socketio::Attachment> {
    static boost::json::value to_json(socketio::Attachment attachment) { return socketio::placeholder(attachment.num); }
    static Result<socketio::Attachment> from_json(boost::json::value const& value, JsonPath const& path)
    {
        auto const num = socketio::number_of_placeholder(value);
        if (!num) return error_at(path, "expected bytes");
        return socketio::Attachment{*num};
    }
};

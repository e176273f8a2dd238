#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/http/body_budget.h"
#include "learning_loop/http/caller.h"
#include "learning_loop/http/upload.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace learning_loop::http {

/// Header names and values in the order they came. The case of names does not matter.
class Headers {
public:
    using List = std::vector<std::pair<std::string, std::string>>;

    Headers() = default;
    Headers(std::initializer_list<List::value_type> list) : list_(list) {}

    void reserve(std::size_t count) { list_.reserve(count); }
    void add(std::string name, std::string value) { list_.emplace_back(std::move(name), std::move(value)); }
    std::optional<std::string_view> find(std::string_view name) const; ///< The first one of that name.
    List const& all() const { return list_; }

private:
    List list_;
};

/// A request as its handler gets it: whole, within the route's limits, and decoded.
struct Request {
    std::string method;
    std::string path;                                             ///< Decoded; never empty.
    std::vector<std::pair<std::string, std::string>> query;       ///< Decoded.
    std::vector<std::pair<std::string, std::string>> path_params; ///< By their `{names}` in the route's pattern.
    Headers headers;
    std::string body;                                ///< Empty if the route takes an upload.
    Upload upload;                                   ///< The parts of the multipart body, if the route takes an upload.
    std::string id;                                  ///< Stands in the log and in the answer's header X-Request-Id.
    std::optional<BodyBudget> budget = std::nullopt; ///< The sender's, for what is kept longer than the answer takes.
    Sender sender{};                                 ///< Told by the server.
    Caller caller{};                                 ///< Told by the router's doorkeeper; without one: nobody.

    std::string const&
    path_param(std::string_view name) const; ///< Throws std::logic_error if the pattern has no such name.
    std::optional<std::string_view> query_value(std::string_view name) const;
    std::string_view content_type() const;
    std::optional<std::string> cookie(std::string_view name) const; ///< A value of the header Cookie.
    std::optional<std::string_view> bearer_token() const;           ///< Of `Authorization: Bearer <token>`.
};

/// A file as an answer's body. It is sent in pieces, and in part if the client asks for a range. It is opened before
/// the first byte is sent, so it may be replaced or removed meanwhile.
struct FileBody {
    std::filesystem::path file;
    std::string etag; ///< Quoted. Empty: it is made from the file's size and time.
};

/// A body that is made while it is sent: each call returns the next piece, and an empty one at the end. If a call
/// throws, the connection breaks off, so that the client notices that something is missing.
struct StreamBody {
    std::function<Task<std::string>()> next;
};

class WebSocket;

/// The connection becomes a WebSocket, which `run` uses until it returns. Only as the answer to a request for one.
struct WebSocketBody {
    std::size_t max_message_bytes = 0;
    std::function<Task<>(std::shared_ptr<WebSocket>)> run; // shared: by the tasks that read and write
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    Headers headers;
    std::variant<std::string, FileBody, StreamBody, WebSocketBody> body;
};

Response json_response(boost::json::value const& value, int status = 200);
Response text_response(std::string text, int status = 200);
Response redirect_response(std::string location); ///< 303: the client asks there with GET.
Response html_response(std::string html);         ///< A page without scripts that loads only from this server.

/// A page whose scripts, data and pictures come from this server alone; pictures may also be made of its data. Nothing
/// that is written in the page itself runs, and its forms are sent nowhere.
Response scripted_html_response(std::string html);

template <class T>
Response json_of_struct(T const& value)
{
    return json_response(to_json(value));
}

/// The answer that tells of an error, with the status that fits it: `{"detail": message}` or, if a fault tells where a
/// wrong value came from, `{"detail": [{"type", "loc", "msg", "input"}]}`, which peers know from FastAPI. Has
/// `Retry-After` if the client should try again later.
Response error_response(Error const& error);
Response error_response(int status, std::string_view message);

} // namespace learning_loop::http

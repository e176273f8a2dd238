#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"
#include "learning_loop/http/body_budget.h"
#include "learning_loop/http/upload.h"

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

/// Names and values in the order they came. Names compare without regard to case.
class Headers {
public:
    using List = std::vector<std::pair<std::string, std::string>>;

    Headers() = default;
    Headers(std::initializer_list<List::value_type> list) : list_(list) {}

    void reserve(std::size_t count) { list_.reserve(count); }
    void add(std::string name, std::string value) { list_.emplace_back(std::move(name), std::move(value)); }
    std::optional<std::string_view> find(std::string_view name) const; ///< The first of that name.
    List const& all() const { return list_; }

private:
    List list_;
};

bool same_name(std::string_view a, std::string_view b); ///< ASCII, in any case.
std::string_view trimmed(std::string_view text);        ///< Without blanks and tabs at its ends.

/// A request as a handler sees it: whole, within its route's limits, decoded.
struct Request {
    std::string method;
    std::string path;                                        ///< Decoded; never empty.
    std::vector<std::pair<std::string, std::string>> query;  ///< Decoded.
    std::vector<std::pair<std::string, std::string>> path_params; ///< What stands in the `{places}` of the route's pattern.
    Headers headers;
    std::string body; ///< Empty when the route takes an upload.
    Upload upload;    ///< For a route that takes one: the parts of its multipart body.
    std::string id;   ///< Of this request, as the log and the header X-Request-Id tell it.
    std::optional<BodyBudget> budget = std::nullopt; ///< Of the server, for who keeps something beyond the answer.

    std::string const& path_param(std::string_view name) const; ///< The route must have it.
    std::optional<std::string_view> query_value(std::string_view name) const;
    std::string_view content_type() const;
    std::optional<std::string> cookie(std::string_view name) const; ///< Of the header Cookie.
    std::optional<std::string_view> bearer_token() const;           ///< Of `Authorization: Bearer <token>`.
};

/// A file to answer with, sent in pieces, also in part (Range). It may be replaced or removed meanwhile: it is opened
/// before the first byte goes out.
struct FileBody {
    std::filesystem::path file;
    std::string etag; ///< Quoted. Empty: made of the file's size and time.
};

/// A body that is made while it is sent: each call gives the next piece, an empty one is the end. What it throws breaks
/// the connection off, so that the client does not take the piece for the whole.
struct StreamBody {
    std::function<Task<std::string>()> next;
};

class WebSocket;

/// The connection becomes a WebSocket: `run` has it until it returns. For the answer to who asks for one; status 101.
struct WebSocketBody {
    std::size_t max_message_bytes = 0;
    std::function<Task<>(std::shared_ptr<WebSocket>)> run; // shared: by who reads and who writes
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    Headers headers;
    std::variant<std::string, FileBody, StreamBody, WebSocketBody> body;
};

Response json_response(boost::json::value const& value, int status = 200);
Response text_response(std::string text, int status = 200);
Response html_response(std::string html); ///< A page without scripts, whose pictures and styles come from here.

template <class T>
Response json_of_struct(T const& value)
{
    return json_response(to_json(value));
}

/// `{"detail": message}` with the status of the error's kind; out_of_space and unavailable carry `Retry-After`.
Response error_response(Error const& error);
Response error_response(int status, std::string_view message);

/// The 422 for a parameter that is missing, e.g. `{"body", "file"}` or `{"query", "ids"}`, in the form peers know.
Response field_required(std::string_view where, std::string_view field);

/// The 422 for a parameter that cannot be read, in the form peers know. `type` is their name for what is wrong, as
/// `literal_error`; `message` names the remedy.
Response field_malformed(std::string_view where, std::string_view field, std::string_view type, std::string_view input,
                         std::string_view message);

} // namespace learning_loop::http

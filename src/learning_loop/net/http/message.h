#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/base/json.h"
#include "learning_loop/base/reflect.h"

#include <filesystem>
#include <initializer_list>
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

    void add(std::string name, std::string value) { list_.emplace_back(std::move(name), std::move(value)); }
    std::optional<std::string_view> find(std::string_view name) const; ///< The first of that name.
    List const& all() const { return list_; }

private:
    List list_;
};

bool same_name(std::string_view a, std::string_view b); ///< ASCII, in any case.

/// A request as a handler sees it: whole, within its route's limits, decoded.
struct Request {
    std::string method;
    std::string path;                                        ///< Decoded; never empty.
    std::vector<std::pair<std::string, std::string>> query;  ///< Decoded.
    std::vector<std::pair<std::string, std::string>> places; ///< What stands in the `{places}` of the route's pattern.
    Headers headers;
    std::string body;

    std::string const& place(std::string_view name) const; ///< The route must have it.
    std::optional<std::string_view> query_value(std::string_view name) const;
    std::string_view content_type() const;
};

/// A file to answer with, sent in pieces. It may be replaced or removed meanwhile: it is opened before the first byte
/// goes out.
struct FileBody {
    std::filesystem::path file;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    Headers headers;
    std::variant<std::string, FileBody> body;
};

Response json_response(boost::json::value const& value, int status = 200);
Response text_response(std::string text, int status = 200);

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

#pragma once

#include "learning_loop/http/api/text_field.h"
#include "learning_loop/json/schema.h"

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::http {

/// What the API document tells about one route. Most of it comes from the signature of the handler; the rest is added
/// where the route is.
class Operation {
public:
    std::string summary;

    // These add the fields of a struct that is read from there.
    void takes_path(std::span<TextField const> fields);
    void takes_query(std::span<TextField const> fields);
    void takes_headers(std::span<TextField const> fields); ///< Or from the query.

    void takes_json(JsonType const& type);
    void gives_json(JsonType const& type);
    void takes(std::string media_type) { takes_ = std::move(media_type); }
    void gives(std::string media_type) { gives_ = std::move(media_type); }

    /// Puts what is read from the path first, in the order of the pattern, whose segments these are. Throws
    /// std::logic_error if the pattern lacks one of them.
    void put_path_first(std::vector<std::string> const& segments);

    /// The operation in the form of OpenAPI 3.1. Structs go into the collector.
    boost::json::object document(SchemaCollector& collector) const;

private:
    struct Parameter {
        std::string in; ///< `path`, `query` or `header`.
        std::string name;
        std::string meaning;
        bool required;
        JsonType const& (*type)();
        boost::json::value initial; ///< Null: none is told.
    };

    void add(Parameter parameter); ///< Once, also if both a handler and its lookup read it.

    std::vector<Parameter> parameters_;
    std::string takes_;
    JsonType const* takes_type_ = nullptr; ///< nullptr: the media type tells all.
    std::string gives_ = "application/json";
    JsonType const* gives_type_ = nullptr;
};

/// `camera-id` for the field camera_id.
std::string name_in_header(TextField const& field);

} // namespace learning_loop::http

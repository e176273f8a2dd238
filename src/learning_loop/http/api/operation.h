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

    /// Adds a parameter that the handler itself reads from the Request. `in` is `query` or `header`.
    Operation& parameter(std::string in, std::string name, std::string meaning);

    /// Adds the fields of a struct that is read from the request. `in` is `path` or `query`.
    void parameters(std::string_view in, std::span<TextField const> fields);

    void takes_json(JsonType const& type);
    void gives_json(JsonType const& type);
    void takes(std::string media_type) { takes_ = std::move(media_type); }
    void gives(std::string media_type) { gives_ = std::move(media_type); }

    /// The operation in the form of OpenAPI 3.1. Structs go into the collector.
    boost::json::object document(SchemaCollector& collector) const;

private:
    struct Parameter {
        std::string in;
        std::string name;
        std::string meaning;
        bool required;
        JsonType const* type;
    };

    std::vector<Parameter> parameters_;
    std::string takes_;
    JsonType const* takes_type_ = nullptr; ///< nullptr: the media type tells all.
    std::string gives_ = "application/json";
    JsonType const* gives_type_ = nullptr;
};

} // namespace learning_loop::http

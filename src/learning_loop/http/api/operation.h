#pragma once

#include "learning_loop/json/schema.h"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::http {

/// What the API document tells of one route. Filled from its handler's signature; what no signature tells is added
/// beside the route.
class Operation {
public:
    std::string summary;

    /// A parameter that the handler reads by itself. `in` is `query` or `header`.
    Operation& parameter(std::string in, std::string name, std::string meaning);

    template <class T>
    void parameters(std::string_view in)
    {
        boost::mp11::mp_for_each<reflect_detail::Members<T>>([&](auto member) {
            using Field = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
            parameters_.push_back({std::string(in), member.name, "", !reflect_detail::is_optional<Field>,
                                   &learning_loop::schema_of<Field>});
        });
    }
    template <class T>
    void takes_json()
    {
        takes_ = "application/json";
        takes_schema_ = &learning_loop::schema_of<T>;
    }
    template <class T>
    void gives_json()
    {
        gives_ = "application/json";
        gives_schema_ = &learning_loop::schema_of<T>;
    }
    void takes(std::string media_type) { takes_ = std::move(media_type); }
    void gives(std::string media_type) { gives_ = std::move(media_type); }

    /// The operation as OpenAPI 3.1 has it; structs go into the collector.
    boost::json::object document(SchemaCollector& collector) const;

private:
    using SchemaOf = boost::json::object (*)(SchemaCollector&);

    struct Parameter {
        std::string in;
        std::string name;
        std::string meaning;
        bool required;
        SchemaOf schema;
    };

    std::vector<Parameter> parameters_;
    std::string takes_;
    SchemaOf takes_schema_ = nullptr;
    std::string gives_ = "application/json";
    SchemaOf gives_schema_ = nullptr;
};

} // namespace learning_loop::http

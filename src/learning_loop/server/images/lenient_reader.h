#pragma once

#include "learning_loop/data/remark.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// Reads the fields of one text, and collects remarks on those that cannot be read.
class LenientReader {
public:
    LenientReader(boost::json::object const& object, Remarks& remarks) : object_(object), remarks_(remarks) {}

    template <class T>
    void read_list(std::string const& name, std::vector<T>& into)
    {
        auto const* value = find_present(object_, name);
        if (!value) return;
        auto const* list = value->if_array();
        if (!list) return set_aside(name, "expected a list", *value);
        for (std::size_t i = 0; i < list->size(); ++i) {
            auto const field = name + "[" + std::to_string(i) + "]";
            if (auto read = read_value<T>(field, (*list)[i])) into.push_back(std::move(*read));
        }
    }

    /// All that a model found.
    void read_detections(auto& into)
    {
        read_list("box_detections", into.box_detections);
        read_list("point_detections", into.point_detections);
        read_list("segmentation_detections", into.segmentation_detections);
        read_list("classification_detections", into.classification_detections);
    }

    template <class T>
    void read(std::string const& name, std::optional<T>& into)
    {
        if (auto const* value = find_present(object_, name)) into = read_value<T>(name, *value);
    }

private:
    template <class T>
    std::optional<T> read_value(std::string const& field, boost::json::value const& value)
    {
        auto read = from_json<T>(value, JsonPath(field));
        if (read) return std::move(*read);
        set_aside(field, read.error().message, value);
        return std::nullopt;
    }

    void set_aside(std::string const& field, std::string const& why, boost::json::value const& value)
    {
        remarks_.add(field, why, to_text(value));
    }

    boost::json::object const& object_;
    Remarks& remarks_;
};

} // namespace learning_loop

#pragma once

#include "learning_loop/json/reflect.h"

namespace learning_loop {

/// How sure a model is: 0 to 1. Some trainers and the detectors of old send percentages, so what is read above 1 is
/// divided by 100; beyond 0 to 100 is an error.
class Confidence {
public:
    constexpr Confidence(double value = 0) : value_(value) {}
    constexpr operator double() const { return value_; }

private:
    double value_;
};

template <>
struct JsonForm<Confidence> {
    static boost::json::value to_json(Confidence confidence) { return double{confidence}; }
    static Result<Confidence> from_json(boost::json::value const& value, JsonPath const& path);
    static boost::json::object schema();
};

// Compiled once, in the .cpp.
extern template JsonType const& json_type<Confidence>();

} // namespace learning_loop

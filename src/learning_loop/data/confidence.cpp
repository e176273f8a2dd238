#include "learning_loop/data/confidence.h"

namespace learning_loop {

Result<Confidence> JsonForm<Confidence>::from_json(boost::json::value const& value, JsonPath const& path)
{
    if (!value.is_number()) return error_at(path, "expected a number");
    auto const number = value.to_number<double>();
    if (!(number >= 0 && number <= 100)) return error_at(path, "is neither within 0 to 1 nor a percentage");
    return Confidence(number > 1 ? number / 100 : number);
}

boost::json::object JsonForm<Confidence>::schema()
{
    return {{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
}

template JsonType const& json_type<Confidence>();

} // namespace learning_loop

#pragma once

#include "learning_loop/data/training.h"
#include "learning_loop/json/reflect.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// A hyperparameter that a training program knows. The kind of its default is that of all its values: an integer, a
/// number, a boolean or a text.
struct HyperparameterRule {
    boost::json::value default_value;
    std::vector<std::string> choices; ///< Of a text; empty: any that is_harmless_text.
};

/// In a trainer file: `epochs = 100`, or `optimizer = { default = "SGD", choices = ["SGD", "Adam"] }`.
template <>
struct JsonForm<HyperparameterRule> {
    static boost::json::value to_json(HyperparameterRule const& rule);
    static Result<HyperparameterRule> from_json(boost::json::value const& value, JsonPath const& path);
};

/// Whether it may stand in a command: 1 to 100 of A-Z, a-z, 0-9, `_`, `.` and `-`, beginning with none of the last two.
bool is_harmless_text(std::string_view text);

/// The values of a training, one for each rule: what the Loop sent, else the default; null and an empty text count as
/// absent, and numbers and booleans may come as texts. Others than those of the rules are left out. Errors:
/// unprocessable for a value of another kind; the message names it.
Result<Hyperparameters> check_hyperparameters(Hyperparameters const& sent,
                                              std::map<std::string, HyperparameterRule> const& rules);

/// As it stands in a command: `0.5`, `true`, `SGD`.
std::string hyperparameter_text(boost::json::value const& value);

} // namespace learning_loop

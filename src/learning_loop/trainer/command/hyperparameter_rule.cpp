#include "learning_loop/trainer/command/hyperparameter_rule.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace learning_loop {
namespace json = boost::json;
namespace {

std::string_view view_of(json::string const& text)
{
    return {text.data(), text.size()};
}

template <class T>
std::optional<T> parse_number(std::string_view text)
{
    T number{};
    auto const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

std::optional<json::value> integer_of(json::value const& value)
{
    constexpr double beyond = 9.2e18; // what a whole number of 64 bits surely holds
    if (auto const* whole = value.if_int64()) return *whole;
    if (auto const* real = value.if_double()) {
        if (std::abs(*real) < beyond && std::trunc(*real) == *real) return static_cast<std::int64_t>(*real);
    }
    if (auto const* text = value.if_string()) {
        if (auto const number = parse_number<std::int64_t>(trimmed(view_of(*text)))) return *number;
    }
    return std::nullopt;
}

std::optional<json::value> number_of(json::value const& value)
{
    std::optional<double> number;
    if (value.is_number()) number = value.to_number<double>();
    if (auto const* text = value.if_string()) number = parse_number<double>(trimmed(view_of(*text)));
    if (!number || !std::isfinite(*number)) return std::nullopt;
    return *number;
}

std::optional<json::value> truth_of(json::value const& value)
{
    if (auto const* truth = value.if_bool()) return *truth;
    auto const* const text = value.if_string();
    auto const written = text ? std::string(view_of(*text)) : to_text(value);
    if (auto const truth = parse_bool(written)) return *truth;
    return std::nullopt;
}

std::optional<json::value> text_of(json::value const& value, std::vector<std::string> const& choices)
{
    auto const* const text = value.if_string();
    auto const written = text ? std::string(view_of(*text)) : value.is_number() ? to_text(value) : std::string();
    bool const fits =
        choices.empty() ? is_harmless_text(written) : std::ranges::find(choices, written) != choices.end();
    if (!fits) return std::nullopt;
    return json::string(written);
}

std::optional<json::value> fitted(json::value const& value, HyperparameterRule const& rule)
{
    if (rule.default_value.is_int64()) return integer_of(value);
    if (rule.default_value.is_double()) return number_of(value);
    if (rule.default_value.is_bool()) return truth_of(value);
    return text_of(value, rule.choices);
}

std::string expected(HyperparameterRule const& rule)
{
    if (rule.default_value.is_int64()) return "a whole number";
    if (rule.default_value.is_double()) return "a number";
    if (rule.default_value.is_bool()) return "true or false";
    if (rule.choices.empty()) return "a text of A-Z, a-z, 0-9, '_', '.' and '-', beginning with none of the last two";
    return alternatives(std::vector<std::string_view>(rule.choices.begin(), rule.choices.end()));
}

bool is_absent(json::value const& value)
{
    auto const* const text = value.if_string();
    return value.is_null() || (text && trimmed(view_of(*text)).empty());
}

Error wrong_hyperparameter(std::string const& name, json::value const& value, HyperparameterRule const& rule)
{
    return {Errc::unprocessable, "hyperparameter " + name + ": " + printable(to_text(value)) + " is not " +
                                     expected(rule) + ", which this trainer takes there"};
}

/// Errors: invalid_argument if the default is none that its rule allows.
Result<HyperparameterRule> checked_rule(HyperparameterRule rule, JsonPath const& path)
{
    for (auto const& choice : rule.choices) {
        if (!is_harmless_text(choice))
            return error_at(path / "choices", "'" + printable(choice) + "' is not " + expected({}));
    }
    auto const& value = rule.default_value;
    if (!value.is_primitive() || value.is_null())
        return error_at(path, "expected a default: a number, true or false, or a text");
    if (!rule.choices.empty() && !value.is_string()) return error_at(path, "only a text has choices");
    if (!fitted(value, rule))
        return error_at(path, "the default " + printable(to_text(value)) + " is not " + expected(rule));
    return rule;
}

} // namespace

json::value JsonForm<HyperparameterRule>::to_json(HyperparameterRule const& rule)
{
    return json::object{{"default", rule.default_value}, {"choices", learning_loop::to_json(rule.choices)}};
}

Result<HyperparameterRule> JsonForm<HyperparameterRule>::from_json(json::value const& value, JsonPath const& path)
{
    auto const* const object = value.if_object();
    if (!object) return checked_rule({value, {}}, path);
    HyperparameterRule rule;
    auto const* const default_value = find_present(*object, "default");
    if (!default_value) return missing_at(path / "default");
    rule.default_value = *default_value;
    if (auto const* choices = find_present(*object, "choices")) {
        auto read = learning_loop::from_json<std::vector<std::string>>(*choices, path / "choices");
        if (!read) return read.error();
        rule.choices = std::move(*read);
    }
    return checked_rule(std::move(rule), path);
}

bool is_harmless_text(std::string_view text)
{
    auto const is_harmless = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '-';
    };
    return !text.empty() && text.size() <= 100 && text[0] != '.' && text[0] != '-' &&
           std::all_of(text.begin(), text.end(), is_harmless);
}

Result<Hyperparameters> check_hyperparameters(Hyperparameters const& sent,
                                              std::map<std::string, HyperparameterRule> const& rules)
{
    Hyperparameters checked;
    for (auto const& [name, rule] : rules) {
        auto const found = sent.find(name);
        auto const& value = found == sent.end() || is_absent(found->second) ? rule.default_value : found->second;
        auto const fits = fitted(value, rule);
        if (!fits) return wrong_hyperparameter(name, value, rule);
        checked[name] = *fits;
    }
    return checked;
}

std::string hyperparameter_text(json::value const& value)
{
    auto const* const text = value.if_string();
    return text ? std::string(view_of(*text)) : to_text(value);
}

} // namespace learning_loop

#include "learning_loop/trainer/command/hyperparameter_rule.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace json = boost::json;

HyperparameterRule rule_of(std::string const& text)
{
    return from_json<HyperparameterRule>(parse_json(text, "rule").value()).value();
}

/// What becomes of a value that the Loop sends, by the rule of its hyperparameter.
std::string checked(std::string const& rule, std::string const& sent)
{
    auto const values = check_hyperparameters({{"x", parse_json(sent, "sent").value()}}, {{"x", rule_of(rule)}});
    return values ? to_text(values->at("x")) : values.error().message;
}

TEST(HyperparameterRule, gives_its_kind_to_what_the_loop_sends_as_a_text)
{
    EXPECT_EQ(checked("1", "\"130\""), "130");
    EXPECT_EQ(checked("1", "130.0"), "130");
    EXPECT_EQ(checked("1.5", "\"0.25\""), "0.25");
    EXPECT_EQ(checked("1.5", "2"), "2.0");
    EXPECT_EQ(checked("true", "\"False\""), "false");
    EXPECT_EQ(checked("true", "0"), "false");
    EXPECT_EQ(checked("\"a\"", "\"s-6.pt\""), "\"s-6.pt\"");
    EXPECT_EQ(checked(R"({"default": "8", "choices": ["8", "16"]})", "16"), "\"16\"");
}

TEST(HyperparameterRule, takes_its_default_for_what_is_absent_null_or_empty)
{
    EXPECT_EQ(checked("5", "null"), "5");
    EXPECT_EQ(checked("5", "\" \""), "5");
    EXPECT_EQ(check_hyperparameters({}, {{"x", rule_of("5")}}).value().at("x"), 5);
}

TEST(HyperparameterRule, leaves_out_what_it_does_not_know)
{
    EXPECT_EQ(check_hyperparameters({{"y", 1}}, {{"x", rule_of("5")}}).value().size(), 1U);
}

TEST(HyperparameterRule, refuses_values_of_another_kind_by_name)
{
    EXPECT_EQ(checked("1", "0.5"), "hyperparameter x: 0.5 is not a whole number, which this trainer takes there");
    EXPECT_EQ(checked("1", "\"5; rm -rf /\""),
              "hyperparameter x: \"5; rm -rf /\" is not a whole number, which this trainer takes there");
    EXPECT_TRUE(checked("1", "1e300").ends_with("is not a whole number, which this trainer takes there"));
    EXPECT_EQ(checked("1.5", "\"inf\""), "hyperparameter x: \"inf\" is not a number, which this trainer takes there");
    EXPECT_EQ(checked("true", "\"maybe\""),
              "hyperparameter x: \"maybe\" is not true or false, which this trainer takes there");
    EXPECT_EQ(checked(R"({"default": "a", "choices": ["a", "b"]})", "\"c\""),
              "hyperparameter x: \"c\" is not a or b, which this trainer takes there");
}

TEST(HyperparameterRule, refuses_texts_that_could_mean_something_to_a_shell_or_a_program)
{
    for (std::string const text : {"$(reboot)", "a b", "a;b", "a`b`", "-rf", "--weights", "../x", "/etc/passwd",
                                   "a\\nb", "\\u0000", "\\\"", "'", "a=b", "{model}", "\xc3\xa4"}) {
        EXPECT_TRUE(checked("\"a\"", "\"" + text + "\"").starts_with("hyperparameter x: ")) << text;
    }
    EXPECT_TRUE(checked("\"a\"", "[\"a\"]").starts_with("hyperparameter x: "));
    EXPECT_TRUE(checked("\"a\"", "\"" + std::string(101, 'a') + "\"").starts_with("hyperparameter x: "));
}

TEST(HyperparameterRule, refuses_a_default_that_it_would_not_take)
{
    auto const fault = [](std::string const& text) {
        auto const rule = from_json<HyperparameterRule>(parse_json(text, "rule").value(), JsonPath("x"));
        return rule ? "taken" : rule.error().message;
    };
    EXPECT_TRUE(fault("\"a b\"").starts_with("x: the default \"a b\" is not a text of A-Z")) << fault("\"a b\"");
    EXPECT_EQ(fault(R"({"default": "c", "choices": ["a", "b"]})"), "x: the default \"c\" is not a or b");
    EXPECT_EQ(fault(R"({"default": 5, "choices": ["5"]})"), "x: only a text has choices");
    EXPECT_EQ(fault(R"({"choices": ["a"]})"), "x.default: is missing");
    EXPECT_TRUE(fault(R"({"default": "a", "choices": ["a", "b c"]})").starts_with("x.choices: 'b c' is not a text"));
}

TEST(HyperparameterRule, writes_values_as_they_stand_in_a_command)
{
    EXPECT_EQ(hyperparameter_text(0.5), "0.5");
    EXPECT_EQ(hyperparameter_text(true), "true");
    EXPECT_EQ(hyperparameter_text(-3), "-3");
    EXPECT_EQ(hyperparameter_text("SGD"), "SGD");
}

} // namespace
} // namespace learning_loop

#include "learning_loop/converter/conversion_choice.h"

#include "support/source_models.h"

#include <gtest/gtest.h>

#include <functional>

namespace learning_loop {
namespace {

ConversionFormats const formats{"format_a", "format_b"};

ModelWithFormats listed_model()
{
    return {{test::model_id(1), "1.0"}, {"format_a", "other"}, "2024-01-31T12:00:00", "by hand"};
}

std::string fingerprint(ModelWithFormats listed, ConversionFormats const& of = formats, std::string const& version = "")
{
    return source_model({"zauberzeug", "demo"}, std::move(listed), of, version).fingerprint;
}

TEST(ConversionChoice, knows_a_model_that_has_changed_by_its_fingerprint)
{
    std::vector<std::function<void(ModelWithFormats&)>> const changes{
        [](auto& model) { model.version = "1.1"; }, [](auto& model) { model.created = "2024-02-01T12:00:00"; },
        [](auto& model) { model.comment.reset(); }, [](auto& model) { model.formats.emplace_back("third"); }};
    for (auto const& change : changes) {
        auto changed = listed_model();
        change(changed);
        EXPECT_NE(fingerprint(changed), fingerprint(listed_model()));
    }
    auto sorted_otherwise = listed_model();
    std::swap(sorted_otherwise.formats[0], sorted_otherwise.formats[1]);
    EXPECT_EQ(fingerprint(sorted_otherwise), fingerprint(listed_model()));
}

TEST(ConversionChoice, takes_another_converter_for_a_change_of_every_model)
{
    EXPECT_NE(fingerprint(listed_model(), formats, "v2"), fingerprint(listed_model(), formats, "v1"));
    EXPECT_NE(fingerprint(listed_model(), {"format_a", "format_c"}), fingerprint(listed_model()));
    EXPECT_NE(fingerprint(listed_model(), {"other", "format_b"}), fingerprint(listed_model()));
}

TEST(ConversionChoice, has_the_newest_model_first_and_those_of_unknown_age_last)
{
    std::vector<SourceModel> models;
    for (auto const* created : {"2024-01-31T12:00:00", "", "2024-03-01T00:00:00", "2024-02-01T00:00:00"}) {
        auto listed = listed_model();
        listed.created = *created == '\0' ? std::nullopt : std::optional<std::string>(created);
        models.push_back(source_model({"zauberzeug", "demo"}, std::move(listed), formats, ""));
    }
    sort_newest_first(models);
    std::string months;
    for (auto const& model : models) months += model.listed.created.value_or("unknown").substr(0, 7) + " ";
    EXPECT_EQ(months, "2024-03 2024-02 2024-01 unknown ");
}

TEST(ConversionChoice, gives_each_project_its_turn_and_the_one_that_was_last_comes_behind_the_others)
{
    std::vector<SourceModel> models;
    for (auto const* name : {"a/many 2024-05", "a/many 2024-04", "a/many 2024-03", "b/few 2024-02", "b/few 2024-01"}) {
        std::string const text = name;
        auto listed = listed_model();
        listed.created = text.substr(text.find(' ') + 1);
        models.push_back(source_model({text.substr(0, 1), text.substr(2, text.find(' ') - 2)}, listed, formats, ""));
    }
    auto const months = [&](Context const& last) {
        std::string all;
        for (auto const& model : in_turns(models, last)) all += model.listed.created.value_or("").substr(5) + " ";
        return all;
    };
    EXPECT_EQ(months({}), "05 02 04 01 03 ");
    EXPECT_EQ(months({"a", "many"}), "02 05 01 04 03 ");
}

TEST(ConversionChoice, names_a_model_by_its_version_and_project)
{
    EXPECT_EQ(name_of(test::a_model()), "1.0 of zauberzeug/demo");
    EXPECT_TRUE(lacks_format(test::a_model(), "format_b"));
    EXPECT_FALSE(lacks_format(test::a_model(), "format_a"));
}

} // namespace
} // namespace learning_loop

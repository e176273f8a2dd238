#include "learning_loop/server/nodes/node_reports.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct NodeReportsTest : testing::Test {
    static boost::json::value json(std::string const& text) { return parse_json(text, "a report").value(); }

    static TrainingStatus trainer(std::string const& text) { return read_trainer_status(json(text)).value(); }
    static TrainingOut out(std::string const& text) { return read_training_out(json(text)).value(); }
    static AnnotatorStatus annotator(std::string const& text) { return read_annotator_status(json(text)).value(); }
    static DetectorStatus detector(std::string const& text) { return read_detector_status(json(text)).value(); }

    static boost::json::object with_id() { return {{"id", "1"}, {"trainer_id", "1"}}; }
    static boost::json::array list_of(std::size_t count, boost::json::value const& value)
    {
        return boost::json::array(count, value);
    }
    static boost::json::object object_of(std::size_t count, boost::json::value const& value)
    {
        boost::json::object object;
        for (std::size_t i = 0; i < count; ++i) object["key " + std::to_string(i)] = value;
        return object;
    }

    /// What reads any report.
    static std::vector<std::string> refusals(boost::json::value const& value)
    {
        std::vector<std::string> messages;
        auto const add = [&](auto const& result) {
            if (result) return;
            EXPECT_EQ(result.error().code, Errc::unprocessable);
            messages.push_back(result.error().message);
        };
        add(read_trainer_status(value));
        add(read_training_out(value));
        add(read_annotator_status(value));
        add(read_detector_status(value));
        return messages;
    }
};

TEST_F(NodeReportsTest, a_trainer_of_2022_is_read_with_its_own_words_for_its_state)
{
    auto const status = trainer(R"({"id": "t", "name": "tom", "state": "Downloading data", "uptime": 12.5,
        "errors": {"prepare": "no disk"}, "progress": 0.25, "latest_produced_model_id": null,
        "pretrained_models": [{"name": "small", "label": "Small", "description": "fast"}], "architecture": "mocked",
        "train_image_count": 3, "test_image_count": 1, "skipped_image_count": 0,
        "hyperparameters": {"resolution": 640, "flipRl": false}})");
    EXPECT_EQ(status.id, "t");
    EXPECT_EQ(status.name, "tom");
    EXPECT_EQ(status.state, "Downloading data");
    EXPECT_EQ(status.uptime, 12.5);
    EXPECT_EQ(status.errors.at("prepare"), "no disk");
    EXPECT_EQ(status.progress, 0.25);
    ASSERT_EQ(status.pretrained_models.size(), 1U);
    EXPECT_EQ(status.pretrained_models[0].name, "small");
    EXPECT_EQ(status.pretrained_models[0].label, "Small");
    EXPECT_EQ(status.pretrained_models[0].description, "fast");
    EXPECT_EQ(status.architecture, "mocked");
    EXPECT_FALSE(status.context);
}

TEST_F(NodeReportsTest, a_trainer_of_today_is_read_with_the_project_of_its_training)
{
    auto const status = trainer(R"({"id": "t", "name": "tom", "state": "data_downloading", "uptime": null,
        "errors": {}, "progress": null, "pretrained_models": [], "architecture": null,
        "context": {"organization": "demo", "project": "field"}})");
    EXPECT_EQ(status.state, "data_downloading");
    EXPECT_EQ(status.uptime, std::nullopt);
    EXPECT_EQ(status.progress, std::nullopt);
    EXPECT_EQ(status.architecture, std::nullopt);
    ASSERT_TRUE(status.context);
    EXPECT_EQ(status.context->organization + "/" + status.context->project, "demo/field");
}

TEST_F(NodeReportsTest, only_the_id_of_a_node_is_needed_and_the_rest_may_be_null)
{
    auto const* const least = R"({"id": "1"})";
    auto const* const nulls = R"({"id": "1", "name": null, "state": null, "uptime": null, "errors": null,
        "progress": null, "pretrained_models": null, "architecture": null, "context": null, "capabilities": null,
        "model_format": null, "current_model": null, "target_model": null, "operation_mode": null})";
    for (std::string const text : {least, nulls}) {
        EXPECT_EQ(trainer(text).id, "1");
        EXPECT_EQ(trainer(text).name + trainer(text).state, "");
        EXPECT_TRUE(trainer(text).errors.empty() && trainer(text).pretrained_models.empty());
        EXPECT_FALSE(trainer(text).context || trainer(text).progress || trainer(text).architecture);
        EXPECT_EQ(annotator(text).state, "online");
        EXPECT_TRUE(annotator(text).capabilities.empty());
        EXPECT_EQ(detector(text).state, "online");
        EXPECT_EQ(detector(text).uptime, 0);
        EXPECT_EQ(detector(text).current_model, std::nullopt);
        EXPECT_EQ(detector(text).operation_mode, OperationMode::idle);
    }
}

TEST_F(NodeReportsTest, a_progress_is_0_to_1_whether_it_comes_in_percent_or_not)
{
    auto const progress = [](std::string const& told) {
        return trainer(R"({"id": "1", "progress": )" + told + "}").progress;
    };
    EXPECT_EQ(progress("0"), 0);
    EXPECT_EQ(progress("0.5"), 0.5);
    EXPECT_EQ(progress("1"), 1);
    EXPECT_EQ(progress("50"), 0.5);
    EXPECT_EQ(progress("99.5"), 0.995);
    EXPECT_EQ(progress("100"), 1);
    EXPECT_EQ(progress("1000"), 1);
    EXPECT_EQ(progress("-3"), 0);
    EXPECT_EQ(progress("\"half\""), std::nullopt);
    EXPECT_EQ(progress("true"), std::nullopt);
}

TEST_F(NodeReportsTest, a_node_without_an_id_is_refused_and_the_field_named)
{
    for (auto const* text : {"{}", R"({"id": ""})", R"({"id": null})", R"({"id": 7})", R"({"id": ["1"]})"}) {
        auto const told = refusals(json(text));
        ASSERT_EQ(told.size(), 4U) << text;
        for (std::size_t i = 0; i < told.size(); ++i)
            EXPECT_TRUE(told[i].starts_with(i == 1 ? "trainer_id: " : "id: ")) << told[i];
    }
}

TEST_F(NodeReportsTest, what_is_no_object_is_refused_and_shown)
{
    for (auto const* text : {"null", "true", "7", R"("idle")", "[]", R"([{"id": "1"}])"}) {
        auto const told = refusals(json(text));
        ASSERT_EQ(told.size(), 4U) << text;
        for (auto const& message : told) EXPECT_NE(message.find("expected an object"), std::string::npos) << message;
    }
}

TEST_F(NodeReportsTest, fields_of_another_kind_are_left_alone_or_written_as_texts)
{
    auto const status = trainer(R"({"id": "1", "name": 7, "state": ["idle"], "uptime": "long", "errors": ["a"],
        "progress": {}, "pretrained_models": ["small", {"name": 3}, null, {}], "architecture": 5,
        "context": "demo/field"})");
    EXPECT_EQ(status.name, "7");
    EXPECT_EQ(status.state, R"(["idle"])");
    EXPECT_EQ(status.uptime, std::nullopt);
    EXPECT_TRUE(status.errors.empty());
    ASSERT_EQ(status.pretrained_models.size(), 2U);
    EXPECT_EQ(status.pretrained_models[0].name, "3");
    EXPECT_EQ(status.pretrained_models[1].name, "");
    EXPECT_EQ(status.architecture, "5");
    EXPECT_FALSE(status.context);
    EXPECT_EQ(trainer(R"({"id": "1", "errors": {"a": {"b": 1}, "c": null}})").errors.at("a"), R"({"b":1})");
    EXPECT_EQ(trainer(R"({"id": "1", "errors": {"a": {"b": 1}, "c": null}})").errors.at("c"), "");
}

TEST_F(NodeReportsTest, half_a_context_is_none)
{
    for (auto const* context : {R"({})", R"({"organization": "demo"})", R"({"organization": "", "project": "field"})",
                                R"({"organization": "demo", "project": null})"})
        EXPECT_FALSE(trainer(R"({"id": "1", "context": )" + std::string(context) + "}").context) << context;
}

TEST_F(NodeReportsTest, long_texts_and_lists_are_cut)
{
    boost::json::string const text(5000, 'x');
    auto report = with_id();
    for (auto const* name : {"name", "state", "architecture", "model_format"}) report[name] = text;
    report["errors"] = object_of(5000, text);
    report["pretrained_models"] = list_of(5000, {{"name", text}, {"label", text}});
    report["capabilities"] = list_of(5000, text);
    auto const status = read_trainer_status(report).value();
    EXPECT_EQ(status.name.size(), 1000U);
    EXPECT_EQ(status.state.size(), 1000U);
    EXPECT_EQ(status.architecture->size(), 1000U);
    EXPECT_EQ(status.errors.size(), 200U);
    EXPECT_EQ(status.errors.begin()->second.size(), 1000U);
    EXPECT_EQ(status.pretrained_models.size(), 200U);
    EXPECT_EQ(status.pretrained_models[0].label.size(), 1000U);
    auto const annotating = read_annotator_status(report).value();
    EXPECT_EQ(annotating.capabilities.size(), 200U);
    EXPECT_EQ(annotating.capabilities[0].size(), 1000U);
    EXPECT_EQ(read_detector_status(report)->model_format.size(), 1000U);
    report["hyperparameters"] = object_of(5000, 1);
    EXPECT_EQ(read_training_out(report)->hyperparameters.size(), 100U);
}

TEST_F(NodeReportsTest, what_a_new_model_tells_is_bounded)
{
    auto report = with_id();
    report["confusion_matrix"] = object_of(1001, boost::json::object{{"tp", 1}});
    report["hyperparameters"] = {{"text", boost::json::string(5000, 'x')},
                                 {"list", list_of(5000, 1)},
                                 {std::string(5000, 'n'), 1},
                                 {"truth", true},
                                 {"none", nullptr}};
    auto const told = read_training_out(report).value();
    EXPECT_EQ(told.confusion_matrix.size(), 1000U);
    EXPECT_EQ(told.hyperparameters.at("text").as_string().size(), 1000U);
    EXPECT_EQ(told.hyperparameters.at("list").as_string().size(), 1000U);
    EXPECT_EQ(told.hyperparameters.size(), 4U); // without that whose name is very long
    EXPECT_EQ(told.hyperparameters.at("truth"), true);
    EXPECT_TRUE(told.hyperparameters.at("none").is_null());
}

TEST_F(NodeReportsTest, a_text_is_not_cut_within_a_character)
{
    std::string text = "x";
    while (text.size() < 1200) text += "\xE2\x82\xAC"; // a euro sign
    auto report = with_id();
    report["name"] = text;
    auto const name = read_trainer_status(report)->name;
    EXPECT_EQ(name.size(), 1000U); // 1 + 333 * 3
    report["name"] = "x" + text;
    EXPECT_EQ(read_trainer_status(report)->name.size(), 998U);
}

TEST_F(NodeReportsTest, a_new_model_is_read_from_a_trainer_of_either_generation)
{
    auto const old = out(R"({"trainer_id": "t", "confusion_matrix": {"c": {"tp": 5, "fp": 1, "fn": 2}},
        "train_image_count": 20, "test_image_count": 5,
        "hyperparameters": {"resolution": 640, "flipRl": false, "flipUd": true}})");
    EXPECT_EQ(old.trainer_id, "t");
    EXPECT_EQ(old.trainer_name, std::nullopt);
    EXPECT_EQ(old.confusion_matrix.at("c").tp, 5);
    EXPECT_EQ(old.confusion_matrix.at("c").fp, 1);
    EXPECT_EQ(old.confusion_matrix.at("c").fn, 2);
    EXPECT_EQ(old.train_image_count, 20);
    EXPECT_EQ(old.test_image_count, 5);
    EXPECT_EQ(old.hyperparameters.at("flipUd"), true);
    EXPECT_EQ(old.best_epoch, std::nullopt);
    auto const today = out(R"({"trainer_id": "t", "trainer_name": "tom", "confusion_matrix": {}, "best_epoch": 17,
        "train_image_count": null, "test_image_count": null, "hyperparameters": {"epochs": "100"}})");
    EXPECT_EQ(today.trainer_name, "tom");
    EXPECT_EQ(today.best_epoch, 17);
    EXPECT_EQ(today.train_image_count, std::nullopt);
    EXPECT_EQ(today.hyperparameters.at("epochs"), "100");
}

TEST_F(NodeReportsTest, a_new_model_may_tell_nothing_but_who_made_it)
{
    for (auto const* text :
         {R"({"trainer_id": "t"})", R"({"trainer_id": "t", "confusion_matrix": null, "hyperparameters": null,
              "train_image_count": null, "best_epoch": null, "trainer_name": null})"}) {
        auto const told = out(text);
        EXPECT_TRUE(told.confusion_matrix.empty() && told.hyperparameters.empty());
        EXPECT_FALSE(told.trainer_name || told.train_image_count || told.test_image_count || told.best_epoch);
    }
}

TEST_F(NodeReportsTest, counts_that_are_none_are_left_out_or_0)
{
    auto const told = out(R"({"trainer_id": "t", "train_image_count": -1, "test_image_count": 1e300, "best_epoch": 1e12,
        "confusion_matrix": {"a": {"tp": 2.0, "fp": null, "more": 3}, "b": 7, "c": {"tp": "x", "fn": -4}},
        "hyperparameters": "resolution 640"})");
    EXPECT_FALSE(told.train_image_count || told.test_image_count || told.best_epoch);
    ASSERT_EQ(told.confusion_matrix.size(), 2U);
    EXPECT_EQ(told.confusion_matrix.at("a").tp, 2);
    EXPECT_EQ(told.confusion_matrix.at("a").fp + told.confusion_matrix.at("a").fn, 0);
    EXPECT_EQ(told.confusion_matrix.at("c").tp + told.confusion_matrix.at("c").fn, 0);
    EXPECT_EQ(told.hyperparameters.at("hyperparameters"), "resolution 640"); // as of early 2022
}

TEST_F(NodeReportsTest, an_annotation_node_tells_what_it_can_do)
{
    auto const status = annotator(R"({"id": "a", "name": "ann", "state": "offline", "uptime": 0,
        "errors": {"x": "y"}, "capabilities": ["segmentation", 7]})");
    EXPECT_EQ(status.id + status.name + status.state, "aannoffline");
    EXPECT_EQ(status.uptime, 0);
    EXPECT_EQ(status.errors.at("x"), "y");
    EXPECT_EQ(status.capabilities, (std::vector<std::string>{"segmentation", "7"}));
}

TEST_F(NodeReportsTest, a_detector_that_speaks_socketio_is_read_as_the_others_are)
{
    auto const status = detector(R"({"id": "d", "name": "cam", "state": "online", "errors": {"model": "broken"},
        "uptime": 12.9, "model_format": "tkdnn", "current_model": "1.1", "target_model": "1.2",
        "operation_mode": "detecting", "node_version": "0.15"})");
    EXPECT_EQ(status.uuid, "d");
    EXPECT_EQ(status.name, "cam");
    EXPECT_EQ(status.errors.at("model"), "broken");
    EXPECT_EQ(status.uptime, 12);
    EXPECT_EQ(status.model_format, "tkdnn");
    EXPECT_EQ(*status.current_model + " " + *status.target_model, "1.1 1.2");
    EXPECT_EQ(status.operation_mode, OperationMode::detecting);
    EXPECT_EQ(status.node_version, "0.15");
    EXPECT_EQ(detector(R"({"id": "d", "operation_mode": "asleep"})").operation_mode, OperationMode::idle);
}

} // namespace
} // namespace learning_loop

#include "learning_loop/data/training.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

using test::expect_filled_up;
using test::expect_golden;
using test::message_of;
using test::read;

TEST(TrainingStatus, has_a_golden_form)
{
    expect_golden(
        TrainingStatus{"u",
                       "trainer",
                       "running",
                       12.5,
                       {{"prepare", "x"}},
                       0.25,
                       {{"small", "Small", "a small model"}},
                       "yolo",
                       Context{"zauberzeug", "demo"}},
        R"({"id":"u","name":"trainer","state":"running","uptime":12.5,"errors":{"prepare":"x"},"progress":0.25,)"
        R"("pretrained_models":[{"name":"small","label":"Small","description":"a small model"}],)"
        R"("architecture":"yolo","context":{"organization":"zauberzeug","project":"demo"}})");
    expect_filled_up<TrainingStatus>(
        R"({"id":"u","name":"trainer","state":"idle"})",
        R"({"id":"u","name":"trainer","state":"idle","uptime":null,"errors":{},"progress":null,)"
        R"("pretrained_models":[],"architecture":null,"context":null})");
}

TEST(TrainingStatus, of_a_trainer_of_old_is_read)
{
    auto const status = read<TrainingStatus>(
        R"({"id":"u","name":"mocked trainer","state":"Training is initialized","errors":{},"uptime":null,
            "progress":null,"train_image_count":2,"test_image_count":1,"skipped_image_count":0,
            "pretrained_models":[],"hyperparameters":{"resolution":832,"flipRl":false},"architecture":"mocked"})");
    EXPECT_EQ(status.value().state, "Training is initialized");
}

TEST(TrainerState, is_written_as_its_name)
{
    expect_golden(TrainerState::waiting_for_slot, R"("waiting_for_slot")");
    expect_golden(TrainerState::ready_for_cleanup, R"("ready_for_cleanup")");
}

constexpr auto* details_text =
    R"({"categories":[{"id":"a","name":"weed","description":null,"hotkey":null,"color":null,"point_size":null,)"
    R"("type":"box"}],"training_number":7,"model_variant":"s6",)"
    R"("hyperparameters":{"compute_validation_set":true,"epochs":130,"max_batch_size":null,"momentum":0.5,)"
    R"("resolution":"832"},"base_model_uuid":"0f6c1b5e-0000-4000-8000-000000000001"})";

TEST(TrainingDetails, have_a_golden_form_and_keep_hyperparameters_as_they_came)
{
    EXPECT_EQ(to_text(to_json(read<TrainingDetails>(details_text).value())), details_text);
    expect_filled_up<TrainingDetails>(
        R"({"categories":[],"training_number":7,"model_variant":"","hyperparameters":{}})",
        R"({"categories":[],"training_number":7,"model_variant":"","hyperparameters":{},"base_model_uuid":null})");
}

TEST(TrainingDetails, are_refused_in_the_words_of_the_protocol)
{
    struct Row {
        char const* text;
        char const* refusal;
    };
    auto const* const no_hyperparameters = "hyperparameters missing or not a dict";
    auto const* const no_categories = "categories missing or not a list";
    auto const* const no_number = "training_number missing or not an int";
    auto const* const no_variant = "model_variant missing or not a str";
    for (auto const& [text, refusal] :
         {Row{"{}", no_hyperparameters}, Row{R"({"hyperparameters":[]})", no_hyperparameters},
          Row{R"({"hyperparameters":null})", no_hyperparameters}, Row{R"({"hyperparameters":{}})", no_categories},
          Row{R"({"hyperparameters":{},"categories":null})", no_categories},
          Row{R"({"hyperparameters":{},"categories":{}})", no_categories},
          Row{R"({"hyperparameters":{},"categories":[]})", no_number},
          Row{R"({"hyperparameters":{},"categories":[],"training_number":"7"})", no_number},
          Row{R"({"hyperparameters":{},"categories":[],"training_number":7.5})", no_number},
          Row{R"({"hyperparameters":{},"categories":[],"training_number":null})", no_number},
          Row{R"({"hyperparameters":{},"categories":[],"training_number":7})", no_variant},
          Row{R"({"hyperparameters":{},"categories":[],"training_number":7,"model_variant":3})", no_variant}}) {
        EXPECT_EQ(message_of<TrainingDetails>(text), refusal) << text;
    }
}

TEST(TrainingDetails, name_the_path_of_a_broken_category)
{
    EXPECT_EQ(message_of<TrainingDetails>(
                  R"({"hyperparameters":{},"categories":[{"id":"a"}],"training_number":7.0,"model_variant":""})"),
              "categories[0].name: is missing");
    EXPECT_EQ(message_of<TrainingDetails>("[]"), "the document: expected an object");
}

TEST(TrainingDetails, keep_a_base_model_that_is_none)
{
    auto const base_of = [](std::string const& json) {
        return read<TrainingDetails>(R"({"hyperparameters":{},"categories":[],"training_number":7,"model_variant":"",)"
                                     R"("base_model_uuid":)" +
                                     json + "}")
            ->base_model_uuid;
    };
    EXPECT_EQ(base_of(R"("yolov5s.pt")"), "yolov5s.pt");
    EXPECT_EQ(base_of("42"), "42");
    EXPECT_EQ(base_of("null"), std::nullopt);
}

TEST(TrainingOut, has_a_golden_form)
{
    expect_golden(
        TrainingOut{"u", "trainer", {{"a", {12, 3, 4}}}, 80, 20, {{"batch_size", 8}, {"resolution", "832"}}, 17},
        R"({"trainer_id":"u","trainer_name":"trainer","confusion_matrix":{"a":{"tp":12,"fp":3,"fn":4}},)"
        R"("train_image_count":80,"test_image_count":20,"hyperparameters":{"batch_size":8,"resolution":"832"},)"
        R"("best_epoch":17})");
    expect_filled_up<TrainingOut>(
        R"({"trainer_id":"u"})",
        R"({"trainer_id":"u","trainer_name":null,"confusion_matrix":{},"train_image_count":null,)"
        R"("test_image_count":null,"hyperparameters":{},"best_epoch":null})");
}

TEST(TrainingOut, of_a_trainer_of_old_is_read)
{
    auto const out = read<TrainingOut>(
        R"({"confusion_matrix":{"a":{"tp":1,"fp":2,"fn":3.0,"tn":4,"ap":0.5}},"train_image_count":2,
            "test_image_count":null,"trainer_id":"u","hyperparameters":null})");
    EXPECT_EQ(out.value().confusion_matrix.at("a").fn, 3);
    EXPECT_EQ(out->test_image_count, std::nullopt);
}

TEST(TrainingOut, names_the_path_of_what_is_wrong)
{
    EXPECT_EQ(message_of<TrainingOut>(R"({"trainer_id":"u","confusion_matrix":{"a":{"tp":1,"fp":2}}})"),
              "confusion_matrix.a.fn: is missing");
}

} // namespace
} // namespace learning_loop

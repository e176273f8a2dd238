#include "learning_loop/server/models/model_intake.h"

#include "learning_loop/async/both.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/base/log.h"
#include "learning_loop/json/json.h"
#include "learning_loop/store/model_repository.h"

#include "support/captured_stderr.h"
#include "unit/store/store_fixture.h"

namespace learning_loop {
namespace {

struct ModelIntakeTest : store::StoreTest {
    static ModelPackage package(std::string const& weights, std::string const& description = "{}")
    {
        return package_of({{"model.onnx", weights}, {"model.json", description}}, {}).value();
    }

    Task<Result<Model>> adding(std::string weights, store::NewModel wanted = {})
    {
        auto const turn = co_await intake.wait_for_turn();
        auto uploaded = package(weights);
        co_return co_await intake.add(project, "onnx", std::move(uploaded), std::move(wanted));
    }
    Task<Result<Model>> adding_format(std::string id, std::string format, ModelPackage uploaded)
    {
        auto const turn = co_await intake.wait_for_turn();
        co_return co_await intake.add_format(project, std::move(id), std::move(format), std::move(uploaded));
    }
    Result<Model> add(std::string const& weights, store::NewModel wanted = {})
    {
        return test::run(adding(weights, std::move(wanted)));
    }
    Result<Model> add_format(std::string const& id, std::string const& format, ModelPackage package)
    {
        return test::run(adding_format(id, format, std::move(package)));
    }

    std::size_t count() { return test::run(models.all(project.number))->size(); }

    std::filesystem::path file_of(Model const& model, std::string const& format = "onnx")
    {
        return models.file_of(project.folder, model.id, format);
    }

    boost::json::value description_of(Model const& model, std::string const& format)
    {
        auto const entries = read_zip(test::bytes_of(file_of(model, format))).value();
        return parse_json(entries.back().bytes, "the test").value();
    }

    Lane packing{"packing", 20};
    std::vector<Context> changes; ///< What the intake told.
    ModelsChanged const changed = [this](Context const& project) { changes.push_back(project); };
    ModelIntake intake{models, packing, "http://loop", 0, changed};
};

TEST_F(ModelIntakeTest, the_same_model_twice_at_once_is_one_model)
{
    auto first = adding("weights");
    auto second = adding("weights");
    auto const answers = test::run(both(std::move(first), std::move(second)));
    ASSERT_TRUE(answers.first && answers.second);
    EXPECT_EQ(answers.first->id, answers.second->id);
    EXPECT_EQ(answers.first->version, "1.0");
    EXPECT_EQ(count(), 1U);
}

TEST_F(ModelIntakeTest, other_models_at_once_get_versions_of_their_own)
{
    auto const parent = add("parent").value();
    store::NewModel child;
    child.parent = parent.id;
    auto first = adding("first", child);
    auto second = adding("second", child);
    auto const answers = test::run(both(std::move(first), std::move(second)));
    EXPECT_EQ(answers.first->version, "1.1");
    EXPECT_EQ(answers.second->version, "1.2");
}

TEST_F(ModelIntakeTest, the_same_format_twice_at_once_is_stored_once)
{
    auto const model = add("weights").value();
    auto first = adding_format(model.id, "mocked", package("mocked"));
    auto second = adding_format(model.id, "mocked", package("mocked"));
    auto const answers = test::run(both(std::move(first), std::move(second)));
    ASSERT_TRUE(answers.first && answers.second);
    EXPECT_EQ(answers.second->formats, (std::vector<std::string>{"mocked", "onnx"}));
    EXPECT_EQ(add_format(model.id, "mocked", package("other")).error().code, Errc::conflict);
    EXPECT_EQ(add_format("12345678-bobo-", "mocked", package("other")).error().code, Errc::not_found);
}

TEST_F(ModelIntakeTest, a_file_that_was_lost_or_cut_is_written_anew_when_it_comes_again_and_the_log_tells)
{
    auto const model = add("weights").value();
    auto const whole = test::bytes_of(file_of(model));
    for (auto const* damage : {"", "PK\3\4"}) {
        if (*damage) test::put(file_of(model), damage);
        else std::filesystem::remove(file_of(model));
        test::CapturedStderr const captured;
        start_log();
        auto const again = add("weights").value();
        log::flush();
        EXPECT_NE(captured.text().find(*damage ? "cut" : "lost"), std::string::npos) << captured.text();
        EXPECT_EQ(again.id, model.id);
        EXPECT_EQ(test::bytes_of(file_of(model)), whole);
    }
    EXPECT_EQ(count(), 1U);
}

TEST_F(ModelIntakeTest, of_a_model_that_cannot_be_packed_nothing_stays)
{
    test::put(folder / "models", "a file where a folder must be");
    EXPECT_THROW(add("weights"), std::system_error);
    EXPECT_EQ(count(), 0U);
    std::filesystem::remove(folder / "models");
    EXPECT_EQ(add("weights")->version, "1.0"); // the version was freed
}

TEST_F(ModelIntakeTest, of_a_model_for_which_there_is_no_room_nothing_stays)
{
    ModelIntake cautious{models, packing, "http://loop", std::uint64_t{1} << 60, changed};
    EXPECT_EQ(test::run(cautious.add(project, "onnx", package("weights"), {})).error().code, Errc::out_of_space);
    EXPECT_EQ(count(), 0U);
    EXPECT_FALSE(std::filesystem::exists(folder / "models" / project.folder));
    EXPECT_EQ(add("weights")->version, "1.0");
}

TEST_F(ModelIntakeTest, what_was_stored_is_told_and_nothing_else)
{
    auto const model = add("weights").value();
    std::vector const once{Context{project.organization, project.name}};
    EXPECT_EQ(changes, once);
    changes.clear();
    EXPECT_TRUE(add("weights")); // is there
    EXPECT_FALSE(add_format(model.id, "onnx", package("other")));
    EXPECT_FALSE(add_format("12345678-bobo-", "mocked", package("other")));
    EXPECT_EQ(changes, std::vector<Context>());
    EXPECT_TRUE(add_format(model.id, "mocked", package("mocked")));
    EXPECT_EQ(changes, once);
    std::filesystem::remove(file_of(model));
    EXPECT_TRUE(add("weights")); // it was lost, and can be downloaded again
    EXPECT_EQ(changes.size(), 2U);
}

TEST_F(ModelIntakeTest, a_model_may_come_with_an_id_a_version_and_a_comment)
{
    store::NewModel wanted;
    wanted.id = "00000000-0000-0000-0000-0000000000AB";
    wanted.version = "1.7";
    wanted.comment = "from elsewhere";
    auto const model = add("weights", wanted).value();
    EXPECT_EQ(model.id, "00000000-0000-0000-0000-0000000000ab");
    EXPECT_EQ(model.version, "1.7");
    EXPECT_EQ(model.comment, "from elsewhere");
    EXPECT_EQ(add("weights", wanted)->version, "1.7");
    EXPECT_EQ(add("other", wanted).error().code, Errc::conflict);
    wanted.id = "../evil";
    EXPECT_EQ(add("weights", wanted).error().code, Errc::unprocessable);
}

TEST_F(ModelIntakeTest, the_next_format_is_told_what_the_first_one_knew)
{
    auto const model = test::run(intake.add(project, "onnx", package("w", R"({"resolution": "640", "model_size": "s",
                                                             "categories": [{"id": "z", "name": "Z"}]})"),
                                            {}))
                           .value();
    ASSERT_TRUE(add_format(model.id, "mocked", package("m")));
    auto const json = description_of(model, "mocked");
    EXPECT_EQ(json.at("resolution"), 640);
    EXPECT_EQ(json.at("model_size"), "s");
    EXPECT_EQ(json.at("categories").at(0).at("name"), "Z");
    EXPECT_EQ(json.at("format"), "mocked");
    EXPECT_EQ(json.at("version"), boost::json::value(model.version));
}

} // namespace
} // namespace learning_loop

#include "learning_loop/store/project_removals.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/store/file_removals.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"
#include "learning_loop/store/training_repository.h"

#include "unit/store/store_fixture.h"

#include <set>

namespace learning_loop::store {
namespace {

namespace fs = std::filesystem;

struct ProjectRemovalsTest : StoreTest {
    ProjectRemovals removals{lanes, file_removals, folder.path(), io.executor()};
    TrainingRepository trainings{lanes};

    ProjectRemovalsTest() { fill(project, 1200); }

    /// Images with all that may hang on one, a model, a training, a token, and files of each kind.
    void fill(Project const& filled, int images)
    {
        auto job = [&](Database& database) -> Result<void> {
            TagRow tag;
            tag.project = filled.number;
            tag.id = tag.name = "tag";
            tag.number = insert_numbered(database, tag);
            for (int i = 0; i < images; ++i) insert_marked_image(database, filled, tag.number, i);
            insert(database, TokenRow{0, "hash of " + filled.name, TokenKind::node, "cam", filled.number, "2024"});
            return {};
        };
        ASSERT_TRUE(io.run(lanes.write(job)));
        auto const model = "model of " + filled.name;
        NewModel wanted;
        wanted.id = model;
        ASSERT_TRUE(io.run(models.reserve(filled.number, wanted, {"onnx", "hash"})));
        ASSERT_TRUE(io.run(models.add_file(filled.number, {model, {"onnx", "hash"}, 1, "{}", {}})));
        ASSERT_TRUE(io.run(models.set_target(filled.number, model, "ann")));
        add_training(filled);
        for (auto const* const part : {"images", "models", "thumbs", "datasets"})
            test::put(folder / part / filled.folder / "aa/x", "bytes");
    }

    void add_training(Project const& filled)
    {
        TrainingRow training;
        training.project = filled.number;
        auto const row = io.run(trainings.add(training)).value();
        ASSERT_TRUE(io.run(trainings.add_result(row.number, {})));
    }

    static void insert_marked_image(Database& database, Project const& filled, std::int64_t tag, int number)
    {
        ImageRow row;
        row.project = filled.number;
        row.id = std::to_string(number);
        auto const image = insert_numbered(database, row);
        AnnotationRow annotation;
        annotation.image = image;
        insert(database, annotation);
        DetectionRow detection;
        detection.image = image;
        insert(database, detection);
        insert(database, ImageTagRow{0, image, tag});
    }

    bool is_there(std::string const& part, Project const& of) { return fs::exists(folder / part / of.folder); }

    /// Runs the background tasks until neither rows nor files of deleted projects are left.
    void work() { work_until_gone(project); }

    void work_until_gone(Project const& deleted)
    {
        TaskGroup tasks(io.executor());
        tasks.spawn("files", file_removals.run());
        tasks.spawn("projects", removals.run());
        EXPECT_TRUE(io.run_until([&] {
            return !is_there("images", deleted) && !is_there("models", deleted) && !is_there("thumbs", deleted) &&
                   !is_there("datasets", deleted);
        }));
        tasks.cancel();
        io.run(tasks.join());
    }
};

TEST_F(ProjectRemovalsTest, nobody_finds_the_project_and_its_name_is_free_at_once)
{
    ASSERT_TRUE(io.run(removals.begin(project.number, false)));
    EXPECT_FALSE(io.run(projects.find("demo", "field")).value());
    EXPECT_TRUE(io.run(projects.all())->empty());
    EXPECT_EQ(rows_in("models") + rows_in("model_files") + rows_in("tokens"), 0);
    EXPECT_EQ(rows_in("trainings") + rows_in("training_results"), 0);
    EXPECT_TRUE(trainings.open_at_start().empty());
    EXPECT_EQ(rows_in("images"), 1200); // not yet
    auto const next = io.run(projects.make(project_named("field"))).value();
    EXPECT_NE(next.number, project.number);
    EXPECT_NE(next.folder, project.folder);
    EXPECT_TRUE(io.run(models.all(next.number))->empty());
}

TEST_F(ProjectRemovalsTest, is_done_once)
{
    ASSERT_TRUE(io.run(removals.begin(project.number, false)));
    EXPECT_EQ(io.run(removals.begin(project.number, false)).error().code, Errc::not_found);
}

TEST_F(ProjectRemovalsTest, leaves_no_row_and_no_file_behind_and_others_as_they_are)
{
    auto const other = io.run(projects.make(project_named("other"))).value();
    fill(other, 3);
    ASSERT_TRUE(io.run(removals.begin(project.number, false)));
    work();
    EXPECT_EQ(rows_in("projects"), 1);
    for (auto const* const table : {"images", "annotations", "detections", "image_tags"})
        EXPECT_EQ(rows_in(table), 3) << table;
    for (auto const* const table : {"tags", "models", "model_files", "tokens", "trainings", "training_results"})
        EXPECT_EQ(rows_in(table), 1) << table;
    EXPECT_EQ(rows_in("categories"), 2);
    EXPECT_EQ(rows_in("image_counts"), 1);
    for (auto const* const part : {"images", "models", "thumbs", "datasets"})
        EXPECT_TRUE(is_there(part, other)) << part;
}

TEST_F(ProjectRemovalsTest, goes_on_where_an_earlier_process_has_stopped)
{
    ASSERT_TRUE(io.run(removals.begin(project.number, false)));
    ProjectRemovals next(lanes, file_removals, folder.path(), io.executor());
    TaskGroup tasks(io.executor());
    tasks.spawn("files", file_removals.run());
    tasks.spawn("projects", next.run());
    EXPECT_TRUE(io.run_until([&] { return !is_there("thumbs", project); }));
    tasks.cancel();
    io.run(tasks.join());
    EXPECT_EQ(rows_in("projects WHERE folder <> ''"), 0);
}

TEST_F(ProjectRemovalsTest, sets_the_files_of_the_images_aside_when_they_are_to_be_kept)
{
    ASSERT_TRUE(io.run(removals.begin(project.number, true)));
    work();
    EXPECT_EQ(rows_in("projects WHERE folder <> ''"), 0);
    std::vector<fs::path> kept;
    for (auto const& entry : fs::recursive_directory_iterator(folder / "set_aside")) {
        if (entry.is_regular_file()) kept.push_back(entry.path().lexically_relative(folder / "set_aside"));
    }
    ASSERT_EQ(kept.size(), 1U);
    auto const path = kept[0].string();
    EXPECT_TRUE(path.ends_with("/demo/field/aa/x")) << path;
}

TEST_F(ProjectRemovalsTest, no_project_gets_the_number_or_the_folder_of_one_that_was_deleted)
{
    std::set<std::string> folders{project.folder};
    std::set<std::int64_t> numbers{project.number};
    for (int i = 0; i < 5; ++i) {
        auto const last = io.run(projects.find("demo", "field")).value().value();
        test::put(folder / "thumbs" / last.folder / "aa/x", "bytes");
        ASSERT_TRUE(io.run(removals.begin(last.number, false)));
        work_until_gone(last);
        auto const next = io.run(projects.find_or_make(project_named("field"))).value();
        EXPECT_TRUE(folders.insert(next.folder).second) << next.folder;
        EXPECT_TRUE(numbers.insert(next.number).second) << next.number;
    }
    EXPECT_LE(rows_in("projects"), 2); // and they do not pile up
}

TEST_F(ProjectRemovalsTest, what_comes_for_it_meanwhile_is_refused)
{
    ASSERT_TRUE(io.run(removals.begin(project.number, false)));
    EXPECT_EQ(io.run(models.reserve(project.number, {}, {"onnx", "late"})).error().code, Errc::not_found);
    EXPECT_EQ(io.run(intake.add(project.number, {image(1)})).error().code, Errc::not_found);
    TokenRow token{0, "late", TokenKind::node, "cam", project.number, "2024"};
    EXPECT_EQ(io.run(accounts.add_token(token)).error().code, Errc::not_found);
    EXPECT_EQ(io.run(projects.set_split(project.number, 10, 0)).error().code, Errc::not_found);
    EXPECT_EQ(io.run(projects.set_hyperparameters(project.number, "{}")).error().code, Errc::not_found);
    TrainingRow training;
    training.project = project.number;
    EXPECT_EQ(io.run(trainings.add(training)).error().code, Errc::not_found);
}

TEST_F(ProjectRemovalsTest, a_token_of_a_deleted_project_is_never_one_for_all)
{
    auto job = [this](Database& database) -> Result<void> {
        database.execute("UPDATE projects SET removed = '2024' WHERE number = $1", {project.number});
        return {};
    };
    ASSERT_TRUE(io.run(lanes.write(job)));
    EXPECT_TRUE(accounts.load_at_start(0).tokens.empty());
}

} // namespace
} // namespace learning_loop::store

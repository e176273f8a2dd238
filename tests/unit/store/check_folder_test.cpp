#include "learning_loop/store/check_folder.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/store/sqlite/connection.h"
#include "learning_loop/store/training_repository.h"
#include "unit/store/store_fixture.h"

#include <fstream>

namespace learning_loop::store {
namespace {

namespace fs = std::filesystem;

/// A folder as the server has it: two images, a model and a training's dataset.
struct CheckFolderTest : testing::Test {
    CheckFolderTest()
    {
        DatabaseLanes lanes{sqlite::open_sqlite(folder / "loop.db")};
        BlobFiles files{folder / "images"};
        ProjectRepository projects{lanes};
        ImageIntake intake{lanes, files};
        ModelRepository models{lanes, folder / "models"};
        Project made;
        made.organization = "demo";
        made.name = "field";
        auto const project = test::run(projects.find_or_make(made)).value().number;
        EXPECT_TRUE(test::run(intake.add(project, {image(first_id, "first"), image(second_id, "second")})));
        NewModel wanted;
        wanted.id = "m";
        EXPECT_TRUE(test::run(models.reserve(project, wanted, {"onnx", "hash"})));
        write(model, "a zip");
        EXPECT_TRUE(test::run(models.add_file(project, {"m", {"onnx", "hash"}, 5, "{}", {}})));
        TrainingRow training;
        training.project = project;
        training.dataset = dataset.stem().string();
        EXPECT_TRUE(test::run(TrainingRepository(lanes).add(training)));
        write(dataset, "dataset");
    }

    static NewImage image(std::string id, std::string_view bytes)
    {
        NewImage image;
        image.id = std::move(id);
        image.bytes = bytes;
        image.size_bytes = static_cast<std::int64_t>(bytes.size());
        image.media_type = "image/jpeg";
        image.image_hash = hex(sha256(bytes));
        return image;
    }

    fs::path file_of(std::string const& id) const { return BlobFiles::path_in(folder / "images", "demo/field~1", id); }

    static void write(fs::path const& file, std::string const& text)
    {
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }

    std::vector<std::string> check(bool mends = false)
    {
        auto const database = sqlite::open_as_it_is(folder / "loop.db");
        return (report = check_folder(*database, folder.path(), mends)).findings;
    }

    std::string const first_id = "00000000-0000-0000-0000-000000000001";
    std::string const second_id = "00000000-0000-0000-0000-000000000002";
    test::TempFolder folder;
    fs::path const model = folder / "models/demo/field~1/m/onnx.zip";
    fs::path const dataset = folder / "datasets/demo/field~1" / (hex(sha256("dataset")) + ".jsonl");
    FolderReport report;
};

TEST_F(CheckFolderTest, a_sound_folder_has_no_findings)
{
    EXPECT_EQ(check(), std::vector<std::string>());
    EXPECT_EQ(report.images, 2);
    EXPECT_EQ(report.model_files, 1);
    EXPECT_EQ(report.datasets, 1);
}

TEST_F(CheckFolderTest, what_the_server_is_about_to_remove_is_no_finding)
{
    {
        sqlite::Connection database(folder / "loop.db", sqlite::Connection::Access::write);
        database.execute_script("INSERT INTO file_removals VALUES ('images/demo/gone~9'), ('models/demo/field~1/x')");
    }
    write(folder / "images/demo/gone~9/aa/x", "x");
    write(folder / "models/demo/field~1/x/onnx.zip", "x");
    EXPECT_EQ(check(true), std::vector<std::string>());
    write(folder / "images/demo/gone~90/aa/x", "x");
    EXPECT_EQ(check().size(), 1u);
}

TEST_F(CheckFolderTest, finds_what_is_lost)
{
    fs::remove(file_of(first_id));
    fs::remove(model);
    auto const findings = check(true);
    ASSERT_EQ(findings.size(), 2u);
    EXPECT_TRUE(findings[0].starts_with("lost: images/demo/field~1/"));
    EXPECT_EQ(findings[1], "lost: models/demo/field~1/m/onnx.zip");
    EXPECT_EQ(report.set_aside, 0);
}

TEST_F(CheckFolderTest, finds_what_is_cut_or_changed_and_sets_it_aside)
{
    write(file_of(first_id), "fir");
    write(file_of(second_id), "secons");
    write(model, "a");
    auto const findings = check();
    ASSERT_EQ(findings.size(), 3u);
    EXPECT_TRUE(findings[0].starts_with("cut: ") && findings[0].ends_with(" has 3 of 5 bytes")) << findings[0];
    EXPECT_TRUE(findings[1].starts_with("changed: ")) << findings[1];
    EXPECT_EQ(findings[2], "cut: models/demo/field~1/m/onnx.zip has 1 of 5 bytes");
    EXPECT_TRUE(fs::exists(file_of(first_id))); // a check alone changes nothing
    check(true);
    EXPECT_EQ(report.set_aside, 3);
    EXPECT_FALSE(fs::exists(file_of(first_id)));
    EXPECT_EQ(test::bytes_of(report.set_aside_folder / "models/demo/field~1/m/onnx.zip"), "a");
    EXPECT_EQ(check().size(), 3u); // they are lost now, until they come again
}

TEST_F(CheckFolderTest, finds_what_has_no_row_and_sets_it_aside)
{
    auto const wrong_place = folder / "images/demo/field/zz" / first_id;
    write(file_of("00000000-0000-0000-0000-000000000003"), "x");
    write(wrong_place, "first");
    write(folder / "images/stray\nname", "x");
    write(folder / "models/demo/field~1/m/other.zip", "x");
    fs::create_symlink("/etc", folder / "images/demo/link");
    EXPECT_EQ(check().size(), 5u);
    check(true);
    EXPECT_EQ(report.set_aside, 5);
    EXPECT_TRUE(fs::is_symlink(report.set_aside_folder / "images/demo/link"));
    EXPECT_EQ(check(), std::vector<std::string>());
}

TEST_F(CheckFolderTest, finds_a_dataset_that_is_lost_changed_or_of_no_training)
{
    auto const other = dataset.parent_path() / "0.jsonl";
    write(other, "x");
    write(dataset, "other");
    auto const findings = check(true);
    ASSERT_EQ(findings.size(), 2u);
    EXPECT_TRUE(findings[0].starts_with("changed: datasets/demo/field~1/")) << findings[0];
    EXPECT_EQ(findings[1], "orphaned: datasets/demo/field~1/0.jsonl has no row");
    EXPECT_EQ(report.set_aside, 2);
    ASSERT_EQ(check().size(), 1u);
    EXPECT_TRUE(report.findings[0].starts_with("lost: datasets/demo/field~1/")) << report.findings[0];
}

TEST_F(CheckFolderTest, an_intake_that_was_killed_is_no_finding)
{
    write(folder / "images/.incoming/0", "half");
    write(folder / "datasets/.begun/0", "half");
    EXPECT_EQ(check(), std::vector<std::string>());
}

TEST_F(CheckFolderTest, a_link_in_the_place_of_an_image_is_none)
{
    fs::remove(file_of(first_id));
    fs::create_symlink(file_of(second_id), file_of(first_id));
    EXPECT_TRUE(check()[0].starts_with("lost: "));
}

TEST_F(CheckFolderTest, rows_that_refer_to_none_are_a_fault_of_the_database)
{
    {
        sqlite::Connection database(folder / "loop.db", sqlite::Connection::Access::write);
        database.execute_script("PRAGMA foreign_keys = OFF; DELETE FROM models;");
    }
    auto const database = sqlite::open_as_it_is(folder / "loop.db");
    EXPECT_EQ(sqlite::faults_of(*database), std::vector<std::string>{"a row of model_files refers to none of models"});
}

TEST_F(CheckFolderTest, a_database_of_an_older_program_is_not_touched)
{
    {
        sqlite::Connection database(folder / "loop.db", sqlite::Connection::Access::write);
        database.execute_script("PRAGMA user_version = 1");
    }
    EXPECT_THROW(check(), DatabaseError);
}

} // namespace
} // namespace learning_loop::store

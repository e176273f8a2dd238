#include "learning_loop/store/file_removals.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/store/tables.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

namespace fs = std::filesystem;

struct FileRemovalsTest : StoreTest {
    fs::path write(std::string const& name)
    {
        auto const file = folder / name;
        test::put(file, "bytes");
        return file;
    }
    void name(std::vector<std::string> paths)
    {
        auto job = [paths](Database& database) -> Result<void> {
            for (auto const& path : paths) remove_file_later(database, path);
            return {};
        };
        ASSERT_TRUE(io.run(lanes.write(job)));
    }
    std::vector<std::string> named()
    {
        auto job = [](Database& database) -> Result<std::vector<std::string>> {
            std::vector<std::string> paths;
            for (auto& row : find_rows<FileRemovalRow>(database, "ORDER BY path", {})) paths.push_back(row.path);
            return paths;
        };
        return io.run(lanes.read(job)).value();
    }
    /// Runs the task until the condition holds.
    void work_until(std::function<bool()> const& condition)
    {
        TaskGroup tasks(io.executor());
        tasks.spawn("removals", file_removals.run());
        EXPECT_TRUE(io.run_until(condition));
        tasks.cancel();
        io.run(tasks.join());
    }
};

TEST_F(FileRemovalsTest, removes_files_and_folders_and_then_their_rows)
{
    auto const file = write("images/demo/field/aa/one"), kept = write("images/demo/field/aa/two");
    write("models/demo/gone~3/m/onnx.zip");
    for (int i = 0; i < 2500; ++i) write("images/demo/gone~3/" + std::to_string(i % 7) + "/" + std::to_string(i));
    name({"images/demo/field/aa/one", "images/demo/gone~3", "models/demo/gone~3", "thumbs/demo/gone~3"});
    work_until([&] { return named().empty(); });
    EXPECT_FALSE(fs::exists(file));
    EXPECT_FALSE(fs::exists(folder / "images/demo/gone~3"));
    EXPECT_FALSE(fs::exists(folder / "models/demo/gone~3"));
    EXPECT_TRUE(fs::exists(kept));
}

TEST_F(FileRemovalsTest, removes_what_is_named_later_once_it_is_told)
{
    auto const file = write("images/demo/field/aa/one");
    TaskGroup tasks(io.executor());
    tasks.spawn("removals", file_removals.run());
    name({"images/demo/field/aa/one"});
    file_removals.wake();
    EXPECT_TRUE(io.run_until([&] { return !fs::exists(file); }));
    tasks.cancel();
    io.run(tasks.join());
}

TEST_F(FileRemovalsTest, never_leaves_the_data_folder_and_follows_no_link)
{
    test::TempFolder elsewhere;
    test::put(elsewhere / "precious", "bytes");
    write("images/last");
    fs::create_directory_symlink(elsewhere.path(), folder / "images/link");
    auto const absolute = (elsewhere / "precious").string();
    name({"", ".", "..", "../" + elsewhere.path().filename().string(), "images/../../x", absolute, "images/",
          "images/link", "images/last"});
    work_until(
        [&] { return !fs::exists(folder / "images/last") && !fs::exists(fs::symlink_status(folder / "images/link")); });
    EXPECT_TRUE(fs::exists(elsewhere / "precious"));
    EXPECT_TRUE(fs::exists(folder / "images"));
    EXPECT_TRUE(fs::exists(folder / "test.db"));
}

TEST_F(FileRemovalsTest, goes_on_with_the_next_where_one_cannot_be_removed)
{
    name({"..", "images/b"});
    auto const file = write("images/b");
    work_until([&] { return !fs::exists(file); });
    EXPECT_EQ(named().front(), ".."); // the next process tries again
}

} // namespace
} // namespace learning_loop::store

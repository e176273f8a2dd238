#include "learning_loop/store/dataset_files.h"

#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop::store {
namespace {

namespace fs = std::filesystem;

struct DatasetFilesTest : testing::Test {
    test::TempFolder folder;
    DatasetFiles files{folder / "datasets"};

    DatasetFiles::Draft draft_of(std::vector<std::string> const& lines)
    {
        auto draft = files.begin().value();
        for (auto const& line : lines) EXPECT_TRUE(draft.append(line));
        return draft;
    }
    std::string write(std::vector<std::string> const& lines, std::string const& of = "demo/field~1")
    {
        return files.finish(draft_of(lines), of).value();
    }
    std::vector<std::string> files_there()
    {
        std::vector<std::string> names;
        for (auto const& entry : fs::recursive_directory_iterator(folder / "datasets")) {
            if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(folder / "datasets").string());
        }
        std::ranges::sort(names);
        return names;
    }
};

TEST_F(DatasetFilesTest, a_revision_is_named_by_the_sha_256_of_its_lines)
{
    auto const hash = write({"a", "", "bc"});
    EXPECT_EQ(hash, hex(sha256("a\n\nbc\n")));
    EXPECT_EQ(files_there(), std::vector{"demo/field~1/" + hash + ".jsonl"});
    EXPECT_EQ(test::bytes_of(files.path_of("demo/field~1", hash)), "a\n\nbc\n");
}

TEST_F(DatasetFilesTest, the_same_content_of_a_project_is_one_file)
{
    auto const first = write({"a"});
    auto const path = files.path_of("demo/field~1", first);
    auto const written = fs::last_write_time(path) - std::chrono::hours(1);
    fs::last_write_time(path, written);
    EXPECT_EQ(write({"a"}), first);
    EXPECT_EQ(fs::last_write_time(path), written);
    EXPECT_EQ(files_there().size(), 1U);
    EXPECT_NE(write({"b"}), first);
    EXPECT_EQ(write({"a"}, "demo/other~2"), first);
    EXPECT_EQ(files_there().size(), 3U);
}

TEST_F(DatasetFilesTest, no_line_is_an_empty_revision)
{
    EXPECT_EQ(write({}), hex(sha256("")));
    EXPECT_EQ(fs::file_size(files.path_of("demo/field~1", hex(sha256("")))), 0U);
}

TEST_F(DatasetFilesTest, what_is_not_finished_leaves_no_file)
{
    {
        auto const draft = draft_of({"a"});
        EXPECT_EQ(files_there().size(), 1U);
    }
    EXPECT_EQ(files_there().size(), 0U);
}

TEST_F(DatasetFilesTest, what_a_crash_left_half_written_goes_at_the_next_start_and_nothing_else)
{
    auto const hash = write({"a"});
    test::put(folder / "datasets/.begun/left", "half");
    DatasetFiles const again(folder / "datasets");
    EXPECT_EQ(files_there(), std::vector{"demo/field~1/" + hash + ".jsonl"});
    EXPECT_TRUE(again.begin());
}

TEST_F(DatasetFilesTest, a_full_disk_is_an_error_and_leaves_nothing)
{
    {
        auto draft = files.begin().value();
        test::ShortOfSpace const limit(1000);
        auto const full = draft.append(std::string(2000, 'x'));
        EXPECT_EQ(full.error().code, Errc::out_of_space);
    }
    EXPECT_EQ(files_there().size(), 0U);
    EXPECT_EQ(write({std::string(2000, 'x')}), hex(sha256(std::string(2000, 'x') + "\n")));
}

} // namespace
} // namespace learning_loop::store

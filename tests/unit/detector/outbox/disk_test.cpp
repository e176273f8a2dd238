#include "learning_loop/detector/outbox/disk.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <system_error>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

struct RealDiskTest : testing::Test {
    test::TempFolder folder;
    Disk& disk = real_disk();

    std::vector<std::string> entries()
    {
        std::vector<std::string> found;
        disk.list(folder.path(),
                  [&](Disk::Entry const& entry) { found.push_back(entry.name + (entry.is_folder ? "/" : "")); });
        std::ranges::sort(found);
        return found;
    }
};

TEST_F(RealDiskTest, writes_syncs_moves_and_removes)
{
    disk.make_folder(folder / "a/b");
    ASSERT_TRUE(disk.write_file(folder / "a/b/file", "the old, longer content"));
    ASSERT_TRUE(disk.write_file(folder / "a/b/file", "content"));
    disk.sync({folder / "a/b/file"}, {folder / "a/b", folder / "a"});
    disk.rename(folder / "a/b", folder / "c");
    EXPECT_EQ(*disk.read_file(folder / "c/file", 100), "content");
    EXPECT_EQ(disk.file_bytes(folder / "c/file"), 7u);
    EXPECT_EQ(disk.read_file(folder / "c/file", 6).error().code, Errc::too_large);
    EXPECT_EQ(entries(), (std::vector<std::string>{"a/", "c/"}));
    disk.remove(folder / "c");
    disk.remove(folder / "c");
    EXPECT_EQ(entries(), std::vector<std::string>{"a/"});
    EXPECT_GT(disk.free_bytes(folder.path()), 0u);
}

TEST_F(RealDiskTest, takes_a_link_for_nothing_but_a_link)
{
    test::put(folder / "outside/file", "x");
    fs::create_directory_symlink(folder / "outside", folder / "link");
    fs::create_symlink(folder / "outside/file", folder / "file");
    EXPECT_EQ(entries(), (std::vector<std::string>{"file", "link", "outside/"}));
    EXPECT_EQ(disk.file_bytes(folder / "file"), std::nullopt);
    EXPECT_FALSE(disk.read_file(folder / "file", 100));
    disk.remove(folder / "link");
    EXPECT_TRUE(fs::exists(folder / "outside/file"));
}

TEST_F(RealDiskTest, tells_that_one_of_many_syncs_failed)
{
    std::vector<Disk::Path> files;
    for (int i = 0; i < 30; ++i) files.push_back(folder / std::to_string(i));
    for (auto const& file : files) ASSERT_TRUE(disk.write_file(file, "x"));
    disk.sync(files, {folder.path()});
    fs::remove(files[17]);
    EXPECT_THROW(disk.sync(files, {folder.path()}), std::system_error);
}

TEST_F(RealDiskTest, syncs_nothing_if_only_the_process_may_die)
{
    EXPECT_THROW(disk.sync({folder / "missing"}, {}), std::system_error);
    EXPECT_NO_THROW(real_disk(Durability::os).sync({folder / "missing"}, {folder / "missing"}));
}

} // namespace
} // namespace learning_loop

#include "learning_loop/base/files.h"

#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

/// Another process that holds a folder's lock until it is killed.
class Holder {
public:
    explicit Holder(fs::path const& folder)
    {
        std::array<int, 2> ready{};
        if (::pipe(ready.data()) != 0) throw std::runtime_error("no pipe to be had");
        process_ = ::fork();
        if (process_ == 0) {
            auto const lock = FolderLock::take(folder);
            if (!lock || ::write(ready[1], "x", 1) != 1) ::_exit(1);
            for (;;) ::pause();
        }
        ::close(ready[1]);
        char byte = 0;
        held_ = ::read(ready[0], &byte, 1) == 1;
        ::close(ready[0]);
    }
    ~Holder() { kill(); }

    bool holds() const { return held_; }
    pid_t process() const { return process_; }
    void kill()
    {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }

private:
    pid_t process_ = 0;
    bool held_ = false;
};

struct Files : testing::Test {
    test::TempFolder folder;

    std::size_t count() { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), {})); }
};

TEST_F(Files, are_written_whole)
{
    std::string const bytes("a\0b\r\n", 5);
    ASSERT_TRUE(write_durably(folder / "a", bytes));
    EXPECT_EQ(test::bytes_of(folder / "a"), bytes);
    ASSERT_TRUE(write_durably(folder / "a", "x"));
    EXPECT_EQ(test::bytes_of(folder / "a"), "x");
}

TEST_F(Files, leave_nothing_behind_when_space_is_short)
{
    test::ShortOfSpace const limit(1000);
    auto const written = write_durably(folder / "a", std::string(2000, 'x'));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::out_of_space);
    EXPECT_NE(written.error().message.find(folder.path().string()), std::string::npos);
    EXPECT_EQ(count(), 0u);
}

TEST_F(Files, are_not_written_through_a_link)
{
    test::put(folder / "target", "old");
    fs::create_symlink(folder / "target", folder / "link");
    EXPECT_THROW(write_durably(folder / "link", "new").value(), std::system_error);
    EXPECT_EQ(test::bytes_of(folder / "target"), "old");
}

TEST_F(Files, are_replaced_at_once)
{
    test::put(folder / "a", "old");
    ASSERT_TRUE(replace_durably(folder / "a", "new"));
    EXPECT_EQ(test::bytes_of(folder / "a"), "new");
    EXPECT_EQ(count(), 1u);
}

TEST_F(Files, keep_their_content_when_the_new_one_does_not_fit)
{
    test::put(folder / "a", "old");
    test::ShortOfSpace const limit(1000);
    EXPECT_FALSE(replace_durably(folder / "a", std::string(2000, 'x')));
    EXPECT_EQ(test::bytes_of(folder / "a"), "old");
}

TEST_F(Files, change_until_the_disk_is_full)
{
    auto const failing_with = [](int error) {
        return [error]() -> Result<void> { throw std::system_error(error, std::generic_category(), "cannot write x"); };
    };
    for (auto const error : {ENOSPC, EDQUOT, EFBIG}) {
        auto const changed = unless_disk_is_full(failing_with(error));
        ASSERT_FALSE(changed);
        EXPECT_EQ(changed.error().code, Errc::out_of_space);
        EXPECT_TRUE(changed.error().message.starts_with("cannot write x")) << changed.error().message;
    }
    EXPECT_THROW(unless_disk_is_full(failing_with(EIO)).value(), std::system_error);
    EXPECT_TRUE(unless_disk_is_full([]() -> Result<void> { return {}; }));
}

TEST_F(Files, are_read_up_to_a_length)
{
    test::put(folder / "a", "12345");
    EXPECT_EQ(read_file(folder / "a", 5).value(), "12345");
    auto const longer = read_file(folder / "a", 4);
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, Errc::too_large);
    EXPECT_NE(longer.error().message.find("4 bytes"), std::string::npos);
}

TEST_F(Files, that_are_missing_are_not_found)
{
    EXPECT_EQ(read_file(folder / "a", 10).error().code, Errc::not_found);
    test::put(folder / "file", "x");
    EXPECT_EQ(read_file(folder / "file/a", 10).error().code, Errc::not_found);
}

TEST_F(Files, that_are_links_pipes_or_folders_are_refused)
{
    test::put(folder / "a", "x");
    fs::create_symlink(folder / "a", folder / "link");
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    for (auto const& name : {"link", "pipe", "."}) {
        auto const read = read_file(folder / name, 10);
        ASSERT_FALSE(read) << name;
        EXPECT_EQ(read.error().code, Errc::invalid_argument) << name;
    }
}

TEST_F(Files, get_the_folders_above_them)
{
    make_folder_durably(folder / "a/b/c");
    make_folder_durably(folder / "a/b/c");
    EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
}

TEST_F(Files, move_between_folders)
{
    test::put(folder / "a/x", "new");
    test::put(folder / "b/x", "old");
    rename_durably(folder / "a/x", folder / "b/x");
    EXPECT_EQ(test::bytes_of(folder / "b/x"), "new");
    EXPECT_FALSE(fs::exists(folder / "a/x"));
}

TEST_F(Files, folder_that_is_locked_names_its_holder)
{
    Holder const holder(folder.path());
    ASSERT_TRUE(holder.holds());
    auto const lock = FolderLock::take(folder.path());
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, Errc::conflict);
    EXPECT_NE(lock.error().message.find("process " + std::to_string(holder.process()) + ":"), std::string::npos)
        << lock.error().message;
}

TEST_F(Files, folder_that_is_locked_names_nobody_when_its_lock_tells_nonsense)
{
    Holder const holder(folder.path());
    ASSERT_TRUE(holder.holds());
    test::put(folder / ".lock", "12\nforged: line");
    auto const lock = FolderLock::take(folder.path());
    ASSERT_FALSE(lock);
    EXPECT_NE(lock.error().message.find("is in use by another process:"), std::string::npos) << lock.error().message;
}

TEST_F(Files, folder_is_free_when_its_holder_dies)
{
    Holder holder(folder.path());
    ASSERT_TRUE(holder.holds());
    ASSERT_FALSE(FolderLock::take(folder.path()));
    holder.kill();
    EXPECT_TRUE(FolderLock::take(folder.path()));
}

TEST_F(Files, folder_is_free_when_its_lock_goes)
{
    {
        auto lock = FolderLock::take(folder / "new/data");
        ASSERT_TRUE(lock);
        auto const moved = std::move(*lock);
        EXPECT_FALSE(FolderLock::take(folder / "new/data"));
    }
    EXPECT_TRUE(FolderLock::take(folder / "new/data"));
}

TEST_F(Files, folder_that_cannot_be_made_names_flag_and_reason)
{
    test::put(folder / "file", "x");
    auto const lock = FolderLock::take(folder / "file/data");
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, Errc::invalid_argument);
    EXPECT_NE(lock.error().message.find("--data-folder (DATA_FOLDER)"), std::string::npos) << lock.error().message;
}

} // namespace
} // namespace learning_loop

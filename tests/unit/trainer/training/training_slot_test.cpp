#include "learning_loop/trainer/training/training_slot.h"

#include "support/run.h"
#include "support/temp_folder.h"

#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace learning_loop {
namespace {

using test::TempFolder;

TEST(TrainingSlot, is_held_by_one_of_two_siblings_and_the_other_learns_by_whom)
{
    TempFolder const folder;
    TrainingSlot first(folder / "slot"), second(folder / "slot");
    ASSERT_TRUE(first.try_claim("node a, training #3 of zauberzeug/demo"));
    ASSERT_TRUE(first.is_held());
    auto const refused = second.try_claim("node b, training #4 of zauberzeug/demo");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    auto const holder = "pid " + std::to_string(getpid()) + " on ";
    EXPECT_TRUE(refused.error().message.starts_with(holder)) << refused.error().message;
    EXPECT_TRUE(refused.error().message.ends_with(", node a, training #3 of zauberzeug/demo"));
    EXPECT_EQ(second.find_sibling(), refused.error().message);
    EXPECT_FALSE(first.find_sibling()); // it is no sibling of itself
}

TEST(TrainingSlot, is_free_again_once_it_was_released_and_names_nobody)
{
    TempFolder const folder;
    TrainingSlot first(folder / "slot"), second(folder / "slot");
    ASSERT_TRUE(first.try_claim("a"));
    first.release();
    EXPECT_EQ(test::bytes_of(folder / "slot"), "");
    EXPECT_FALSE(second.find_sibling());
    EXPECT_TRUE(second.try_claim("b"));
    EXPECT_FALSE(first.is_held());
}

TEST(TrainingSlot, names_its_new_holder_in_the_same_file_whatever_stood_there)
{
    TempFolder const folder;
    test::put(folder / "slot", std::string(5000, 'x'));
    struct stat before {
    }, after{};
    ASSERT_EQ(stat((folder / "slot").c_str(), &before), 0);
    TrainingSlot slot(folder / "slot");
    ASSERT_TRUE(slot.try_claim("b"));
    ASSERT_EQ(stat((folder / "slot").c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino); // the lock belongs to the file, not to its name
    EXPECT_TRUE(test::bytes_of(folder / "slot").ends_with(", b"));
    EXPECT_EQ(after.st_mode & 0777, 0666u); // siblings may be other users
}

TEST(TrainingSlot, is_free_after_its_holder_was_killed)
{
    TempFolder const folder;
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    auto const child = fork();
    if (child == 0) {
        Descriptor const held(open((folder / "slot").c_str(), O_RDWR | O_CREAT, 0666));
        (void)!flock(held.get(), LOCK_EX);
        (void)!write(ready[1], "x", 1);
        pause();
    }
    char byte = 0;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);
    TrainingSlot slot(folder / "slot");
    EXPECT_FALSE(slot.try_claim("a"));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_TRUE(slot.try_claim("a"));
    close(ready[0]);
    close(ready[1]);
}

TEST(TrainingSlot, is_not_inherited_by_the_programs_that_its_holder_starts)
{
    TempFolder const folder;
    TrainingSlot slot(folder / "slot");
    ASSERT_TRUE(slot.try_claim("a"));
    auto const child = fork();
    if (child == 0) execl("/bin/sleep", "sleep", "60", nullptr);
    slot.release();
    TrainingSlot other(folder / "slot");
    for (int i = 0; i < 500 && !other.is_held(); ++i) { // until the child is sleep
        (void)other.try_claim("b");
        usleep(1000);
    }
    EXPECT_TRUE(other.is_held());
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
}

/// A sibling that holds the lock.
struct Sibling {
    Descriptor file;

    explicit Sibling(std::filesystem::path const& slot) : file(open(slot.c_str(), O_RDWR | O_CREAT, 0666))
    {
        EXPECT_EQ(flock(file.get(), LOCK_EX | LOCK_NB), 0);
    }
    void let_go() { file = Descriptor(); }
};

TEST(TrainingSlot, is_had_although_a_sibling_looks_at_it_at_this_moment)
{
    TempFolder const folder;
    TrainingSlot slot(folder / "slot");
    test::Io io;
    Sibling sibling(folder / "slot");
    EXPECT_FALSE(slot.try_claim("a"));
    auto const executor = io.executor();
    boost::asio::post(executor, [&] { boost::asio::post(executor, [&] { sibling.let_go(); }); }); // after the first try
    EXPECT_TRUE(io.run(slot.claim("a")));
    EXPECT_TRUE(slot.is_held());
}

TEST(TrainingSlot, is_refused_soon_if_a_sibling_keeps_it)
{
    TempFolder const folder;
    TrainingSlot slot(folder / "slot");
    Sibling const sibling(folder / "slot");
    EXPECT_EQ(test::run(slot.claim("a")).error().code, Errc::conflict);
    EXPECT_FALSE(slot.is_held());
}

TEST(TrainingSlot, of_no_file_is_always_free)
{
    TrainingSlot first(""), second("");
    EXPECT_TRUE(first.try_claim("a"));
    EXPECT_TRUE(second.try_claim("b"));
    EXPECT_FALSE(first.find_sibling());
}

TEST(TrainingSlot, tells_why_its_file_cannot_be_had)
{
    TrainingSlot slot("/nowhere/slot");
    auto const claimed = slot.try_claim("a");
    ASSERT_FALSE(claimed);
    EXPECT_EQ(claimed.error().code, Errc::unavailable);
    EXPECT_EQ(claimed.error().message, "TRAINING_SLOT_LOCK: /nowhere/slot: No such file or directory");
    EXPECT_FALSE(slot.find_sibling());
}

} // namespace
} // namespace learning_loop

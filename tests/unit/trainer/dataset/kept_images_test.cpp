#include "learning_loop/trainer/dataset/kept_images.h"

#include "support/fake_dataset_loop.h"
#include "support/sample_images.h"
#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <set>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using test::fake_image_id;

struct KeptImagesTest : testing::Test {
    test::TempFolder folder;
    std::string const whole = test::a_jpeg(64, 48);

    fs::path file(int number) const { return image_file(folder.path(), fake_image_id(number)); }
    std::vector<std::uintmax_t> check(std::vector<std::string> const& ids) const
    {
        return check_kept_images(folder.path(), ids).value();
    }
    std::set<std::string> names() const
    {
        std::set<std::string> names;
        for (auto const& entry : fs::directory_iterator(folder.path())) names.insert(entry.path().filename());
        return names;
    }
};

TEST_F(KeptImagesTest, are_written_whole_and_leave_nothing_else)
{
    ASSERT_TRUE(keep_image(folder.path(), fake_image_id(1), whole));
    EXPECT_EQ(test::bytes_of(file(1)), whole);
    EXPECT_EQ(names(), std::set<std::string>{fake_image_id(1) + ".jpg"});
    EXPECT_EQ(check({fake_image_id(1), fake_image_id(2)}), (std::vector<std::uintmax_t>{whole.size(), 0}));
}

TEST_F(KeptImagesTest, are_no_broken_ones)
{
    for (auto const& bytes : {std::string(), std::string("no image"), whole.substr(0, whole.size() - 2)})
        EXPECT_EQ(keep_image(folder.path(), fake_image_id(1), bytes).error().code, Errc::invalid_argument);
    EXPECT_TRUE(names().empty());
}

TEST_F(KeptImagesTest, go_if_they_are_broken)
{
    test::put(file(1), whole.substr(0, whole.size() / 2));
    test::put(file(2), "");
    test::put(file(3), std::string(whole.size(), '\0')); // as a power cut leaves it
    test::put(file(4), whole);
    EXPECT_EQ(check({fake_image_id(1), fake_image_id(2), fake_image_id(3), fake_image_id(4)}),
              (std::vector<std::uintmax_t>{0, 0, 0, whole.size()}));
    EXPECT_EQ(names(), std::set<std::string>{fake_image_id(4) + ".jpg"});
}

TEST_F(KeptImagesTest, go_if_they_are_no_files_and_what_they_lead_to_stays)
{
    test::TempFolder other;
    test::put(other / "secret.jpg", whole);
    fs::create_symlink(other / "secret.jpg", file(1));
    fs::create_directory(file(2));
    test::put(file(2) / "x", "x");
    ::mkfifo(file(3).c_str(), 0600);
    EXPECT_EQ(check({fake_image_id(1), fake_image_id(2), fake_image_id(3)}), (std::vector<std::uintmax_t>(3, 0)));
    EXPECT_TRUE(names().empty());
    EXPECT_EQ(test::bytes_of(other / "secret.jpg"), whole);
}

TEST_F(KeptImagesTest, do_not_write_through_a_link)
{
    test::TempFolder other;
    test::put(other / "secret", "s");
    fs::create_symlink(other / "secret", fs::path(file(1)) += ".part");
    EXPECT_EQ(keep_image(folder.path(), fake_image_id(1), whole).error().code, Errc::unavailable);
    EXPECT_EQ(test::bytes_of(other / "secret"), "s");
    ASSERT_TRUE(prepare_image_folder(folder.path()));
    EXPECT_TRUE(keep_image(folder.path(), fake_image_id(1), whole));
    EXPECT_EQ(test::bytes_of(other / "secret"), "s");
}

TEST_F(KeptImagesTest, lose_what_killed_downloads_left_at_the_next_start)
{
    test::put(fs::path(file(1)) += ".part", "half");
    test::put(file(2), whole);
    test::put(folder / "notes.jpg.part", "of a person");
    ASSERT_TRUE(prepare_image_folder(folder.path()));
    EXPECT_EQ(names(), (std::set<std::string>{fake_image_id(2) + ".jpg", "notes.jpg.part"}));
}

TEST_F(KeptImagesTest, say_that_the_disk_is_full_and_leave_nothing_half)
{
    Result<void> refused;
    {
        test::ShortOfSpace const full(100);
        refused = keep_image(folder.path(), fake_image_id(1), whole);
    }
    EXPECT_EQ(refused.error().code, Errc::out_of_space);
    EXPECT_NE(refused.error().message.find("the disk is full: free some space"), std::string::npos);
    EXPECT_TRUE(names().empty());
}

TEST_F(KeptImagesTest, tell_why_a_folder_cannot_be_made)
{
    test::put(folder / "a", "file");
    EXPECT_EQ(prepare_image_folder(folder / "a/images").error().code, Errc::unavailable);
}

TEST_F(KeptImagesTest, go_if_they_are_not_among_those_wanted_and_other_files_stay)
{
    for (int number = 1; number <= 4; ++number) test::put(file(number), whole);
    test::put(fs::path(file(2)) += ".part", "half");
    test::put(folder / "notes.txt", "of a person");
    fs::create_directory(folder / "folder");
    EXPECT_EQ(remove_images_but(folder.path(), {fake_image_id(1), fake_image_id(3), fake_image_id(9)}), 3u);
    EXPECT_EQ(names(),
              (std::set<std::string>{fake_image_id(1) + ".jpg", fake_image_id(3) + ".jpg", "notes.txt", "folder"}));
    EXPECT_EQ(remove_images_but(folder / "none", {}), 0u);
}

} // namespace
} // namespace learning_loop

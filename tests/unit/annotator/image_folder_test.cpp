#include "learning_loop/annotator/image_folder.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

std::string id_of(int number)
{
    return "00000000-0000-0000-0000-00000000000" + std::to_string(number);
}

struct ImageFolderTest : testing::Test {
    test::TempFolder folder;
    Context const project{"zauberzeug", "demo"};

    fs::path put_image(ImageFolder& images, int number, std::size_t bytes)
    {
        auto const file = images.file_of(project, id_of(number));
        test::put(file, std::string(bytes, 'x'));
        images.add(file);
        return file;
    }
};

TEST_F(ImageFolderTest, has_images_where_other_nodes_have_them)
{
    ImageFolder images(folder.path(), 100);
    auto const file = images.file_of(project, id_of(1));
    EXPECT_EQ(file, folder / ("zauberzeug/demo/images/" + id_of(1) + ".jpg"));
    EXPECT_FALSE(images.has(file));
    put_image(images, 1, 10);
    EXPECT_TRUE(images.has(file));
}

TEST_F(ImageFolderTest, deletes_what_was_not_used_for_longest_to_keep_to_its_bytes)
{
    ImageFolder images(folder.path(), 30);
    auto const first = put_image(images, 1, 10);
    auto const second = put_image(images, 2, 10);
    put_image(images, 3, 10);
    EXPECT_TRUE(images.has(first));
    put_image(images, 4, 10);
    EXPECT_TRUE(fs::exists(first));
    EXPECT_FALSE(fs::exists(second));
    EXPECT_EQ(images.bytes(), 30u);
}

TEST_F(ImageFolderTest, keeps_one_image_however_large)
{
    ImageFolder images(folder.path(), 30);
    auto const first = put_image(images, 1, 20);
    auto const large = put_image(images, 2, 100);
    EXPECT_FALSE(fs::exists(first));
    EXPECT_TRUE(images.has(large));
}

TEST_F(ImageFolderTest, takes_over_what_an_earlier_run_has_left_and_nothing_else)
{
    auto const images_of = folder / "zauberzeug/demo/images";
    test::put(images_of / (id_of(1) + ".jpg"), "0123456789");
    test::put(images_of / (id_of(2) + ".jpg.part"), "half");
    test::put(images_of / "notes.jpg", "of a person");
    test::put(images_of / (id_of(4) + " a copy.jpg"), "of a person, too");
    test::put(folder / "uuids.json", "{}");
    fs::create_directory_symlink("/", folder / "zauberzeug/link");
    fs::create_symlink("/etc/passwd", images_of / (id_of(3) + ".jpg"));
    ImageFolder images(folder.path(), 5);
    EXPECT_TRUE(images.has(images_of / (id_of(1) + ".jpg")));
    EXPECT_FALSE(images.has(images_of / (id_of(3) + ".jpg")));
    EXPECT_EQ(images.bytes(), 10u);
    EXPECT_FALSE(fs::exists(images_of / (id_of(2) + ".jpg.part")));
    EXPECT_TRUE(fs::exists(images_of / "notes.jpg"));
    EXPECT_TRUE(fs::exists(images_of / (id_of(4) + " a copy.jpg")));
    EXPECT_TRUE(fs::exists(folder / "uuids.json"));
}

TEST_F(ImageFolderTest, notices_that_somebody_else_has_deleted_an_image)
{
    ImageFolder images(folder.path(), 30);
    auto const file = put_image(images, 1, 10);
    fs::remove(file);
    EXPECT_FALSE(images.has(file));
    EXPECT_EQ(images.bytes(), 0u);
}

} // namespace
} // namespace learning_loop

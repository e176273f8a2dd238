#include "learning_loop/converter/converted_files.h"

#include "support/temp_folder.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

struct ConvertedFilesTest : testing::Test {
    test::TempFolder folder;
    fs::path const source = folder / "source";
    fs::path const target = folder / "target";

    ConvertedFilesTest()
    {
        test::put(source / "a.txt", "source");
        test::put(source / "model.json", "{}");
        test::put(target / "b.txt", "made");
        test::put(target / "deeper/c.txt", "made");
        test::put(folder / "secret", "x");
        test::put(folder / "target2/d.txt", "x");
    }
    Result<std::vector<ConvertedFile>> check(Paths const& returned, std::uintmax_t max_bytes = 100)
    {
        return check_converted_files(returned, source, target, max_bytes);
    }
    std::string refusal(Paths const& returned)
    {
        auto const checked = check(returned);
        return checked ? "taken" : checked.error().message;
    }
};

TEST_F(ConvertedFilesTest, may_lie_in_either_folder_and_be_named_by_a_path_in_the_target_folder)
{
    auto const files = check({source / "a.txt", target / "deeper/c.txt", "b.txt", source / "model.json"});
    std::string names;
    for (auto const& file : files.value()) names += file.name + "=" + test::bytes_of(file.path) + " ";
    EXPECT_EQ(names, "a.txt=source c.txt=made b.txt=made model.json={} ");
}

TEST_F(ConvertedFilesTest, must_not_lie_elsewhere_also_by_way_of_links)
{
    fs::create_symlink(folder / "secret", target / "link");
    fs::create_directory_symlink(folder / "target2", target / "linked");
    for (fs::path const& path : Paths{folder / "secret", "/etc/passwd", target / "../secret", "../secret",
                                      target / "link", target / "linked/d.txt", folder / "target2/d.txt"}) {
        EXPECT_EQ(refusal({path}), "the converter returned '" + path.string() +
                                       "', which lies neither in the target nor in the source folder");
    }
}

TEST_F(ConvertedFilesTest, may_be_links_within_the_folders_under_the_name_of_the_link)
{
    fs::create_symlink(source / "a.txt", target / "e.txt");
    auto const files = check({"e.txt"});
    EXPECT_EQ(files.value().at(0).name, "e.txt");
    EXPECT_EQ(files->at(0).path, fs::canonical(source / "a.txt"));
}

TEST_F(ConvertedFilesTest, are_plain_files_that_are_there)
{
    ASSERT_EQ(::mkfifo((target / "fifo").c_str(), 0600), 0);
    fs::create_symlink("loop", target / "loop");
    EXPECT_EQ(refusal({}), "the converter returned no files");
    EXPECT_EQ(refusal({"gone"}), "the converter returned 'gone', which is not there");
    EXPECT_EQ(refusal({"loop"}), "the converter returned 'loop', which is not there");
    for (auto const* name : {"fifo", "deeper", ""})
        EXPECT_NE(refusal({name}).find("', which is no plain file"), std::string::npos) << name;
}

TEST_F(ConvertedFilesTest, have_names_that_a_model_may_have_and_none_twice)
{
    test::put(target / "A.TXT", "x");
    test::put(target / "deeper/b.txt", "x");
    test::put(target / "new\nline", "x");
    test::put(target / "MODEL.json", "x");
    std::vector<Paths> const table{
        {source / "a.txt", "A.TXT"}, {"b.txt", "deeper/b.txt"}, {"b.txt", "b.txt"}, {"new\nline"}, {"MODEL.json"}};
    for (auto const& paths : table)
        EXPECT_TRUE(refusal(paths).starts_with("the converter returned a file with an unfit name: ")) << paths[0];
    EXPECT_EQ(refusal({"A.TXT"}), "taken");
}

TEST_F(ConvertedFilesTest, have_no_more_bytes_together_than_the_loop_takes)
{
    test::put(target / "large", std::string(60, 'x'));
    test::put(target / "other", std::string(41, 'x'));
    EXPECT_TRUE(check({"large"}));
    auto const refused = check({"large", "other"});
    EXPECT_EQ(refused.error().code, Errc::too_large);
    EXPECT_EQ(refused.error().message, "the converter returned 101 bytes: the Loop takes 100 at most");
}

} // namespace
} // namespace learning_loop

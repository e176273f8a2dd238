// Zips as strangers write them, on purpose or not.
#include "learning_loop/archive/zip.h"

#include "learning_loop/base/files.h"

#include "support/raw_zip.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

namespace learning_loop {
namespace {

using namespace std::string_literals;
using test::raw_zip;
using test::RawZip;
using test::RawZipEntry;

std::string with(RawZipEntry entry)
{
    return RawZip().add({"good.txt"}).add(std::move(entry)).add({"last.txt"}).bytes();
}

std::string names_of(std::vector<ZipEntry> const& entries)
{
    std::string names;
    for (auto const& entry : entries) names += entry.name + ' ';
    return names;
}

std::string flat_names(std::string const& zip)
{
    auto const flat = read_flat_zip(zip);
    return flat ? names_of(flat->entries) : flat.error().message;
}

/// All readers refuse it, and nothing stays in the folder or beside it.
void expect_refused_by_all(std::string const& what, std::string const& zip)
{
    test::TempFolder const folder;
    std::filesystem::create_directories(folder / "in/target");
    std::ofstream(folder / "in/given.zip", std::ios::binary) << zip;
    EXPECT_FALSE(read_zip(zip)) << what;
    EXPECT_FALSE(read_flat_zip(zip)) << what;
    EXPECT_FALSE(unpack_zip(folder / "in/given.zip", folder / "in/target")) << what;
    std::size_t files = 0;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
        if (entry.is_regular_file() || entry.is_symlink()) ++files;
    }
    EXPECT_EQ(files, 1U) << what;
}

TEST(ForeignZip, may_have_a_comment_of_any_length)
{
    for (std::size_t length : {0U, 1U, 16'000U, 16'384U, 60'000U, 65'535U}) {
        auto const zip = raw_zip({{"a.txt", "hello"}}, std::string(length, 'c'));
        ASSERT_TRUE(read_zip(zip)) << length << ": " << read_zip(zip).error().message;
        EXPECT_EQ(read_zip(zip)->at(0).bytes, "hello");
        test::TempFolder const folder;
        std::filesystem::create_directories(folder / "target");
        std::ofstream(folder / "given.zip", std::ios::binary) << zip;
        EXPECT_TRUE(unpack_zip(folder / "given.zip", folder / "target")) << length;
        EXPECT_EQ(read_file(folder / "target/a.txt", 100).value(), "hello");
    }
}

TEST(ForeignZip, whose_comment_is_cut_off_or_holds_a_zip_is_refused)
{
    auto const zip = raw_zip({{"a.txt", "hello"}}, std::string(1000, 'c'));
    EXPECT_FALSE(read_zip(zip.substr(0, zip.size() - 1)));
    EXPECT_FALSE(read_zip(raw_zip({{"a.txt", "hello"}}, raw_zip({{"b.txt", "other"}}))));
}

TEST(ForeignZip, with_a_name_beyond_ascii_is_told_to_rename_that_file)
{
    for (auto const& name : {"R\xC3\xBC"
                             "be.pt"s,
                             "R\x81"
                             "be.pt"s,
                             "ru\xCC\x88"
                             "be.pt"s,
                             "\xE6\xA8\xA1.pt"s}) {
        for (unsigned const flags : {0U, 0x800U}) {
            auto const refused = read_flat_zip(with({.name = name, .flags = flags}));
            ASSERT_FALSE(refused) << name;
            EXPECT_NE(refused.error().message.find("rename the file"), std::string::npos) << refused.error().message;
            EXPECT_EQ(refused.error().message.find("damaged"), std::string::npos) << refused.error().message;
        }
    }
}

TEST(FlatZip, loses_its_one_folder_and_what_macos_adds)
{
    EXPECT_EQ(flat_names(raw_zip({{"a.pt", "1"}, {"b c.json", "2"}})), "a.pt b c.json ");
    EXPECT_EQ(flat_names(raw_zip({{"best/", ""}, {"best/a.pt", "1"}, {"best/b.json", "2"}})), "a.pt b.json ");
    EXPECT_EQ(flat_names(raw_zip({{"best/a.pt", "1"}, {"best/.DS_Store", "2"}, {"__MACOSX/best/._a.pt", "3"}})),
              "a.pt ");
    EXPECT_EQ(flat_names(raw_zip({{".DS_Store", "1"}, {"a.pt", "2"}, {"__MACOSX/", ""}, {"__MACOSX/._\xC3\xA4", "4"}})),
              "a.pt ");
}

TEST(FlatZip, says_what_it_left_out)
{
    auto const remarks = read_flat_zip(raw_zip({{"best/a.pt", "1"}, {"__MACOSX/._a.pt", "2"}}))->remarks;
    ASSERT_EQ(remarks.size(), 2U);
    EXPECT_NE(remarks[0].find("__MACOSX"), std::string::npos);
    EXPECT_NE(remarks[1].find("best/"), std::string::npos);
    EXPECT_TRUE(read_flat_zip(raw_zip({{"a.pt", "1"}}))->remarks.empty());
}

TEST(FlatZip, has_no_other_folders)
{
    for (auto const& files :
         std::vector<std::vector<std::pair<std::string, std::string>>>{{{"a/x", "1"}, {"b/y", "2"}},
                                                                       {{"a/x", "1"}, {"y", "2"}},
                                                                       {{"y", "1"}, {"a/x", "2"}},
                                                                       {{"a/b/x", "1"}},
                                                                       {{"a/x", "1"}, {"a/b/y", "2"}},
                                                                       {{"A/x", "1"}, {"a/y", "2"}}}) {
        EXPECT_NE(flat_names(raw_zip(files)).find("has a folder"), std::string::npos) << flat_names(raw_zip(files));
    }
    EXPECT_NE(flat_names(raw_zip({{"a/x", "1"}, {"a/X", "2"}})).find("comes twice"), std::string::npos);
    EXPECT_NE(flat_names(raw_zip({{"__MACOSX/x", "1"}})).find("no files"), std::string::npos);
}

TEST(NestedZip, may_have_folders_but_must_be_sound)
{
    EXPECT_TRUE(check_zip(raw_zip({{"a/", ""}, {"a/b/c.pb", "1"}, {"a/b/\xC3\xBC.pb", "2"}})));
    auto cut = raw_zip({{"a/b.pb", "hello"}});
    cut[cut.find("hello")] = 'H';
    EXPECT_FALSE(check_zip(cut));
    EXPECT_FALSE(check_zip("PK\3\4 no zip"));
    EXPECT_FALSE(check_zip(raw_zip({{"a/../../b", "1"}})));
    EXPECT_FALSE(check_zip(with({.name = "link", .bytes = "/etc/passwd", .mode = 0120777})));
}

TEST(ForeignZip, that_lies_is_refused)
{
    auto const none = std::string(4, '\0');
    std::vector<std::pair<std::string, std::string>> lies{
        {"dots", with({.name = "../evil"})},
        {"dots within", with({.name = "a/../../evil"})},
        {"absolute", with({.name = "/evil"})},
        {"two slashes", with({.name = "a//evil"})},
        {"drive", with({.name = "C:\\evil"})},
        {"drive with a slash", RawZip().add({.name = "C:/evil"}).bytes()},
        {"drive of DOS", RawZip().add({.name = "C:\\evil", .system = 0}).bytes()},
        {"backslash", with({.name = "..\\evil"})},
        {"backslash of DOS", RawZip().add({.name = "a\\evil", .system = 0}).bytes()},
        {"link", with({.name = "link", .bytes = "/etc/passwd", .mode = 0120777})},
        {"link and a file through it",
         RawZip().add({.name = "a", .bytes = "/tmp", .mode = 0120777}).add({.name = "a/evil"}).bytes()},
        {"device", with({.name = "device", .mode = 0020644})},
        {"twice", with({.name = "good.txt"})},
        {"twice in another case", with({.name = "GOOD.TXT"})},
        {"no name", with({.name = ""})},
        {"NUL", with({.name = "a\0b"s})},
        {"line break", with({.name = "a\nb"})},
        {"300 characters", with({.name = std::string(300, 'n')})},
        {"encrypted", with({.name = "a", .flags = 1})},
        {"other method", with({.name = "a", .method = 12})},
        {"checksum", with({.name = "a", .checksum = 1})},
        {"other local name", with({.name = "a", .local_name = "b"})},
        {"other local size", with({.name = "a", .bytes = "hello", .local_size = 3})},
        {"other size in the table", with({.name = "a", .bytes = "hello", .table_size = 3})},
        {"longer than the zip", with({.name = "a", .local_size = 9999, .table_size = 9999})},
        {"the same bytes twice", RawZip().add({"a"}).add({.name = "a2", .local_name = "a", .place_of = 0}).bytes()},
        {"64 bits without a number", with({.name = "a", .table_size = 0xFFFFFFFF})},
        {"64 bits too long", with({.name = "a",
                                   .table_size = 0xFFFFFFFF,
                                   .extra = "\1\0\x10\0"s + RawZip::number(1, 8) + RawZip::number(1ULL << 62U, 8)})},
    };
    for (std::uint64_t const more : {1U, 5U, 65'000U}) {
        RawZip zip;
        zip.more_entries = more;
        lies.emplace_back("more entries than there are", zip.add({"a"}).bytes());
    }
    RawZip moved;
    moved.table_moved_by = 7;
    lies.emplace_back("the table is elsewhere", moved.add({"a"}).bytes());
    RawZip located;
    located.before_end = "PK\6\7" + none + RawZip::number(1ULL << 40U, 8) + RawZip::number(1, 4);
    lies.emplace_back("64 bits that lead nowhere", located.add({"a"}).bytes());
    RawZip large;
    large.before_end = "PK\6\6" + RawZip::number(44, 8) + RawZip::number(45, 2) + RawZip::number(45, 2) + none + none +
                       RawZip::number(9, 8) + RawZip::number(9, 8) + RawZip::number(48, 8) + RawZip::number(32, 8) +
                       "PK\6\7" + none + RawZip::number(80, 8) + RawZip::number(1, 4);
    lies.emplace_back("64 bits that tell something else", large.add({"a"}).bytes());
    for (auto const& [what, zip] : lies) expect_refused_by_all(what, zip);
    EXPECT_GE(lies.size(), 20U);
}

TEST(ForeignZip, that_unpacks_to_too_much_or_has_too_many_entries_is_refused)
{
    RawZip many;
    for (int i = 0; i < 2000; ++i) many.add({std::to_string(i)});
    EXPECT_EQ(read_flat_zip(many.bytes()).error().code, Errc::too_large);
    auto const long_one = raw_zip({{"a", std::string(2000, 'a')}});
    EXPECT_EQ(read_flat_zip(long_one, {.max_bytes = 1999}).error().code, Errc::too_large);
    EXPECT_EQ(check_zip(long_one, {.max_bytes = 1999}).error().code, Errc::too_large);
}

TEST(ForeignZip, damaged_anywhere_gives_the_same_files_or_none)
{
    auto const seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    auto const whole = raw_zip({{"best/a.pt", std::string(300, 'a')}, {"best/b.json", "{}"}}, "a comment");
    for (int round = 0; round < 500; ++round) {
        auto zip = whole;
        for (auto hits = 1 + random() % 3; hits > 0; --hits) zip[random() % zip.size()] = static_cast<char>(random());
        auto const flat = read_flat_zip(zip);
        for (auto const& entry : flat ? flat->entries : std::vector<ZipEntry>()) {
            EXPECT_TRUE(entry.bytes == std::string(300, 'a') || entry.bytes == "{}") << round;
            EXPECT_EQ(entry.name.find_first_of("/\\"), std::string::npos) << round;
        }
    }
}

} // namespace
} // namespace learning_loop

#include "learning_loop/archive/zip.h"

#include "learning_loop/base/files.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

class ZipTest : public testing::Test {
protected:
    ZipTest() { fs::create_directories(target_); }
    ~ZipTest() override { fs::remove_all(folder_); }

    std::string packed(std::vector<ZipSource> const& sources)
    {
        write_zip(folder_ / "packed.zip", sources).value();
        return read_file(folder_ / "packed.zip", 1 << 30).value();
    }

    Result<void> unpack(std::string const& bytes, ZipLimits const& limits = {})
    {
        std::ofstream(folder_ / "given.zip", std::ios::binary) << bytes;
        return unpack_zip(folder_ / "given.zip", target_, limits);
    }

    /// Refused both ways, in words that hold `text`, and nothing was left in or beside the folder.
    void expect_refused(std::string const& bytes, Errc code, std::string_view text, ZipLimits const& limits = {})
    {
        auto const unpacked = unpack(bytes, limits);
        auto const read = read_zip(bytes, limits);
        ASSERT_FALSE(unpacked) << text;
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(unpacked.error().code, code) << unpacked.error().message;
        EXPECT_EQ(read.error().message, unpacked.error().message);
        EXPECT_NE(unpacked.error().message.find(text), std::string::npos) << unpacked.error().message;
        EXPECT_EQ(names_in(target_), "");
        EXPECT_EQ(names_in(folder_), "given.zip packed.zip target ");
    }

    std::string names_in(fs::path const& folder)
    {
        std::ofstream(folder_ / "packed.zip", std::ios::app);
        std::map<std::string, int> names;
        for (auto const& file : fs::directory_iterator(folder)) ++names[file.path().filename().string()];
        std::string text;
        for (auto const& [name, count] : names) text += name + ' ';
        return text;
    }

    fs::path const folder_ = fs::temp_directory_path() / ("zip_test." + std::to_string(::getpid()));
    fs::path const target_ = folder_ / "target";
};

/// A zip as somebody else may write it, by libarchive with hardly any rule.
class ForeignZip {
public:
    explicit ForeignZip(char const* options = "") : writer_(archive_write_new()), bytes_(1 << 20, '\0')
    {
        archive_write_set_format_zip(writer_);
        EXPECT_EQ(archive_write_set_options(writer_, options), ARCHIVE_OK);
        if (*options && std::string_view(options).find("encryption") != std::string_view::npos)
            archive_write_set_passphrase(writer_, "secret");
        archive_write_open_memory(writer_, bytes_.data(), bytes_.size(), &used_);
    }
    ForeignZip(ForeignZip const&) = delete;
    ForeignZip& operator=(ForeignZip const&) = delete;
    ~ForeignZip() { archive_write_free(writer_); }

    ForeignZip& add(std::string const& name, std::string const& content, unsigned type = AE_IFREG)
    {
        auto* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_filetype(entry, type);
        archive_entry_set_perm(entry, 0644);
        if (type == AE_IFLNK) archive_entry_set_symlink(entry, content.c_str());
        if (type == AE_IFREG) archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
        EXPECT_EQ(archive_write_header(writer_, entry), ARCHIVE_OK);
        if (type == AE_IFREG) archive_write_data(writer_, content.data(), content.size());
        archive_entry_free(entry);
        return *this;
    }

    std::string bytes()
    {
        archive_write_close(writer_);
        return bytes_.substr(0, used_);
    }

private:
    archive* writer_;
    std::string bytes_;
    std::size_t used_ = 0;
};

std::string foreign(std::string const& name, std::string const& content = "x", unsigned type = AE_IFREG)
{
    return ForeignZip().add(name, content, type).bytes();
}

TEST_F(ZipTest, unpacks_what_it_packed)
{
    auto const large = std::string(300'000, 'a') + std::string("\0\xFF", 2);
    std::ofstream(folder_ / "on_disk", std::ios::binary) << "from a file";
    auto const zip =
        packed({{"model.json", "{}"}, {"model.onnx", large}, {"empty", ""}, {"file", {}, folder_ / "on_disk"}});
    ASSERT_TRUE(unpack(zip));
    EXPECT_EQ(names_in(target_), "empty file model.json model.onnx ");
    EXPECT_EQ(read_file(target_ / "model.onnx", 1 << 20).value(), large);
    EXPECT_EQ(read_file(target_ / "file", 100).value(), "from a file");
    EXPECT_EQ(read_file(target_ / "empty", 100).value(), "");

    auto const entries = read_zip(zip).value();
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(entries[1].name, "model.onnx");
    EXPECT_EQ(entries[1].bytes, large);
}

TEST_F(ZipTest, unpacks_what_others_packed)
{
    auto const text = std::string(5000, 'a');
    for (auto const* method : {"zip:compression=deflate", "zip:compression=store", "zip:zip64"}) {
        auto const entries = read_zip(ForeignZip(method).add("a.txt", text).add("b.txt", "b").bytes());
        ASSERT_TRUE(entries) << method << ": " << entries.error().message;
        ASSERT_EQ(entries->size(), 2U);
        EXPECT_EQ(entries->at(0).bytes, text);
        EXPECT_EQ(entries->at(1).name, "b.txt");
    }
}

TEST_F(ZipTest, packs_the_same_files_to_the_same_bytes)
{
    auto const first = packed({{"a", "1"}, {"b", "2"}});
    ::setenv("TZ", "Asia/Tokyo", 1);
    ::tzset();
    EXPECT_EQ(packed({{"a", "1"}, {"b", "2"}}), first);
    ::unsetenv("TZ");
    ::tzset();
}

TEST_F(ZipTest, replaces_a_zip_that_is_there)
{
    packed({{"a", "1"}});
    EXPECT_EQ(read_zip(packed({{"b", "2"}})).value().at(0).name, "b");
}

TEST_F(ZipTest, packs_nothing_that_it_would_not_unpack)
{
    for (auto const* name : {"", "..", "a/b", "/a", "a\\b", "a\nb"}) {
        EXPECT_EQ(write_zip(folder_ / "packed.zip", {{name, "x"}}).error().code, Errc::invalid_argument) << name;
    }
    EXPECT_EQ(write_zip(folder_ / "packed.zip", {{"a", "x"}, {"A", "y"}}).error().code, Errc::invalid_argument);
    EXPECT_EQ(write_zip(folder_ / "packed.zip", {{"a", {}, folder_ / "missing"}}).error().code, Errc::not_found);
    EXPECT_FALSE(fs::exists(folder_ / "packed.zip"));
    EXPECT_FALSE(fs::exists(folder_ / "packed.zip.new"));
}

TEST_F(ZipTest, refuses_a_zip_without_files)
{
    expect_refused(packed({}), Errc::invalid_argument, "the zip has no files");
}

TEST_F(ZipTest, refuses_names_that_lead_out_of_the_folder)
{
    for (auto const* name : {"../evil", "/evil", "a/../../evil", "C:\\evil", "..\\evil", "folder/file"}) {
        expect_refused(foreign(name), Errc::invalid_argument, "has a folder");
    }
    expect_refused(foreign(".."), Errc::invalid_argument, "is the name of a folder");
}

TEST_F(ZipTest, refuses_names_that_are_no_plain_text)
{
    expect_refused(foreign("a\nb"), Errc::invalid_argument, "printable ASCII");
    expect_refused(foreign("mod\xC3\xA8le"), Errc::invalid_argument, "printable ASCII");
    expect_refused(foreign(std::string(256, 'n')), Errc::invalid_argument, "longer than 255");
}

TEST_F(ZipTest, refuses_a_name_that_comes_twice_in_any_case)
{
    expect_refused(ForeignZip().add("same", "1").add("same", "2").bytes(), Errc::invalid_argument,
                   "\"same\": comes twice");
    expect_refused(ForeignZip().add("same", "1").add("SAME", "2").bytes(), Errc::invalid_argument,
                   "\"SAME\": comes twice");
}

TEST_F(ZipTest, refuses_what_is_no_plain_file)
{
    expect_refused(foreign("link", "/etc/passwd", AE_IFLNK), Errc::invalid_argument, "\"link\": is no plain file");
    expect_refused(foreign("folder", "", AE_IFDIR), Errc::invalid_argument, "has a folder");
    expect_refused(ForeignZip().add("good", "x").add("link", "good", AE_IFLNK).bytes(), Errc::invalid_argument,
                   "\"link\"");
}

TEST_F(ZipTest, refuses_an_encrypted_entry)
{
    expect_refused(ForeignZip("zip:encryption=aes256").add("a", "x").bytes(), Errc::invalid_argument,
                   "\"a\": is encrypted");
}

TEST_F(ZipTest, refuses_too_many_entries)
{
    ForeignZip zip;
    for (int i = 0; i < 11; ++i) zip.add(std::to_string(i), "x");
    auto const bytes = zip.bytes();
    EXPECT_TRUE(read_zip(bytes, {.max_entries = 11}));
    expect_refused(bytes, Errc::too_large, "\"10\": is one more than the 10 files", {.max_entries = 10});
}

TEST_F(ZipTest, refuses_too_many_bytes_while_it_unpacks_them)
{
    auto const zip = ForeignZip().add("small", "x").add("large", std::string(50'000, 'a')).bytes();
    EXPECT_TRUE(read_zip(zip, {.max_bytes = 50'001}));
    expect_refused(zip, Errc::too_large, "\"large\"", {.max_bytes = 50'000});
}

TEST_F(ZipTest, refuses_what_inflates_beyond_all_measure)
{
    auto const bomb = foreign("zeros", std::string(std::size_t{20} << 20, '\0'));
    ASSERT_LT(bomb.size(), 100'000U);
    expect_refused(bomb, Errc::too_large, "\"zeros\"");
    EXPECT_TRUE(read_zip(bomb, {.max_ratio = 2000}));
}

TEST_F(ZipTest, refuses_a_zip_that_was_cut_off_anywhere)
{
    auto const whole = ForeignZip().add("a", "hello").add("b", std::string(300, 'b')).bytes();
    ASSERT_TRUE(read_zip(whole));
    for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
        EXPECT_FALSE(read_zip(whole.substr(0, length))) << length;
    }
    expect_refused(whole.substr(0, whole.size() / 2), Errc::invalid_argument, "not a zip file");
}

TEST_F(ZipTest, refuses_what_is_no_zip)
{
    expect_refused("", Errc::invalid_argument, "not a zip file");
    expect_refused("hello", Errc::invalid_argument, "not a zip file");
    expect_refused("PK\x03\x04"s + std::string(1000, '\0'), Errc::invalid_argument, "not a zip file");
    EXPECT_EQ(unpack_zip(folder_ / "missing.zip", target_).error().code, Errc::not_found);
}

TEST_F(ZipTest, refuses_content_that_does_not_match_its_checksum)
{
    auto stored = packed({{"a", "hello world"}});
    stored[stored.find("world")] = 'W';
    expect_refused(stored, Errc::invalid_argument, "\"a\": is damaged");
}

TEST_F(ZipTest, notices_every_changed_byte_that_would_change_a_file)
{
    auto const content = std::string(200, 'a') + "bcd";
    auto const whole = ForeignZip().add("a", content).add("b", "hello").bytes();
    int noticed = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (int bit = 1; bit < 256; bit *= 2) {
            auto bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ bit);
            auto const entries = read_zip(bytes);
            if (!entries) ++noticed;
            for (auto const& entry : entries ? *entries : std::vector<ZipEntry>()) {
                EXPECT_TRUE(entry.bytes == content || entry.bytes == "hello")
                    << "byte " << at << ", bit " << bit << ": " << entry.name;
            }
        }
    }
    EXPECT_GT(noticed, 500);
}

TEST_F(ZipTest, tells_whether_files_can_lie_side_by_side)
{
    EXPECT_TRUE(check_zip_names({"a", "model.json", "b c"}));
    EXPECT_TRUE(check_zip_names({}));
    for (auto const* wrong : {"A", "", "..", "b/c", "new\nline", "\xc3\xa4"})
        EXPECT_EQ(check_zip_names({"a", wrong}).error().code, Errc::invalid_argument) << wrong;
}

TEST_F(ZipTest, leaves_nothing_behind_when_the_disk_is_full)
{
    auto const zip = packed({{"small", "x"}, {"large", std::string(5000, 'a')}});
    std::ofstream(folder_ / "given.zip", std::ios::binary) << zip;
    auto const old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit old_limit{};
    ::getrlimit(RLIMIT_FSIZE, &old_limit);
    rlimit const limit{1000, old_limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto const unpacked = unpack_zip(folder_ / "given.zip", target_);
    auto const written = write_zip(folder_ / "other.zip", {{"large", std::string(5000, 'a')}});
    ::setrlimit(RLIMIT_FSIZE, &old_limit);
    std::signal(SIGXFSZ, old_handler);
    EXPECT_EQ(unpacked.error().code, Errc::out_of_space);
    EXPECT_EQ(written.error().code, Errc::out_of_space);
    EXPECT_EQ(names_in(target_), "");
    EXPECT_EQ(names_in(folder_), "given.zip packed.zip target ");
}

} // namespace
} // namespace learning_loop

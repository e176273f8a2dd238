#include "learning_loop/http/upload.h"

#include "support/multipart_body.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace learning_loop::http {
namespace {

std::size_t files_in(std::filesystem::path const& folder)
{
    auto const entries = std::filesystem::directory_iterator(folder);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

Result<Upload> read_in_pieces(std::filesystem::path const& folder, std::string_view body, std::size_t piece_bytes,
                              std::size_t max_part_bytes = std::numeric_limits<std::size_t>::max())
{
    auto reader = UploadReader::of(test::multipart_type, folder, max_part_bytes);
    if (!reader) return reader.error();
    while (!body.empty()) {
        auto const piece = body.substr(0, piece_bytes);
        if (auto const fed = reader->feed(piece); !fed) return fed.error();
        body.remove_prefix(piece.size());
    }
    return reader->finish();
}

TEST(Upload, holds_short_parts_in_memory_and_long_ones_in_files)
{
    test::TempFolder folder;
    std::string const long_part(300'000, 'x');
    auto const body = test::multipart_body({{"model.json", "{}"}, {"weights", long_part}});
    {
        auto const upload = read_in_pieces(folder.path(), body, 1000).value();
        ASSERT_EQ(upload.size(), 2u);
        EXPECT_EQ(upload[0].file_name, "model.json");
        EXPECT_EQ(upload[0].bytes, "{}");
        EXPECT_FALSE(upload[0].file);
        EXPECT_EQ(upload[1].size_bytes, 300'000u);
        EXPECT_EQ(upload[1].bytes, "");
        EXPECT_EQ(test::bytes_of(upload[1].file.value().path()), long_part);
        EXPECT_EQ(files_in(folder.path()), 1u);
    }
    EXPECT_EQ(files_in(folder.path()), 0u); // gone with the request
}

TEST(Upload, names_the_part_that_is_too_long)
{
    test::TempFolder folder;
    auto const body =
        test::multipart_body({{"small.jpg", std::string(1000, 'x')}, {"big.jpg", std::string(2001, 'x')}});
    for (std::size_t const piece : {1UL, 700UL, body.size()}) {
        EXPECT_TRUE(read_in_pieces(folder.path(), body, piece, 2001));
        auto const refused = read_in_pieces(folder.path(), body, piece, 2000);
        EXPECT_EQ(refused.error().code, Errc::unprocessable);
        EXPECT_EQ(refused.error().message,
                  "big.jpg: is longer than 2000 bytes, the most that is taken of one: send it smaller");
    }
}

TEST(Upload, writes_nothing_more_of_a_part_that_is_too_long)
{
    test::TempFolder folder;
    constexpr std::size_t mib = 1 << 20;
    auto const body = test::multipart_body({{"", std::string(3 * mib, 'x')}});
    auto reader = UploadReader::of(test::multipart_type, folder.path(), 2 * mib).value();
    std::size_t fed = 0;
    for (Result<void> taken; taken; fed += 1000) taken = reader.feed(std::string_view(body).substr(fed, 1000));
    EXPECT_LT(fed, 2 * mib + 3000);
    ASSERT_EQ(files_in(folder.path()), 1u);
    EXPECT_LE(file_size(std::filesystem::directory_iterator(folder.path())->path()), 2 * mib);
}

TEST(Upload, bounds_the_memory_of_many_short_parts_together)
{
    test::TempFolder folder;
    std::vector<std::pair<std::string, std::string>> files;
    for (int i = 0; i < 30; ++i) files.emplace_back(std::to_string(i), std::string(200'000, 'x'));
    auto const upload = read_in_pieces(folder.path(), test::multipart_body(files), 256 * 1024).value();
    std::size_t held = 0;
    for (auto const& part : upload) held += part.bytes.size();
    EXPECT_LE(held, 4u << 20);
    EXPECT_EQ(upload.size(), 30u);
}

TEST(Upload, is_the_same_however_the_body_is_cut)
{
    test::TempFolder folder;
    auto const body = test::multipart_body({{"a", "\r\n--X-boundary-\r\n--"}, {"b", ""}, {"c", "\r\n"}});
    for (std::size_t piece = 1; piece < body.size(); ++piece) {
        auto const upload = read_in_pieces(folder.path(), body, piece).value();
        ASSERT_EQ(upload.size(), 3u) << piece;
        EXPECT_EQ(upload[0].bytes, "\r\n--X-boundary-\r\n--") << piece;
        EXPECT_EQ(upload[1].bytes, "") << piece;
        EXPECT_EQ(upload[2].bytes, "\r\n") << piece;
    }
}

TEST(Upload, leaves_nothing_of_a_broken_body)
{
    test::TempFolder folder;
    auto body = test::multipart_body({{"weights", std::string(300'000, 'x')}});
    body.resize(body.size() - 30);
    EXPECT_FALSE(read_in_pieces(folder.path(), body, 1000));
    EXPECT_EQ(files_in(folder.path()), 0u);
}

TEST(Upload, needs_a_multipart_body)
{
    test::TempFolder folder;
    EXPECT_EQ(UploadReader::of("text/plain", folder.path()).error().code, Errc::invalid_argument);
}

} // namespace
} // namespace learning_loop::http

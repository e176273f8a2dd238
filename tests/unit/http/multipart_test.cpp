#include "learning_loop/http/multipart.h"

#include <gtest/gtest.h>

#include <memory>

namespace learning_loop::http {
namespace {

using namespace std::string_literals;

constexpr auto* type = "multipart/form-data; boundary=xyz";
constexpr auto* valid =
    "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
    "\xff\xd8 bytes\r\n--xyz\r\ncontent-disposition:form-data;name=tags\r\n\r\na,b\r\n--xyz--\r\n";

std::string body_with(std::string const& disposition)
{
    return "--xyz\r\nContent-Disposition: " + disposition + "\r\n\r\nx\r\n--xyz--\r\n";
}

std::string message_of(std::string const& content_type, std::string const& body)
{
    auto const parts = parse_multipart(content_type, body);
    return parts ? "no error" : parts.error().message;
}

TEST(Multipart, splits_a_body_into_its_parts)
{
    std::string const body = valid;
    auto const parts = parse_multipart(type, body);
    ASSERT_EQ(parts.value().size(), 2u);
    EXPECT_EQ(parts->at(0).name, "file");
    EXPECT_EQ(parts->at(0).file_name, "a.jpg");
    EXPECT_EQ(parts->at(0).content_type, "image/jpeg");
    EXPECT_EQ(parts->at(0).bytes, "\xff\xd8 bytes");
    EXPECT_EQ(parts->at(1).name, "tags");
    EXPECT_EQ(parts->at(1).file_name, "");
    EXPECT_EQ(parts->at(1).bytes, "a,b");
}

TEST(Multipart, leaves_line_ends_and_dashes_in_the_content_alone)
{
    auto const content = "\r\n\r\n--xy\r\n--\n--xyz\r\r\n\0\r\n"s;
    auto const body = "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n" + content + "\r\n--xyz--";
    EXPECT_EQ(parse_multipart(type, body).value().at(0).bytes, content);
}

TEST(Multipart, takes_an_empty_part_and_an_empty_form)
{
    std::string const body = "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--xyz--";
    EXPECT_EQ(parse_multipart(type, body).value().at(0).bytes, "");
    EXPECT_TRUE(parse_multipart(type, "--xyz--\r\n").value().empty());
}

TEST(Multipart, reads_quoted_names)
{
    auto const body = body_with(R"(form-data; filename="a; name=\"b\".jpg" ; name="q\\\"; x=\y" )");
    auto const parts = parse_multipart(type, body);
    EXPECT_EQ(parts.value().at(0).name, R"(q\"; x=\y)");
    EXPECT_EQ(parts->at(0).file_name, R"(a; name="b".jpg)");
}

std::string file_name_of(std::string const& parameters)
{
    return parse_multipart(type, body_with("form-data; name=file; " + parameters)).value().at(0).file_name;
}

TEST(Multipart, reads_a_file_name_beyond_ascii)
{
    EXPECT_EQ(file_name_of("filename*=UTF-8''na%C3%AFve.jpg"), "na\xC3\xAFve.jpg");
    EXPECT_EQ(file_name_of("filename*=utf-8'en'%e2%82%ac%20rates.jpg"), "\xE2\x82\xAC rates.jpg");
    EXPECT_EQ(file_name_of("filename*=\"UTF-8''a%3Bb.jpg\""), "a;b.jpg");
    EXPECT_EQ(file_name_of("filename*=iso-8859-1''na%EFve.jpg"), "na\xC3\xAFve.jpg");
    EXPECT_EQ(file_name_of("filename*=ISO-8859-1''%C3%AF"), "\xC3\x83\xC2\xAF") << "although it might be UTF-8";
}

TEST(Multipart, takes_the_richer_of_two_file_names)
{
    EXPECT_EQ(file_name_of("filename=\"na?ve.jpg\"; filename*=UTF-8''na%C3%AFve.jpg"), "na\xC3\xAFve.jpg");
    EXPECT_EQ(file_name_of("FILENAME*=UTF-8''b.jpg; filename=a.jpg"), "b.jpg");
}

TEST(Multipart, takes_the_plain_file_name_if_the_richer_one_is_broken)
{
    for (auto const* broken :
         {"UTF-8''%C3", "UTF-8''%G0", "UTF-8''%00", "UTF-8'a.jpg", "UTF-8", "", "KOI8-R''%C1", "''b.jpg"})
        EXPECT_EQ(file_name_of("filename=a.jpg; filename*=" + std::string(broken)), "a.jpg") << broken;
    EXPECT_EQ(file_name_of("filename*=UTF-8''%C3"), "");
}

TEST(Multipart, takes_blanks_behind_a_boundary)
{
    auto padded = std::string(valid);
    for (auto at = padded.find("xyz\r\n"); at != std::string::npos; at = padded.find("xyz\r\n", at + 5))
        padded.insert(at + 3, " \t  ");
    EXPECT_EQ(parse_multipart(type, padded).value().size(), 2u);
    EXPECT_EQ(parse_multipart(type, padded.substr(0, padded.size() - 2) + " \t\r\n").value().size(), 2u);
    for (auto const* wrong : {" x\r\n", " --", "\t--\r\n", " ", " \r"})
        EXPECT_EQ(message_of(type, "--xyz" + std::string(wrong)),
                  "multipart body: ends early or has text after a boundary");
}

TEST(Multipart, takes_a_part_with_the_label_of_the_whole_body)
{
    auto const labelled = [](std::string const& content_type) {
        return "--xyz\r\nContent-Disposition: form-data; name=a\r\nContent-Type: " + content_type +
               "\r\n\r\nx\r\n--xyz--";
    };
    EXPECT_EQ(parse_multipart(type, labelled("multipart/form-data")).value().at(0).bytes, "x");
    EXPECT_EQ(parse_multipart(type, labelled("multipart/form-data; charset=utf-8")).value().at(0).bytes, "x");
    EXPECT_EQ(message_of(type, labelled("multipart/mixed; boundary=abc")),
              "multipart body: a part is multipart itself: send its parts one by one");
}

/// What a body is read as in pieces of that many bytes: names and contents.
std::string read_in_pieces(std::string const& body, std::size_t piece_bytes)
{
    struct Sink final : MultipartParser::Sink {
        std::string all;
        Result<void> begin(PartHead head) override
        {
            all += head.file_name + ":";
            return {};
        }
        Result<void> data(std::string_view bytes) override
        {
            all += bytes;
            return {};
        }
        Result<void> end() override
        {
            all += ";";
            return {};
        }
    } sink;
    auto parser = MultipartParser::of(type).value();
    for (std::size_t at = 0; at < body.size(); at += piece_bytes) {
        if (auto const fed = parser.feed(body.substr(at, piece_bytes), sink); !fed) return fed.error().message;
    }
    auto const whole = parser.finish();
    return whole ? sink.all : whole.error().message;
}

TEST(Multipart, reads_padding_in_pieces_as_it_does_at_one_go)
{
    for (auto const* end : {"--xyz--", "--xyz-- \t", "--xyz \t--", "--xyz \r"}) {
        auto const body = "--xyz \t \r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n--xy\r\n"s + end;
        auto const whole = read_in_pieces(body, body.size());
        for (std::size_t bytes = 1; bytes < body.size(); ++bytes)
            EXPECT_EQ(read_in_pieces(body, bytes), whole) << bytes;
    }
}

TEST(Multipart, reads_a_quoted_boundary)
{
    auto const body = "--a b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--a b--"s;
    EXPECT_EQ(parse_multipart("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"", body).value().size(), 1u);
}

TEST(Multipart, ignores_what_stands_before_the_first_boundary)
{
    EXPECT_EQ(parse_multipart(type, "a preamble\r\n"s + valid).value().size(), 2u);
}

TEST(Multipart, misses_the_last_boundary)
{
    std::string const body = valid;
    EXPECT_EQ(message_of(type, body.substr(0, body.rfind("\r\n--xyz--"))),
              "multipart body: ends early: a part has no boundary after it");
    EXPECT_EQ(message_of(type, body.substr(0, body.rfind("--\r\n"))),
              "multipart body: ends early or has text after a boundary");
}

TEST(Multipart, refuses_what_is_no_form)
{
    EXPECT_EQ(message_of("application/json", valid), "multipart body: Content-Type must be multipart/form-data");
    EXPECT_EQ(message_of("multipart/form-data", valid), "multipart body: Content-Type has no boundary");
    EXPECT_EQ(message_of("multipart/form-data; boundary=\"\"", valid), "multipart body: Content-Type has no boundary");
    EXPECT_EQ(message_of("multipart/form-data; boundary=\"xyz", valid), "multipart body: Content-Type has no boundary");
    EXPECT_EQ(message_of("multipart/form-data; boundary=" + std::string(71, 'x'), valid),
              "multipart body: the boundary is longer than 70 characters");
    EXPECT_EQ(message_of("multipart/form-data; boundary=abc", valid),
              "multipart body: the boundary that Content-Type names does not occur");
    EXPECT_EQ(message_of(type, ""), "multipart body: the boundary that Content-Type names does not occur");
}

TEST(Multipart, refuses_parts_without_a_name)
{
    EXPECT_EQ(message_of(type, body_with("form-data")), "multipart body: a part's Content-Disposition has no name");
    EXPECT_EQ(message_of(type, body_with("form-data; name=\"open")),
              "multipart body: a part's Content-Disposition has no name");
    EXPECT_EQ(message_of(type, "--xyz\r\nX-Other: 1\r\n\r\nx\r\n--xyz--"),
              "multipart body: a part has no Content-Disposition");
    EXPECT_EQ(message_of(type, "--xyz\r\nno colon\r\n\r\nx\r\n--xyz--"),
              "multipart body: a part has a header line without a colon");
}

TEST(Multipart, takes_a_thousand_parts_and_no_more)
{
    std::string body;
    for (int i = 0; i < 1000; ++i) body += "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
    EXPECT_EQ(parse_multipart(type, body + "--xyz--").value().size(), 1000u);
    body += "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--xyz--";
    auto const refused = parse_multipart(type, body);
    EXPECT_EQ(refused.error().code, Errc::unprocessable) << "a node splits it then";
    EXPECT_EQ(refused.error().message, "multipart body: has more than 1000 parts: send less in one request");
}

TEST(Multipart, refuses_headers_that_do_not_end)
{
    auto const long_header =
        "--xyz\r\nContent-Disposition: form-data; name=" + std::string(9000, 'a') + "\r\n\r\nx\r\n--xyz--";
    EXPECT_EQ(message_of(type, long_header), "multipart body: a part's headers are longer than 8 KiB or have no end");
    EXPECT_EQ(message_of(type, "--xyz\r\nContent-Disposition: form-data; name=a\r\n--xyz--"),
              "multipart body: a part's headers are longer than 8 KiB or have no end");
}

TEST(Multipart, survives_every_cut_of_a_body)
{
    std::string const whole = valid;
    for (std::size_t bytes = 0; bytes < whole.size() - 2; ++bytes) { // what follows the last "--" does not matter
        auto const cut = std::make_unique<char[]>(bytes); // of its exact size: a sanitizer sees the first byte too far
        whole.copy(cut.get(), bytes);
        EXPECT_FALSE(parse_multipart(type, {cut.get(), bytes})) << bytes;
    }
}

TEST(Multipart, survives_every_damaged_byte)
{
    for (std::size_t at = 0; at < std::string_view(valid).size(); ++at) {
        for (char const damage : {'\0', '\r', '\n', '"', ';', '=', '\\', '-'}) {
            std::string body = valid;
            body[at] = damage;
            auto const parts = parse_multipart(type, body);
            EXPECT_LE(parts ? parts->size() : 0, 2u) << at;
        }
    }
}

TEST(Multipart, survives_every_cut_of_a_content_type)
{
    std::string const whole = R"(multipart/form-data; charset="a\"b"; boundary="xyz")";
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
        EXPECT_FALSE(parse_multipart(whole.substr(0, bytes), valid)) << bytes;
    EXPECT_TRUE(parse_multipart(whole, valid));
}

} // namespace
} // namespace learning_loop::http

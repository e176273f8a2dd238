#include "learning_loop/server/models/model_package.h"

#include "learning_loop/json/json.h"

#include "support/multipart_body.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

ModelFacts const facts{
    "http://127.0.0.1:8000", "demo", "field", "the-id", "1.0", "mocked", {{"c", "beet", {}, {}, {}, {}, "box"}}};

Result<std::vector<ZipEntry>> read(std::vector<std::pair<std::string, std::string>> const& files)
{
    test::TempFolder const folder;
    auto reader = http::UploadReader::of(test::multipart_type, folder.path()).value();
    reader.feed(test::multipart_body(files)).value();
    auto upload = reader.finish().value();
    return read_model_upload(upload);
}

std::string zip_of(std::vector<ZipSource> const& files)
{
    test::TempFolder const folder;
    EXPECT_TRUE(write_zip(folder / "test.zip", files));
    return test::bytes_of(folder / "test.zip");
}

std::string text_of(std::vector<ZipEntry> const& files)
{
    for (auto const& file : files) {
        if (file.name == "model.json") return file.bytes;
    }
    return {};
}

boost::json::object corrected(std::string const& description)
{
    std::vector<ZipEntry> files{{"model.json", description}};
    EXPECT_TRUE(correct_model_json(files, facts));
    return parse_json(text_of(files), "the test")->as_object();
}

TEST(ModelUpload, files_may_come_one_by_one_or_as_one_zip)
{
    auto const files = *read({{"model.onnx", "weights"}, {"model.json", "{}"}});
    auto const unpacked = *read({{"my model.zip", zip_of({{"model.onnx", "weights"}, {"model.json", "{}"}})}});
    ASSERT_EQ(files.size(), 2U);
    ASSERT_EQ(unpacked.size(), 2U);
    EXPECT_EQ(files[0].bytes, "weights");
    EXPECT_EQ(unpacked[0].bytes, "weights");
}

TEST(ModelUpload, a_name_that_is_a_path_or_comes_twice_is_refused)
{
    for (auto const* name : {"../model.onnx", "a/b", ".hidden", ""}) {
        EXPECT_EQ(read({{name, "weights"}}).error().code, Errc::unprocessable) << name;
    }
    EXPECT_EQ(read({{"a.txt", "1"}, {"A.txt", "2"}}).error().code, Errc::unprocessable);
}

TEST(ModelUpload, a_broken_zip_and_an_empty_form_are_refused)
{
    auto const zip = zip_of({{"model.onnx", std::string(1000, 'x')}});
    EXPECT_EQ(read({{"model.zip", zip.substr(0, 500)}}).error().code, Errc::unprocessable);
    EXPECT_EQ(read({}).error().code, Errc::unprocessable);
}

TEST(ModelJson, what_the_loop_knows_is_set_and_the_rest_is_kept)
{
    auto const json =
        corrected(R"({"categories": [{"id": "b", "name": "B"}, {"id": "a", "name": "A"}], "resolution": 320,
                                    "version": "9.9", "host": null, "own": [1]})");
    EXPECT_EQ(json.at("version"), "1.0");
    EXPECT_EQ(json.at("id"), "the-id");
    EXPECT_EQ(json.at("host"), "http://127.0.0.1:8000");
    EXPECT_EQ(json.at("organization"), "demo");
    EXPECT_EQ(json.at("project"), "field");
    EXPECT_EQ(json.at("format"), "mocked");
    EXPECT_EQ(json.at("resolution"), 320);
    EXPECT_EQ(json.at("own").as_array().size(), 1U);
    EXPECT_EQ(json.at("categories").at(0).at("name"), "B");
}

TEST(ModelJson, is_made_with_the_projects_categories_when_it_is_missing)
{
    std::vector<ZipEntry> files{{"model.pt", "weights"}};
    ASSERT_TRUE(correct_model_json(files, facts));
    auto const json = parse_json(text_of(files), "the test")->as_object();
    EXPECT_EQ(json.at("categories").at(0).at("name"), "beet");
    EXPECT_EQ(files.size(), 2U);
}

TEST(ModelJson, is_written_for_people)
{
    std::vector<ZipEntry> files;
    ASSERT_TRUE(correct_model_json(files, facts));
    EXPECT_NE(text_of(files).find("\n  \"format\": \"mocked\""), std::string::npos);
}

TEST(ModelJson, that_is_no_object_is_refused)
{
    for (auto const* text : {"", "[]", "{", "null"}) {
        std::vector<ZipEntry> files{{"model.json", text}};
        EXPECT_EQ(correct_model_json(files, facts).error().code, Errc::unprocessable) << text;
    }
}

} // namespace
} // namespace learning_loop

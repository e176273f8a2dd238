#include "learning_loop/server/images/image_upload.h"

#include "support/multipart_body.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

std::string const jpeg = test::bytes_of(LL_TEST_DATA "/images/rgb_baseline.jpg");
std::string const gray = test::bytes_of(LL_TEST_DATA "/images/gray.jpg");
std::string const png = test::bytes_of(LL_TEST_DATA "/images/rgb.png");
std::string const uuid = "018f4e6a-0000-7000-8000-000000000001";

using Files = std::vector<std::pair<std::string, std::string>>;

class ImageUploadTest : public testing::Test {
protected:
    Result<std::vector<store::NewImage>> read(Files const& files, std::string const& field = "files")
    {
        body_ = test::multipart_body(files, field);
        return read_image_upload(test::multipart_type, body_);
    }

    std::vector<std::string> tags_of(Files const& files)
    {
        std::vector<std::string> tags;
        auto const images = read(files);
        for (auto const& image : images.value())
            tags.push_back(image.metadata.tags.empty() ? "" : image.metadata.tags[0]);
        return tags;
    }

    void expect_refusal(Files const& files, std::string const& name, std::string const& what)
    {
        auto const images = read(files);
        ASSERT_FALSE(images);
        EXPECT_EQ(images.error().code, Errc::unprocessable);
        EXPECT_NE(images.error().message.find(name), std::string::npos) << images.error().message;
        EXPECT_NE(images.error().message.find(what), std::string::npos) << images.error().message;
    }

private:
    std::string body_;
};

using Tags = std::vector<std::string>;
constexpr auto front = R"({"tags": ["front"]})";
constexpr auto back = R"({"tags": ["back"]})";

TEST_F(ImageUploadTest, an_image_alone_has_default_metadata)
{
    auto const image = read({{"a.jpg", jpeg}})->at(0);
    EXPECT_EQ(image.bytes, jpeg);
    EXPECT_EQ(image.media_type, "image/jpeg");
    EXPECT_EQ(image.metadata.state, std::nullopt);
    EXPECT_TRUE(image.metadata.tags.empty());
}

TEST_F(ImageUploadTest, what_a_part_is_its_bytes_tell)
{
    auto const images = *read({{"a.jpg", png}, {"b.json", jpeg}, {"b.txt", "\n " + std::string(front)}});
    ASSERT_EQ(images.size(), 2U);
    EXPECT_EQ(images[0].media_type, "image/png");
    EXPECT_EQ(images[1].metadata.tags, Tags{"front"});
}

TEST_F(ImageUploadTest, an_image_and_its_metadata_belong_together_by_name)
{
    EXPECT_EQ(tags_of({{"b.json", back}, {"a.jpg", jpeg}, {"a.json", front}, {"b.jpg", gray}}),
              (Tags{"front", "back"}));
    EXPECT_EQ(tags_of({{"b.json", back}, {"a.jpg", jpeg}, {"b.jpg", gray}}), (Tags{"", "back"}));
}

TEST_F(ImageUploadTest, names_that_come_twice_belong_together_by_order)
{
    EXPECT_EQ(tags_of({{"image.json", front}, {"image.json", back}, {"image.jpg", jpeg}, {"image.jpg", gray}}),
              (Tags{"front", "back"}));
    EXPECT_EQ(tags_of({{"image.json", front}, {"image.jpg", jpeg}}), Tags{"front"});
}

TEST_F(ImageUploadTest, the_uuid_in_the_name_is_the_id)
{
    EXPECT_EQ(read({{"image_" + uuid + ".jpg", jpeg}})->at(0).id, uuid);
    EXPECT_EQ(read({{"018F4E6A-0000-7000-8000-000000000001.jpg", jpeg}})->at(0).id, uuid);
}

TEST_F(ImageUploadTest, without_a_uuid_bytes_and_metadata_determine_the_id)
{
    auto const first = read({{"image_2024-01-01_12:00:00.123.jpg", jpeg}})->at(0).id;
    EXPECT_EQ(read({{"other.jpg", jpeg}})->at(0).id, first);
    EXPECT_NE(read({{"other.jpg", gray}})->at(0).id, first);
    EXPECT_NE(read({{"a.json", front}, {"a.jpg", jpeg}})->at(0).id, first);
}

TEST_F(ImageUploadTest, metadata_without_an_image_is_refused)
{
    expect_refusal({{"a.json", front}}, "a.json", "no image");
    expect_refusal({{"a.json", front}, {"b.jpg", jpeg}}, "a.json", "no image");
    expect_refusal({{"i.json", front}, {"i.json", back}, {"i.jpg", jpeg}}, "i.json", "no image");
}

TEST_F(ImageUploadTest, what_is_no_whole_image_is_refused_by_name)
{
    expect_refusal({{"a.jpg", jpeg}, {"text.jpg", "hello"}}, "text.jpg", "");
    expect_refusal({{"cut.jpg", jpeg.substr(0, jpeg.size() - 20)}}, "cut.jpg", "");
    expect_refusal({{"empty.jpg", ""}}, "empty.jpg", "");
}

TEST_F(ImageUploadTest, wrong_metadata_is_refused_with_part_and_field)
{
    expect_refusal({{"a.jpg", jpeg}, {"a.json", R"({"state": "lost"})"}}, "a.json", "state: 'lost'");
    expect_refusal({{"a.jpg", jpeg}, {"a.json", R"({"box_detections": [{}]})"}}, "a.json",
                   "box_detections[0].category_name");
    expect_refusal({{"a.jpg", jpeg}, {"a.json", "{"}}, "a.json", "JSON");
}

TEST_F(ImageUploadTest, more_than_50_megapixels_are_too_large)
{
    auto huge = png;
    huge[16] = '\0', huge[17] = '\0', huge[18] = '\x27', huge[19] = '\x10'; // the header's width: 10 000
    huge[20] = '\0', huge[21] = '\0', huge[22] = '\x27', huge[23] = '\x10'; // and height
    auto const images = read({{"huge.png", huge}});
    ASSERT_FALSE(images);
    EXPECT_EQ(images.error().code, Errc::too_large);
    EXPECT_NE(images.error().message.find("huge.png"), std::string::npos);
}

TEST_F(ImageUploadTest, a_form_without_files_or_with_other_fields_is_refused)
{
    expect_refusal({}, "files", "is missing");
    auto const other = read({{"a.jpg", jpeg}}, "picture");
    EXPECT_EQ(other.error().code, Errc::unprocessable);
    EXPECT_TRUE(read({{"a.jpg", jpeg}}, "file"));
}

TEST_F(ImageUploadTest, a_body_that_is_no_form_is_refused)
{
    EXPECT_EQ(read_image_upload("application/json", "{}").error().code, Errc::invalid_argument);
}

} // namespace
} // namespace learning_loop

#include "learning_loop/server/images/image_upload.h"

#include "learning_loop/base/hash.h"
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
        auto reader = http::UploadReader::of(test::multipart_type, folder_.path()).value();
        EXPECT_TRUE(reader.feed(test::multipart_body(files, field)));
        upload_ = reader.finish().value();
        return read_image_upload(upload_, categories);
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

    std::vector<Category> const categories{{"id-1", "beet", {}, {}, {}, {}, "box"}};

private:
    test::TempFolder folder_;
    http::Upload upload_;
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
    expect_refusal({{"i.json", front}, {"i.json", back}, {"i.jpg", jpeg}}, "i.json", "1 images and 2 texts");
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
    expect_refusal({{"a.jpg", jpeg}, {"a.json", "[]"}}, "a.json", "expected an object");
    expect_refusal({{"a.jpg", jpeg}, {"a.json", "{"}}, "a.json", "JSON");
}

TEST_F(ImageUploadTest, more_than_50_megapixels_are_too_large)
{
    auto huge = png;
    huge[16] = '\0', huge[17] = '\0', huge[18] = '\x27', huge[19] = '\x10'; // the header's width: 10 000
    huge[20] = '\0', huge[21] = '\0', huge[22] = '\x27', huge[23] = '\x10'; // and height
    auto const images = read({{"huge.png", huge}});
    ASSERT_FALSE(images);
    EXPECT_EQ(images.error().code, Errc::unprocessable); // peers split a batch at no other answer
    EXPECT_NE(images.error().message.find("huge.png"), std::string::npos);
}

TEST_F(ImageUploadTest, a_form_without_files_or_with_other_fields_is_refused)
{
    expect_refusal({}, "files", "is missing");
    auto const other = read({{"a.jpg", jpeg}}, "picture");
    EXPECT_EQ(other.error().code, Errc::unprocessable);
    EXPECT_TRUE(read({{"a.jpg", jpeg}}, "file"));
}

TEST_F(ImageUploadTest, a_name_that_comes_twice_does_not_move_the_metadata_of_another)
{
    EXPECT_EQ(tags_of({{"f.jpg", jpeg}, {"f.jpg", gray}, {"g.jpg", png}, {"g.json", front}}), (Tags{"", "", "front"}));
    EXPECT_EQ(tags_of({{"", jpeg}, {"g.json", front}, {"g.jpg", png}}), (Tags{"", "front"}));
}

TEST_F(ImageUploadTest, where_order_cannot_tell_the_images_metadata_is_refused)
{
    expect_refusal({{"f.jpg", jpeg}, {"f.jpg", gray}, {"f.json", front}}, "f.json", "2 images and 1 texts");
    expect_refusal({{"", jpeg}, {"", gray}, {"", front}}, "part files", "give each pair a name of its own");
}

TEST_F(ImageUploadTest, one_name_in_two_spellings_is_one_name)
{
    auto const composed = "k\xC3\xBChe", decomposed = "ku\xCC\x88he";
    EXPECT_EQ(tags_of({{std::string(composed) + ".jpg", jpeg}, {std::string(decomposed) + ".json", front}}),
              Tags{"front"});
    EXPECT_EQ(tags_of({{"a b.jpg", jpeg}, {"a%20b.json", front}, {"a c.jpg", gray}, {"a%20c.json", back}}),
              (Tags{"front", "back"}));
}

TEST_F(ImageUploadTest, a_long_image_is_read_from_its_file_and_goes_on_as_a_file)
{
    auto long_jpeg = jpeg;
    for (int i = 0; i < 10; ++i) long_jpeg.insert(2, "\xFF\xFE\xFF\xFF" + std::string(65533, 'x')); // comments
    auto const images = read({{uuid + ".jpg", long_jpeg}, {uuid + ".json", front}}).value();
    ASSERT_TRUE(images[0].file);
    EXPECT_EQ(images[0].size_bytes, static_cast<std::int64_t>(long_jpeg.size()));
    EXPECT_EQ(images[0].image_hash, hex(sha256(long_jpeg)));
    EXPECT_EQ(images[0].metadata.tags, Tags{"front"});
}

TEST_F(ImageUploadTest, marks_that_make_no_sense_are_set_aside_and_the_image_is_kept)
{
    auto const image = read({{"a.jpg", jpeg}, {"a.json", R"({"box_annotations": [
        {"category_name": "beet", "x": 1, "y": 2, "width": 0, "height": 4},
        {"category_name": "beet", "x": 6, "y": 2, "width": -5, "height": 4}],
        "point_detections": [{"category_name": "p", "x": 1e308, "y": 2, "model_name": "1", "confidence": 0.5},
                             {"category_name": "p", "x": "1", "y": 2, "model_name": "1", "confidence": 0.5}]})"}})
                           .value()
                           .at(0);
    ASSERT_EQ(image.metadata.box_annotations.size(), 1u);
    EXPECT_EQ(image.metadata.box_annotations[0].x, 1);
    EXPECT_EQ(image.metadata.box_annotations[0].width, 5);
    EXPECT_TRUE(image.metadata.point_detections.empty());
    std::vector<std::string> fields;
    for (auto const& remark : image.remarks.list()) fields.push_back(remark.field);
    EXPECT_EQ(fields, (Tags{"point_detections[1]", "point_detections[0]", "box_annotations[0]"}));
}

TEST_F(ImageUploadTest, the_identity_of_what_came_does_not_depend_on_what_is_made_of_it)
{
    auto const sent = R"({"created": "2024-01-01t12:00:00.1234567z",
                          "box_annotations": [{"category_name": "beet", "x": 9, "y": 2, "width": -5, "height": 4}]})";
    auto const first = read({{"a.jpg", jpeg}, {"a.json", sent}}).value().at(0);
    auto const again = read({{"b.jpg", jpeg}, {"b.json", sent}}).value().at(0);
    auto const other = read({{"b.jpg", jpeg}, {"b.json", R"({"created": 5})"}}).value().at(0);
    EXPECT_EQ(first.id, again.id);
    EXPECT_NE(first.id, other.id);
    EXPECT_EQ(first.metadata.created, "2024-01-01T12:00:00.123456+00:00");
}

TEST_F(ImageUploadTest, an_image_that_comes_as_complete_is_decoded)
{
    auto const complete = R"({"state": "complete"})";
    auto const damaged = jpeg.substr(0, jpeg.find("\xFF\xDA") + 30) + "\xFF\xD9"; // most of its scan is missing
    auto const images =
        read({{"a.jpg", jpeg}, {"a.json", complete}, {"b.jpg", damaged}, {"b.json", complete}, {"c.jpg", gray}})
            .value();
    EXPECT_EQ(images[0].pixels, Pixels::sound);
    EXPECT_EQ(images[1].pixels, Pixels::broken);
    EXPECT_EQ(images[2].pixels, Pixels::unchecked);
}

} // namespace
} // namespace learning_loop

#include "learning_loop/data/loop_api.h"

#include "support/protocol_document.h"

#include <gtest/gtest.h>

#include <string>

namespace learning_loop {
namespace {

/// The second cell of the row about the Loop that begins with `what`.
std::string documented(std::string const& what)
{
    for (auto const& row : test::protocol_rows("The Loop")) {
        if (row.size() == 2 && row[0] == what) return row[1];
    }
    return "docs/protocol.md has no row '" + what + "'";
}

std::string bytes_text(std::uint64_t bytes)
{
    for (auto const& [unit, size] : {std::pair("GiB", 30), std::pair("MiB", 20), std::pair("KiB", 10)}) {
        if (bytes % (std::uint64_t{1} << size) == 0) return std::to_string(bytes >> size) + " " + unit;
    }
    return std::to_string(bytes);
}

TEST(LoopApi, has_the_field_names_of_the_document)
{
    auto const fields = "multipart `" + std::string(loop_api::files_field) + "`";
    EXPECT_TRUE(documented("`POST P/images`")
                    .starts_with(fields + " (`" + std::string(loop_api::former_files_field) + "` until 2021)"));
    EXPECT_TRUE(documented("`POST P/models/{format}`").starts_with(fields));
}

TEST(LoopApi, has_the_limits_of_the_document)
{
    EXPECT_EQ(documented("body of `POST P/images`"), bytes_text(loop_api::max_image_upload_bytes));
    EXPECT_EQ(documented("one image of it; its pixels; its metadata")
                  .find(bytes_text(loop_api::max_image_bytes) + "; 50 megapixels; " +
                        bytes_text(loop_api::max_image_metadata_bytes)),
              0u);
    EXPECT_EQ(documented("images that one `PATCH P/images` changes"),
              std::to_string(loop_api::max_changed_per_request));
    EXPECT_EQ(documented("body of `POST P/detections`; of `PATCH P/images`, `PUT` of annotations and novelty scores"),
              bytes_text(loop_api::max_detections_bytes) + "; " + bytes_text(loop_api::max_change_bytes));
    EXPECT_EQ(documented("images that a node sends in one `POST P/images`"),
              std::to_string(loop_api::max_images_per_upload));
    EXPECT_EQ(documented("ids of one `GET P/images`"), std::to_string(loop_api::max_ids_per_request) + ", else 422");
    EXPECT_EQ(documented("body of `POST P/models/{format}`"), bytes_text(loop_api::max_model_upload_bytes));
    EXPECT_EQ(documented("zip that a node takes from `GET P/models/{id}/{format}/file`"),
              bytes_text(loop_api::max_model_bytes));
    auto const short_bodies = documented("body of `POST P/detectors`, `POST /login`, `POST /logout` and `POST /token`");
    EXPECT_EQ(short_bodies, bytes_text(loop_api::max_report_bytes));
    EXPECT_EQ(short_bodies, bytes_text(loop_api::max_form_bytes));
}

} // namespace
} // namespace learning_loop

#include "learning_loop/data/uploaded_images.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

TEST(UploadedImages, have_a_golden_form)
{
    test::expect_golden(UploadedImages{{{"a"}, {"b"}}}, R"({"images":[{"id":"a"},{"id":"b"}]})");
}

} // namespace
} // namespace learning_loop

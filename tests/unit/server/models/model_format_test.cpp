#include "learning_loop/server/models/model_format.h"

#include "learning_loop/http/api/router.h"

#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

using ModelFormatTest = ServerTest;

TEST_F(ModelFormatTest, may_be_what_peers_use)
{
    for (auto const* format :
         {"onnx", "mocked", "mocked_2", "yolov5_pytorch", "yolov5_cla_wts", "format_a", "tensorrt"})
        EXPECT_TRUE(check_model_format(format)) << format;
}

TEST_F(ModelFormatTest, is_no_path_and_no_command)
{
    for (std::string const format :
         {"", ".", "..", "../x", "/", ".hidden", "a b", ";touch x;", "$(id)", "a\nb", "\xC3\xBC"})
        EXPECT_EQ(check_model_format(format).error().code, Errc::unprocessable) << format;
    EXPECT_FALSE(check_model_format(std::string(300, 'f')));
}

TEST_F(ModelFormatTest, is_nothing_that_paths_of_a_project_have_for_something_else)
{
    for (auto const* format :
         {"data", "images", "image", "models", "model", "detectors", "detections", "deployment", "trainings",
          "trainers", "categories", "tags", "annotations", "generator", "split", "latest", "file"}) {
        auto const refused = check_model_format(format);
        ASSERT_FALSE(refused) << format;
        EXPECT_NE(refused.error().message.find("choose another"), std::string::npos);
    }
    std::string_view const below = "/api/{organization}/projects/{project}/";
    for (auto const& route : router().routes()) {
        if (!route.pattern.starts_with(below)) continue;
        for (std::size_t i = 4; i < route.segments.size(); ++i) {
            EXPECT_FALSE(check_model_format(route.segments[i])) << route.pattern; // `{braces}` are no name either
        }
    }
}

} // namespace
} // namespace learning_loop

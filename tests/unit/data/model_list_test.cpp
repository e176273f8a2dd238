#include "learning_loop/data/model_list.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

TEST(ModelList, has_a_golden_form)
{
    Model const model{"m", "1.3", {"mocked", "onnx"}, "2024-01-31T12:00:00", "a comment"};
    test::expect_golden(ModelList{{{model, "http://127.0.0.1:8000"}}},
                        R"({"models":[{"id":"m","version":"1.3","formats":["mocked","onnx"],)"
                        R"("created":"2024-01-31T12:00:00","comment":"a comment","host":"http://127.0.0.1:8000"}]})");
}

TEST(ListedModel, has_a_golden_form)
{
    test::expect_golden(ListedModel{"m", "1.3"}, R"({"id":"m","version":"1.3"})");
}

TEST(ModelWithFormats, has_a_golden_form)
{
    test::expect_golden(ModelWithFormats{{"m", "1.3"}, {"a", "b"}, "2024-01-31T12:00:00", "a comment"},
                        R"({"id":"m","version":"1.3","formats":["a","b"],"created":"2024-01-31T12:00:00",)"
                        R"("comment":"a comment"})");
    test::expect_filled_up<ModelWithFormats>(
        R"({"id":"m","version":"1.3"})", R"({"id":"m","version":"1.3","formats":[],"created":null,"comment":null})");
}

TEST(UploadedModel, has_a_golden_form)
{
    test::expect_golden(UploadedModel{"m", "1.3", {"a remark"}},
                        R"({"id":"m","version":"1.3","remarks":["a remark"]})");
}

TEST(DeletedModel, has_a_golden_form)
{
    test::expect_golden(DeletedModel{"m"}, R"({"id":"m"})");
}

} // namespace
} // namespace learning_loop

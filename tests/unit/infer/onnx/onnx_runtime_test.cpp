#include "learning_loop/infer/onnx/onnx_runtime.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace learning_loop {
namespace {

TEST(OnnxRuntime, is_loaded_once_with_telemetry_off)
{
    auto const first = load_onnx_runtime();
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(load_onnx_runtime("/nowhere/libonnxruntime.so").value(), *first);
    EXPECT_STREQ(std::getenv("ORT_DISABLE_TELEMETRY"), "1");
}

TEST(OnnxRuntimeDeathTest, names_the_library_that_cannot_be_loaded)
{
    testing::FLAGS_gtest_death_test_style = "threadsafe"; // in a process that has loaded none
    auto const load_nothing = [] {
        auto const refused = load_onnx_runtime("/nowhere/libonnxruntime.so");
        bool const named = !refused && refused.error().code == Errc::unavailable &&
                           refused.error().message.find("/nowhere/libonnxruntime.so") != std::string::npos;
        std::_Exit(named ? 0 : 1);
    };
    EXPECT_EXIT(load_nothing(), testing::ExitedWithCode(0), "");
}

} // namespace
} // namespace learning_loop

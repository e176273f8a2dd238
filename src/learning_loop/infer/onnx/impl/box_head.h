#pragma once

#include "learning_loop/base/error.h"

#include <onnxruntime_cxx_api.h>
#include <opencv2/core/types.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace learning_loop {

/// A model with the head that our trainers export:
/// input `image` float32 [1, 3, H, W], red, green, blue from 0 to 1;
/// outputs `boxes` float32 [1, N, 4], corners x1, y1, x2, y2 in pixels of the input, and `scores` float32 [1, N, C]
/// from 0 to 1. One session of one thread: several of these side by side beat one with several threads. Used by one
/// thread at a time.
class BoxHead {
public:
    /// What the last run found; the memory belongs to the head until the next run.
    struct Found {
        std::span<float const> boxes;  ///< Four for each box.
        std::span<float const> scores; ///< As many for each box as there are categories.
    };

    /// `file` is what errors call the model. Errors: invalid_argument if it is no ONNX model, or one with another head;
    /// the message tells what was expected and what is there. unavailable if ONNX Runtime cannot be loaded.
    static Result<BoxHead> load(std::string const& file, std::string_view bytes, std::size_t categories,
                                std::filesystem::path const& onnxruntime_library);

    cv::Size input_size() const { return input_size_; }

    /// Three planes of the input's size, which callers must fill before `run`.
    std::span<float> input() { return input_; }

    /// Errors: unavailable if the model fails. invalid_argument if its outputs do not have the shapes that it promised.
    Result<Found> run();

private:
    BoxHead(std::string file, Ort::Session session, std::size_t categories);

    Result<void> check();
    Result<void> check_input();
    Result<void> check_outputs() const;

    std::string file_;
    Ort::Session session_;
    std::int64_t categories_;
    cv::Size input_size_;
    std::vector<float> input_;
    std::vector<Ort::Value> outputs_;
};

} // namespace learning_loop

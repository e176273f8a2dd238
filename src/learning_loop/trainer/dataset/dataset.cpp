#include "learning_loop/trainer/dataset/dataset.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/json/from_text.h"

#include <fstream>

namespace learning_loop {

Result<void> read_dataset(std::filesystem::path const& file, std::function<Result<void>(TrainingImage)> const& take)
{
    std::ifstream lines(file, std::ios::binary);
    if (!lines) return Error{Errc::not_found, file.string() + ": there is no such file"};
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        auto const where = file.string() + ":" + std::to_string(number);
        if (lines.eof()) return Error{Errc::invalid_argument, where + ": the line has no end"};
        auto image = from_text<TrainingImage>(line, "image");
        if (!image) return Error{Errc::invalid_argument, where + ": " + image.error().message};
        if (!is_uuid(image->id)) return Error{Errc::invalid_argument, where + ": id: is no UUID"};
        if (auto const taken = take(std::move(*image)); !taken) return taken;
    }
    if (lines.bad()) return Error{Errc::invalid_argument, file.string() + ": cannot be read"};
    return {};
}

} // namespace learning_loop

#include "learning_loop/trainer/steps/detection_file.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/json/from_text.h"
#include "learning_loop/json/json.h"

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

/// nullopt: it is none.
std::optional<Detections> read_line(std::string const& line)
{
    auto read = from_text<Detections>(line, "a line of detections");
    if (read && read->image_id) return std::move(*read);
    log::warn("a line of the detections is passed over: {}", read ? "it has no image_id" : read.error().message);
    return std::nullopt;
}

template <class T>
void complete_all(std::vector<T>& detections, ModelInformation const& model)
{
    for (auto& one : detections) {
        if (one.model_name.empty()) one.model_name = model.version;
        if (one.category_id && !one.category_id->empty()) continue;
        auto const known = std::ranges::find(model.categories, one.category_name, &Category::name);
        if (known != model.categories.end()) one.category_id = known->id;
    }
}

} // namespace

Result<DetectionBatch> read_detections(fs::path const& file, std::uint64_t begin, std::size_t max_count)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) return Error{Errc::not_found, file.filename().string() + " is not there"};
    in.seekg(static_cast<std::streamoff>(begin));
    DetectionBatch batch{{}, begin};
    for (std::string line; batch.detections.size() < max_count && std::getline(in, line) && !in.eof();) {
        batch.end += line.size() + 1;
        if (auto read = read_line(line)) batch.detections.push_back(std::move(*read));
    }
    return batch;
}

Result<std::set<std::string>> take_over_detections(fs::path const& file)
{
    std::set<std::string> ids;
    if (!fs::exists(file)) return ids;
    std::uint64_t end = 0;
    for (;;) {
        auto batch = read_detections(file, end, 1000);
        if (!batch) return batch.error();
        for (auto const& one : batch->detections) ids.insert(*one.image_id);
        if (batch->end == end) break;
        end = batch->end;
    }
    if (fs::file_size(file) > end) fs::resize_file(file, end);
    return ids;
}

Result<void> append_detections(fs::path const& file, std::vector<Detections> const& detections)
{
    std::string text;
    for (auto const& one : detections) text.append(to_text(to_json(one))).append("\n");
    return unless_disk_is_full([&]() -> Result<void> {
        Descriptor const out(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
        for (std::string_view left = text; out.is_open() && !left.empty();) {
            auto const written = write(out.get(), left.data(), left.size());
            if (written < 0) throw std::system_error(errno, std::generic_category(), file.string());
            left.remove_prefix(static_cast<std::size_t>(written));
        }
        if (!out.is_open() || fdatasync(out.get()) != 0)
            throw std::system_error(errno, std::generic_category(), file.string());
        return {};
    });
}

void complete_detections(Detections& detections, ModelInformation const& model)
{
    complete_all(detections.box_detections, model);
    complete_all(detections.point_detections, model);
    complete_all(detections.segmentation_detections, model);
    complete_all(detections.classification_detections, model);
}

} // namespace learning_loop

#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"
#include "learning_loop/trainer/command/impl/growing_file.h"
#include "learning_loop/trainer/command/impl/layout_source.h"
#include "learning_loop/trainer/dataset/dataset.h"

#include <boost/json/array.hpp>

namespace learning_loop {
namespace {

/// With the points of outlines written out.
std::string row_of(TrainingImage const& image)
{
    auto row = to_json(image);
    auto& outlines = row.as_object().at("segmentation_annotations").as_array();
    for (std::size_t i = 0; i < outlines.size(); ++i)
        outlines[i].as_object()["shape"] = polygon_of(image.segmentation_annotations[i].shape);
    return to_text(row);
}

} // namespace

Result<void> write_loop_layout(LayoutSource const& source)
{
    auto file = GrowingFile::create(source.folder / "dataset.json");
    if (!file) return file.error();
    auto const head = "{\"categories\": " + to_text(to_json(source.training.categories)) + ",\n\"images\": [";
    if (auto const written = file->append(head); !written) return written;
    std::string_view separator = "\n";
    auto const read = read_dataset(source.training.dataset, [&](TrainingImage const& image) {
        return file->append(std::string(std::exchange(separator, ",\n")) + row_of(image));
    });
    if (!read) return read;
    if (auto const written = file->append("\n]}\n"); !written) return written;
    return file->finish();
}

} // namespace learning_loop

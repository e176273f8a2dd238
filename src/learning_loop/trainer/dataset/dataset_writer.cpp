#include "learning_loop/trainer/dataset/dataset_writer.h"

#include "learning_loop/base/files.h"
#include "learning_loop/json/json.h"
#include "learning_loop/trainer/dataset/impl/disk_use.h"

#include <string>
#include <utility>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t bytes_per_write = 256 * 1024;

fs::path beside(fs::path file, char const* ending)
{
    return file += ending;
}

std::string line_of(TrainingImage const& image)
{
    return to_text(to_json(image)) + "\n";
}

void count(DatasetCounts& counts, ImageSet set)
{
    switch (set) {
    case ImageSet::train: ++counts.train; break;
    case ImageSet::val: ++counts.val; break;
    case ImageSet::test: ++counts.test; break;
    }
}

} // namespace

Result<DatasetWriter> DatasetWriter::create(fs::path file)
{
    auto rows =
        unless_disk_fails(file, [&] { return NewFile::create(beside(file, ".rows"), NewFile::Existing::replace); });
    if (!rows) return rows.error();
    return DatasetWriter(std::move(file), std::move(*rows));
}

Result<void> DatasetWriter::add(std::vector<TrainingImage> const& images)
{
    return unless_disk_fails(file_, [&]() -> Result<void> {
        std::string lines;
        for (auto const& image : images) lines += line_of(image);
        return rows_.append(lines);
    });
}

Result<DatasetCounts> DatasetWriter::finish(std::vector<std::optional<ImageSet>> const& sets)
{
    return unless_disk_fails(file_, [&]() -> Result<DatasetCounts> {
        if (auto const closed = rows_.close(); !closed) return closed.error();
        auto whole = NewFile::create(beside(file_, ".part"), NewFile::Existing::replace);
        if (!whole) return whole.error();
        auto const counts = copy_rows(*whole, sets);
        if (!counts) return counts.error();
        if (auto const synced = whole->sync(); !synced) return synced.error();
        rename_durably(whole->path(), file_);
        whole->keep();
        return *counts;
    });
}

Result<DatasetCounts> DatasetWriter::copy_rows(NewFile& whole, std::vector<std::optional<ImageSet>> const& sets) const
{
    DatasetCounts counts;
    std::size_t row = 0;
    std::string lines;
    auto const copy = [&](TrainingImage image) -> Result<void> {
        auto const set = sets.at(row++);
        if (!set) return {};
        image.set = *set;
        count(counts, *set);
        lines += line_of(image);
        if (lines.size() < bytes_per_write) return {};
        return whole.append(std::exchange(lines, {}));
    };
    if (auto const read = read_dataset(rows_.path(), copy); !read) return read.error();
    if (auto const written = whole.append(lines); !written) return written.error();
    return counts;
}

} // namespace learning_loop

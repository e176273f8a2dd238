#include "learning_loop/trainer/command/layouts.h"

#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/trainer/command/impl/layout_source.h"
#include "learning_loop/trainer/dataset/dataset.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

Result<DatasetCounts> count_sets(Training const& training)
{
    DatasetCounts counts;
    auto const read = read_dataset(training.dataset, [&](TrainingImage const& image) -> Result<void> {
        ++(image.set == ImageSet::train ? counts.train : image.set == ImageSet::val ? counts.val : counts.test);
        return {};
    });
    if (!read) return read.error();
    return counts;
}

Result<void> refuse_what_nobody_could_learn_from(DatasetLayout layout, DatasetCounts const& counts,
                                                 BoxClasses const& classes)
{
    if (counts.train == 0)
        return Error{Errc::unprocessable, "there are no images of the set 'train': annotate some, or move some there"};
    if (layout == DatasetLayout::loop) return {};
    if (counts.val + counts.test == 0) {
        return Error{Errc::unprocessable, "there are no images of the sets 'val' and 'test', with which a model is "
                                          "selected: move some there, or let the trainer take some by the "
                                          "hyperparameter compute_validation_set"};
    }
    if (layout == DatasetLayout::yolo && classes.categories().empty())
        return Error{Errc::unprocessable, "there are no categories of boxes or points, which this trainer learns"};
    return {};
}

void tell_what_is_left_out(std::vector<Category> const& categories, BoxClasses const& classes)
{
    std::string names;
    for (auto const& category : categories) {
        if (!classes.index_of(category.id)) names += (names.empty() ? "" : ", ") + printable(category.name);
    }
    if (!names.empty()) log::warn("the training learns boxes and points only, and leaves out: {}", names);
}

Result<void> write_form(DatasetLayout layout, LayoutSource const& source)
{
    switch (layout) {
    case DatasetLayout::loop: return write_loop_layout(source);
    case DatasetLayout::yolo: return write_yolo_layout(source);
    case DatasetLayout::coco: return write_coco_layout(source);
    }
    return {};
}

/// Waits until all that was written is on the disk: a folder of a hundred thousand files that appears after a power cut
/// must not hold empty ones.
void sync_disk_of(fs::path const& folder)
{
    Descriptor const descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.is_open() || ::syncfs(descriptor.get()) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot sync " + folder.string());
}

bool is_png(fs::path const& file)
{
    static constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";
    std::array<char, 8> begin{};
    std::ifstream(file, std::ios::binary).read(begin.data(), begin.size());
    return std::string_view(begin.data(), begin.size()) == signature;
}

} // namespace

Result<void> write_layout(DatasetLayout layout, Training const& training, fs::path const& folder)
{
    if (fs::exists(folder)) return {};
    auto const counts = count_sets(training);
    if (!counts) return counts.error();
    BoxClasses const classes(training.categories);
    if (auto const good = refuse_what_nobody_could_learn_from(layout, *counts, classes); !good) return good;
    if (layout == DatasetLayout::yolo) tell_what_is_left_out(training.categories, classes);
    auto const unfinished = fs::path(folder).concat(".unfinished");
    LayoutSource const source{training, classes, folder, unfinished, counts->val == 0};
    return unless_disk_is_full([&]() -> Result<void> {
        fs::remove_all(unfinished); // of an earlier try
        fs::create_directories(unfinished);
        if (auto const written = write_form(layout, source); !written) return written;
        sync_disk_of(unfinished);
        rename_durably(unfinished, folder);
        return {};
    });
}

Result<void> for_each_in_set(LayoutSource const& source,
                             std::function<Result<void>(TrainingImage const&, std::string_view)> const& take)
{
    return read_dataset(source.training.dataset, [&](TrainingImage const& image) -> Result<void> {
        auto const set = to_json(image.set);
        if (auto const taken = take(image, std::string_view(set.get_string().data(), set.get_string().size())); !taken)
            return taken;
        bool const is_twice = source.selects_on_test_images && image.set == ImageSet::test;
        return is_twice ? take(image, "val") : Result<void>();
    });
}

Result<std::string> link_picture(LayoutSource const& source, TrainingImage const& image, fs::path const& folder)
{
    auto const picture = fs::absolute(source.training.images / (image.id + ".jpg"));
    if (!fs::is_regular_file(picture))
        return Error{Errc::not_found, "the picture " + printable(picture.string()) + " is missing"};
    auto name = image.id + (is_png(picture) ? ".png" : ".jpg");
    std::error_code error;
    fs::create_hard_link(picture, folder / name, error);
    if (error && error != std::errc::file_exists && error != std::errc::no_space_on_device)
        fs::create_symlink(picture, folder / name); // another disk, or one without hard links
    else if (error) throw fs::filesystem_error("cannot link", picture, folder / name, error);
    return name;
}

} // namespace learning_loop

#include "learning_loop/server/trainings/dataset_snapshots.h"

#include "learning_loop/data/project.h"
#include "learning_loop/data/stored_image.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"
#include "learning_loop/store/image_repository.h"

#include <memory>
#include <utility>
#include <vector>

namespace learning_loop {
namespace {

constexpr int images_at_once = 200; // others ask the database in between

/// The first line of a revision.
struct DatasetHead {
    std::vector<Category> categories;
    Split split;
};
BOOST_DESCRIBE_STRUCT(DatasetHead, (), (categories, split))

/// One image in a revision.
struct DatasetImage {
    std::string id;
    ImageSet set = ImageSet::train;
    int width = 0; ///< Pixels of the upright image.
    int height = 0;
    std::int64_t revision = 0; ///< Of its annotations.
    std::vector<StoredBoxAnnotation> box_annotations;
    std::vector<StoredPointAnnotation> point_annotations;
    std::vector<StoredSegmentationAnnotation> segmentation_annotations;
    std::optional<StoredClassificationAnnotation> classification_annotation;
};
BOOST_DESCRIBE_STRUCT(DatasetImage, (),
                      (id, set, width, height, revision, box_annotations, point_annotations, segmentation_annotations,
                       classification_annotation))

DatasetImage dataset_image(StoredImage image)
{
    return {std::move(image.id),
            image.set,
            image.width,
            image.height,
            image.revision,
            std::move(image.box_annotations),
            std::move(image.point_annotations),
            std::move(image.segmentation_annotations),
            std::move(image.classification_annotation)};
}

DatasetHead head_of(store::Project const& project)
{
    return {project.categories,
            {100 - project.test_percent - project.val_percent, project.test_percent, project.val_percent}};
}

using Draft = store::DatasetFiles::Draft;

Result<void> append(Draft& draft, std::vector<StoredImage> images)
{
    for (auto& image : images) {
        auto const line = to_text(to_json(dataset_image(std::move(image))));
        if (auto const appended = draft.append(line); !appended) return appended;
    }
    return {};
}

} // namespace

Task<Result<std::string>> DatasetSnapshots::take(store::Project project)
{
    auto begin = [this, project]() -> Result<std::shared_ptr<Draft>> { // shared: with the jobs
        auto draft = files_.begin();
        if (!draft) return draft.error();
        auto const begun = std::make_shared<Draft>(std::move(*draft));
        auto const head = begun->append(to_text(to_json(head_of(project))));
        if (!head) return head.error();
        return begun;
    };
    auto const draft = co_await writing_.run(std::move(begin));
    if (!draft) co_return draft.error();
    std::optional<std::int64_t> after = 0;
    while (after) {
        auto const page = co_await images_.page(project.number, ImageState::complete, *after, images_at_once);
        if (!page) co_return page.error();
        auto images = co_await images_.find(project.number, page->ids);
        if (!images) co_return images.error();
        auto write = [draft = *draft, images = std::move(*images)]() mutable {
            return append(*draft, std::move(images));
        };
        auto const written = co_await writing_.run(std::move(write));
        if (!written) co_return written.error();
        after = page->next_after;
    }
    auto finish = [this, draft = *draft, folder = project.folder] { return files_.finish(std::move(*draft), folder); };
    co_return co_await writing_.run(std::move(finish));
}

Task<> DatasetSnapshots::remove(store::Project project, std::string hash)
{
    auto job = [file = path_of(project, hash)]() -> Result<void> {
        std::error_code failed; // then it is orphaned, which does no harm
        std::filesystem::remove(file, failed);
        return {};
    };
    (void)co_await writing_.run(std::move(job));
}

std::filesystem::path DatasetSnapshots::path_of(store::Project const& project, std::string const& hash) const
{
    return files_.path_of(project.folder, hash);
}

} // namespace learning_loop

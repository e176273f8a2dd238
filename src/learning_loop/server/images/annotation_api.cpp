#include "learning_loop/server/images/annotation_api.h"

#include "learning_loop/async/pool.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/image_change.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/conditional.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/images/image_ids.h"
#include "learning_loop/server/images/image_path.h"
#include "learning_loop/server/images/mark_check.h"
#include "learning_loop/server/images/uploaded_detections.h"
#include "learning_loop/server/images/written_annotations.h"
#include "learning_loop/store/detection_repository.h"
#include "learning_loop/store/image_editor.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/project.h"

#include <cmath>
#include <map>
#include <unordered_map>

namespace learning_loop {
namespace {

struct Precondition {
    std::optional<std::string> if_match; ///< A revision, quoted, or `*`.
};
BOOST_DESCRIBE_STRUCT(Precondition, (), (if_match))

struct WrittenAnnotations {
    Annotations annotations;
};

std::string etag_of(std::int64_t revision)
{
    return "\"" + std::to_string(revision) + "\"";
}

http::Response response_of(StoredImage image)
{
    ImageAnnotations annotations{image.id,
                                 image.revision,
                                 image.annotated,
                                 image.annotated_by,
                                 std::move(image.box_annotations),
                                 std::move(image.point_annotations),
                                 std::move(image.segmentation_annotations),
                                 std::move(image.classification_annotation)};
    auto response = http::json_of_struct(annotations);
    response.headers.add("ETag", etag_of(annotations.revision));
    return response;
}

} // namespace

template <>
struct http::Argument<WrittenAnnotations> {
    static Result<void> read(http::Request& request, WrittenAnnotations& into)
    {
        auto json = parse_json(request.body, "the body");
        if (!json) return placed_in("body", json.error());
        auto annotations = read_written_annotations(std::move(*json));
        if (!annotations) return placed_in("body", annotations.error());
        into.annotations = std::move(*annotations);
        return {};
    }
    static void describe(http::Operation& operation) { operation.takes_json(json_type<Annotations>()); }
};

namespace {

class AnnotationApi {
public:
    AnnotationApi(store::ImageRepository& images, store::ImageEditor& editor, store::DetectionRepository& detections,
                  Pool& checking)
        : images_(images), editor_(editor), detections_(detections), checking_(checking)
    {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::annotations, *this, &AnnotationApi::annotations)
            .open_to(http::Access::nodes)
            .summary("What people say is in an image.");
        router.put(loop_api::annotations, *this, &AnnotationApi::replace)
            .open_to(http::Access::people)
            .summary("Replaces all of that; with If-Match only if nobody else has meanwhile (412).")
            .body_limit(loop_api::max_change_bytes);
        router.post(loop_api::detections, *this, &AnnotationApi::add_detections)
            .open_to(http::Access::nodes)
            .summary("Takes what a model found in images, in the place of what it found there before.")
            .body_limit(loop_api::max_detections_bytes)
            .takes_room()
            .operation.takes_json(json_type<std::vector<Detections>>());
        router.put(loop_api::novelty_scores, *this, &AnnotationApi::set_novelty)
            .open_to(http::Access::nodes)
            .summary("Keeps how new images are to a model, by their ids.")
            .body_limit(loop_api::max_change_bytes);
    }

private:
    Task<Result<StoredImage>> require(store::Project const& project, std::string const& image)
    {
        auto const id = lower_case(image);
        auto found = co_await images_.find_annotated(project.number, id);
        if (!found) co_return found.error();
        if (*found) co_return std::move(**found);
        co_return Error{Errc::not_found, "the project '" + project.name + "' has no image " + printable(id)};
    }

    Task<Result<http::Response>> annotations(http::FromPath<ImagePath> path, store::Project project)
    {
        auto image = co_await require(project, path->image);
        if (!image) co_return image.error();
        co_return response_of(std::move(*image));
    }

    Task<Result<http::Response>> replace(http::FromPath<ImagePath> path, store::Project project, http::Caller caller,
                                         http::FromHeaderOrQuery<Precondition> precondition, WrittenAnnotations body)
    {
        auto const image = co_await require(project, path->image);
        if (!image) co_return image.error();
        auto annotations = std::move(body.annotations);
        ImageSize const size{image->width, image->height};
        auto const good = check_annotations(annotations, size, project.categories);
        if (!good) co_return good.error();
        std::optional<std::int64_t> wanted;
        auto const& tags = precondition->if_match;
        if (tags && *tags != "*") {
            bool const fits = http::names_tag(*tags, etag_of(image->revision));
            wanted = fits ? image->revision : -1; // no image has that one
        }
        auto const replaced = co_await editor_.replace_annotations(project.number, image->id, std::move(annotations),
                                                                   wanted, caller.name);
        if (!replaced) co_return replaced.error();
        if (replaced->is_outdated) {
            co_return http::error_response(412, "If-Match: the annotations are of revision " +
                                                    std::to_string(replaced->revision) + " by now: read them again");
        }
        auto now = co_await require(project, path->image);
        if (!now) co_return now.error();
        co_return response_of(std::move(*now));
    }

    /// Images that the project does not have are left out: a trainer would send the whole batch again for ever.
    Task<Result<ImageCount>> add_detections(store::Project project, http::Request request)
    {
        auto read = [&request] { return read_uploaded_detections(request.body); };
        auto items = co_await checking_.run(read);
        if (!items) co_return items.error();
        std::vector<std::string> ids;
        for (auto const& item : *items) ids.push_back(*item.detections.image_id);
        auto const known = co_await detections_.find_images(project.number, std::move(ids));
        if (!known) co_return known.error();
        auto sift = [&known, &items]() -> Result<std::size_t> {
            std::unordered_map<std::string, ImageSize> sizes;
            for (auto const& [id, width_px, height_px] : *known) sizes.emplace(id, ImageSize{width_px, height_px});
            std::size_t set_aside = 0;
            for (auto& [detections, remarks] : *items) {
                auto const size = sizes.find(*detections.image_id);
                if (size != sizes.end()) set_aside_nonsense(detections, size->second, remarks);
                set_aside += remarks.count();
            }
            return set_aside;
        };
        auto const set_aside = co_await checking_.run(sift);
        if (!set_aside) co_return set_aside.error();
        auto const count = items->size();
        auto const replaced = co_await detections_.replace(project.number, std::move(*items));
        if (!replaced) co_return replaced.error();
        log::info("{}/{}: detections in {} of {} images; {} that make no sense are set aside", project.organization,
                  project.name, *replaced, count, *set_aside);
        co_return ImageCount{*replaced};
    }

    Task<Result<ImageCount>> set_novelty(store::Project project, http::FromJson<std::map<std::string, double>> body)
    {
        std::map<std::string, double> novelty;
        for (auto const& [id, value] : body.value) {
            auto const checked = checked_image_ids({id}, "the body", 1);
            if (!checked) co_return checked.error();
            if (!std::isfinite(value)) co_return Error{Errc::unprocessable, id + ": is no number"};
            novelty.emplace(checked->front(), value);
        }
        auto const known = co_await editor_.set_novelty(project.number, std::move(novelty));
        if (!known) co_return known.error();
        co_return ImageCount{*known};
    }

    store::ImageRepository& images_;
    store::ImageEditor& editor_;
    store::DetectionRepository& detections_;
    Pool& checking_;
};

} // namespace

void add_annotation_api(http::Router& router, store::ImageRepository& images, store::ImageEditor& editor,
                        store::DetectionRepository& detections, Pool& checking)
{
    router.keep<AnnotationApi>(images, editor, detections, checking);
}

} // namespace learning_loop

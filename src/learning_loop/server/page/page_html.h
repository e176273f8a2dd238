#pragma once

#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// What the page shows of one project.
struct ProjectView {
    store::Project project;
    std::map<ImageState, std::int64_t> counts;
    std::vector<store::StoredImage> inbox; ///< The newest.
    std::vector<store::Model> models;
    std::optional<DeploymentTarget> target;
    std::vector<store::SeenDetector> detectors;
};

/// The page as HTML. Every text from outside is escaped. Without a view it tells how to make a project.
std::string page_html(std::vector<store::Project> const& projects, std::optional<ProjectView> const& view);

/// The page's style sheet.
std::string_view page_css();

} // namespace learning_loop

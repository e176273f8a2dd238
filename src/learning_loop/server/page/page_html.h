#pragma once

#include "learning_loop/data/detector_list.h"
#include "learning_loop/data/model.h"
#include "learning_loop/data/stored_image.h"
#include "learning_loop/store/project.h"

#include <cstdint>
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
    std::vector<StoredImage> inbox; ///< The newest.
    std::vector<Model> models;
    std::optional<DeploymentTarget> target;
    std::vector<ReportedDetector> detectors;
};

/// Where the page stands, and for whom.
struct PageFrame {
    std::string url;  ///< Of the Loop.
    std::string base; ///< Its path, without a slash at its end: every link begins with it.
    std::string user; ///< Who is logged in. Empty: somebody with a token.
};

/// The page as HTML. Every text from outside is escaped. Tells how to make a project if there is no view.
std::string page_html(PageFrame const& frame, std::vector<store::Project> const& projects,
                      std::optional<ProjectView> const& view);

/// The form of the login. `fault`: why the last try was refused; empty: there was none.
std::string login_html(std::string const& base, std::string const& fault);

/// The page's style sheet.
std::string_view page_css();

} // namespace learning_loop

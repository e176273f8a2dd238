#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"

namespace learning_loop {

/// Where the page finds what it shows.
struct PageSources {
    store::ProjectRepository& projects;
    store::ImageRepository& images;
    store::ModelRepository& models;
    store::DetectorRepository& detectors;
};

/// `GET /`: how a project stands, for people. No script runs on it. The parts outlive the router.
void add_page(http::Router& router, PageSources const& sources);

} // namespace learning_loop

#pragma once

#include "learning_loop/store/account_repository.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project_repository.h"
#include "learning_loop/store/sqlite/open_sqlite.h"

#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop::store {

/// The repositories on an empty folder, with one project of two categories.
class StoreTest : public testing::Test {
protected:
    StoreTest() { project = *test::run(projects.find_or_make(project_named("field"))); }

    static Project project_named(std::string const& name)
    {
        return {0,
                "demo",
                name,
                {{"id-1", "beet", {}, {}, {}, {}, "box"}, {"id-2", "beet", {}, {}, {}, {}, "point"}},
                "made"};
    }

    /// `number` makes the id.
    static NewImage image(int number, std::string_view bytes = "bytes")
    {
        NewImage image;
        image.id = "00000000-0000-0000-0000-" + std::to_string(100'000'000'000 + number);
        image.name = "part " + std::to_string(number);
        image.bytes = bytes;
        image.media_type = "image/jpeg";
        image.width_px = 640;
        image.height_px = 480;
        image.image_hash = bytes;
        return image;
    }

    test::TempFolder folder;
    DatabaseLanes lanes{sqlite::open_sqlite(folder / "test.db")};
    BlobFiles files{folder / "images"};
    ProjectRepository projects{lanes};
    ImageRepository images{lanes, files};
    ModelRepository models{lanes, folder / "models"};
    DetectorRepository detectors{lanes};
    AccountRepository accounts{lanes};
    Project project;
};

} // namespace learning_loop::store

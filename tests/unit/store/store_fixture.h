#pragma once

#include "learning_loop/base/hash.h"
#include "learning_loop/store/account_repository.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/columns.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/detection_repository.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/file_removals.h"
#include "learning_loop/store/image_editor.h"
#include "learning_loop/store/image_intake.h"
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
        Project made;
        made.organization = "demo";
        made.name = name;
        made.categories = {{"id-1", "beet", {}, {}, {}, {}, "box"}, {"id-2", "beet", {}, {}, {}, {}, "point"}};
        made.generator = "made";
        return made;
    }

    /// `number` makes the id.
    static NewImage image(int number, std::string_view bytes = "bytes")
    {
        NewImage image;
        image.id = "00000000-0000-0000-0000-" + std::to_string(100'000'000'000 + number);
        image.name = "part " + std::to_string(number);
        image.bytes = bytes;
        image.size_bytes = static_cast<std::int64_t>(bytes.size());
        image.media_type = "image/jpeg";
        image.width_px = 640;
        image.height_px = 480;
        image.image_hash = hex(sha256(bytes));
        return image;
    }

    /// `what`: a table, and a condition behind it where only some rows count.
    std::int64_t rows_in(std::string const& what)
    {
        auto job = [&](Database& database) -> Result<std::int64_t> {
            return column<std::int64_t>(database.query_one("SELECT count(*) FROM " + what, {}).value(), 0);
        };
        return io.run(lanes.read(job)).value();
    }

    inline static test::Io io; // the threads of lanes may still hold it when a test has ended
    test::TempFolder folder;
    DatabaseLanes lanes{sqlite::open_sqlite(folder / "test.db")};
    BlobFiles files{folder / "images"};
    ProjectRepository projects{lanes};
    ImageRepository images{lanes, files};
    ImageIntake intake{lanes, files};
    FileRemovals file_removals{lanes, folder.path(), io.executor()}; // does nothing unless it runs
    ImageEditor editor{lanes, file_removals};
    DetectionRepository detections{lanes};
    ModelRepository models{lanes, folder / "models"};
    DetectorRepository detectors{lanes};
    AccountRepository accounts{lanes};
    Project project;
};

} // namespace learning_loop::store

#pragma once

#include "learning_loop/detector/detector.h"
#include "learning_loop/json/json.h"
#include "support/fake_detector_logic.h"
#include "support/run.h"
#include "support/sample_images.h"
#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace learning_loop::test {

/// An image in the outbox.
struct KeptImage {
    ImageMetadata metadata;
    std::string jpeg;
    bool priority;
};

/// A Detector whose model finds an uncertain weed, and its outbox.
struct DetectorFixture : testing::Test {
    Io io;
    TempFolder folder;
    std::shared_ptr<FakeFindings> findings = std::make_shared<FakeFindings>(); // shared: with the logics
    DetectionService detection{io.executor(), fake_factory(findings), 1};
    Outbox outbox{io.executor(), folder.path(), {.max_bytes = 1 << 20, .min_free_disk_bytes = 0}};
    RelevanceFilter filter{0.3, 0.6};
    ImageKeeper keeper{outbox};
    Metrics registry;
    DetectorMetrics metrics{registry};
    RecentFrames recent;
    Detector detector{detection, filter, keeper, metrics, recent};

    DetectorFixture()
    {
        ModelInformation model;
        model.version = "1.3";
        model.categories = {{"w", "weed", {}, {}, {}, {}, {}}};
        io.run(detection.load(model)).value();
        findings->next->box_detections = {{"weed", 10, 20, 30, 40, "", 0.45, std::nullopt}};
    }

    std::vector<KeptImage> kept()
    {
        std::vector<KeptImage> all;
        auto const items = outbox.take_batch(100, 1 << 30);
        outbox.release(items);
        for (auto const& item : items) {
            auto const text = bytes_of(outbox.folder_of(item) / item.file_name(".json"));
            all.push_back({from_json<ImageMetadata>(parse_json(text, "kept").value()).value(),
                           bytes_of(outbox.folder_of(item) / item.file_name(".jpg")), item.priority});
        }
        return all;
    }
};

} // namespace learning_loop::test

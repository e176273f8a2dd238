#pragma once

#include "learning_loop/async/task_group.h"
#include "learning_loop/converter/conversions.h"
#include "support/fake_converter.h"
#include "support/fake_model_loop.h"
#include "support/raw_zip.h"
#include "support/run.h"
#include "support/source_models.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop::test {

/// A converter from format_a to format_b beside a fake Loop, without a port of its own; it waits for milliseconds where
/// others wait for seconds. `stop` and `start` again is a restart.
struct ConverterNode : testing::Test {
    static constexpr auto* demo = "zauberzeug/demo";

    TempFolder folder;
    FakeModelLoop loop;
    Io io;
    NodeSettings settings;
    ConversionsOptions options;
    std::chrono::milliseconds max_upload_time{600'000};
    FakeConverter::Convert convert = &FakeConverter::copy;
    std::atomic<int> conversions_begun = 0;

    ConverterNode()
    {
        using namespace std::chrono_literals;
        options.formats = {"format_a", "format_b"};
        options.first_wait = 20ms;
        options.max_wait = 40ms;
        options.min_cycle = 1ms;
        options.cycle = 1h; // what is not done at once, is not done
    }
    ~ConverterNode() override { stop(); }

    void start()
    {
        settings.loop_host = loop.url();
        node = std::make_unique<Node>(*this);
        tasks = std::make_unique<TaskGroup>(io.executor());
        tasks->spawn("the conversions", node->conversions.run());
    }
    /// As after SIGTERM. Returns whether the converter has ended within the time; `join` must follow.
    bool finish(std::chrono::milliseconds grace)
    {
        tasks->cancel();
        node->conversion.cancel();
        return io.run(node->conversion.finish(grace));
    }
    void join()
    {
        io.run(tasks->join());
        tasks.reset();
        node.reset();
    }
    bool stop()
    {
        if (!node) return true;
        bool const has_ended = finish(std::chrono::seconds(20));
        join();
        return has_ended;
    }
    static std::string zip_of(std::string const& text, std::string const& json = "{}")
    {
        return raw_zip({{"a.txt", text}, {"model.json", json}});
    }
    void add_model(int number, std::string const& zip = zip_of("hello"), std::string const& project = demo)
    {
        FakeModel model{model_id(number), std::to_string(number) + ".0", {"format_a"}};
        model.created += "." + std::to_string(number);
        loop.add(project, std::move(model), zip);
    }
    static std::string name_of_upload(int number) { return model_id(number) + "/format_b"; }
    bool has_taken(int number) { return !loop.files_of(name_of_upload(number)).empty(); }

    bool waits_until(std::function<bool()> const& condition) { return io.run_until(condition); }
    bool ends(std::size_t count = 1)
    {
        return io.run_until([&] { return node->conversions.ended().size() >= count; });
    }
    ConversionOutcome last_outcome() const { return node->conversions.ended().front().outcome; }
    std::string problem(std::string const& step) const
    {
        auto const found = node->problems.all().find(step);
        return found == node->problems.all().end() ? "" : found->second;
    }

    struct Node {
        explicit Node(ConverterNode& test)
            : session(test.io.executor(), test.settings, session_options(test.settings)),
              failed(test.folder.path()),
              conversion(test.io.executor(), session, problems, failed, converter_of(test), conversion_options(test)),
              conversions(test.io.executor(), session, problems, failed, conversion, metrics, test.options)
        {}

        static LoopSessionOptions session_options(NodeSettings const& settings)
        {
            auto options = loop_session_options(settings);
            options.first_busy_wait = std::chrono::milliseconds(20);
            return options;
        }
        static std::unique_ptr<Converter> converter_of(ConverterNode& test)
        {
            return std::make_unique<FakeConverter>([&test](Conversion& conversion) {
                ++test.conversions_begun;
                return test.convert(conversion);
            });
        }
        static ModelConversionOptions conversion_options(ConverterNode const& test)
        {
            ModelConversionOptions options;
            options.data_folder = test.folder.path();
            options.formats = test.options.formats;
            options.first_wait = std::chrono::milliseconds(20);
            options.max_upload_time = test.max_upload_time;
            return options;
        }

        Problems problems;
        Metrics metrics;
        LoopSession session;
        FailedModels failed;
        ModelConversion conversion;
        Conversions conversions;
    };
    std::unique_ptr<Node> node;
    std::unique_ptr<TaskGroup> tasks; // of the node
};

} // namespace learning_loop::test

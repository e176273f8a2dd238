// learning-loop <program> [flags]: the ready-to-run programs in one executable.
#if LL_WITH_ONNX
#include "learning_loop/detector/onnx/run_onnx_detector.h"
#endif
#include "learning_loop/annotator/annotator_settings.h"
#include "learning_loop/annotator/segment/run_segmenter.h"
#include "learning_loop/base/version.h"
#include "learning_loop/converter/converter_settings.h"
#include "learning_loop/detector/commands/run_outbox.h"
#include "learning_loop/detector/detector_settings.h"
#include "learning_loop/server/commands/run_command.h"
#include "learning_loop/server/run_server.h"
#include "learning_loop/server/settings.h"
#include "learning_loop/settings/settings_text.h"
#include "learning_loop/trainer/command/command_trainer_settings.h"
#include "learning_loop/trainer/command/run_command_trainer.h"
#include "learning_loop/trainer/process/guard.h"

#include <exception>
#include <iostream>
#include <string_view>

namespace {

#if !LL_WITH_ONNX
int run_detector(int, char const* const*)
{
    std::cerr << "learning-loop was built without ONNX Runtime, which its detector needs: run tools/fetch_onnxruntime "
                 "and build again\n";
    return 2;
}
#else
constexpr auto run_detector = learning_loop::run_onnx_detector;
#endif

struct Program {
    std::string_view name;
    std::string_view purpose;
    int (*run)(int argc, char const* const* argv);
};

constexpr Program programs[] = {
    {"server", "the Loop: images, models, deployment and a page to look at them", learning_loop::run_server},
    {"detector", "finds things in images with a model from the Loop, sends home what it is unsure of", run_detector},
    {"trainer", "trains models with a training program of yours, which a file describes",
     learning_loop::run_command_trainer},
    {"annotator", "outlines things in images together with people who draw in the Loop's web page",
     learning_loop::run_segmenter},
    {"outbox", "lists, requeues, deletes or copies out the images that a detector keeps for the Loop",
     learning_loop::run_outbox},
    {"token", "makes, lists and revokes the tokens with which nodes and scripts reach the Loop",
     learning_loop::run_token},
    {"user", "lists the Loop's accounts and sets a lost password anew", learning_loop::run_user},
    {"check", "compares the Loop's database with its files", learning_loop::run_check},
};

/// Prints an exception that nobody has caught, instead of a core dump.
int run(Program const& program, int argc, char const* const* argv)
{
    try {
        return program.run(argc, argv);
    } catch (std::exception const& failure) {
        std::cerr << "learning-loop " << program.name << ": " << failure.what() << "\n";
        return 1;
    }
}

void print_usage(std::ostream& out)
{
    out << "learning-loop <program> [flags]\n\n";
    for (auto const& program : programs) out << "  " << program.name << "  " << program.purpose << "\n";
    out << "\n`learning-loop <program> --help` lists its settings, `learning-loop settings` those of all as "
           "Markdown.\n";
}

void print_settings(std::ostream& out)
{
    out << learning_loop::settings_introduction() << "\n"
        << learning_loop::server_settings_section() << "\n"
        << learning_loop::detector_settings_section() << "\n"
        << learning_loop::command_trainer_settings_section() << "\n"
        << learning_loop::annotator_settings_section() << "\n"
        << learning_loop::converter_settings_section();
}

} // namespace

int main(int argc, char** argv)
{
    if (auto const status = learning_loop::run_guard_if_asked(argc, argv)) return *status;
    std::string_view const word = argc > 1 ? argv[1] : "";
    for (auto const& program : programs) {
        if (word == program.name) return run(program, argc - 1, argv + 1);
    }
    if (word == "settings") {
        print_settings(std::cout);
        return 0;
    }
    if (word == "--version") {
        std::cout << "learning-loop " << learning_loop::version() << "\n";
        return 0;
    }
    if (word == "--help" || word == "-h") {
        print_usage(std::cout);
        return 0;
    }
    if (word.empty()) std::cerr << "learning-loop: which program?\n\n";
    else std::cerr << "learning-loop: '" << word << "' is no program of ours\n\n";
    print_usage(std::cerr);
    return 2;
}

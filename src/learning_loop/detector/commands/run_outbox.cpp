#include "learning_loop/detector/commands/run_outbox.h"

#include "learning_loop/base/log.h"
#include "learning_loop/detector/commands/outbox_command.h"

namespace learning_loop {
namespace {

constexpr SubCommand commands[] = {
    {"list", "lists the images that wait for their upload, and those that the Loop refused", list_outbox},
    {"requeue", "has refused images uploaded again", requeue_outbox},
    {"drop", "deletes images", drop_outbox},
    {"export", "copies the images that wait to another folder or disk", export_outbox},
};

} // namespace

int run_outbox(int argc, char const* const* argv)
{
    start_log(log::Level::warn);
    return run_sub_command("learning-loop outbox", commands, argc, argv);
}

} // namespace learning_loop

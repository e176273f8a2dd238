#include "learning_loop/trainer/process/process_end.h"

#include <gtest/gtest.h>

#include <csignal>

namespace learning_loop {
namespace {

std::string explained_status(int status, std::string_view log = "")
{
    return explain_end(ProcessEnd{status, {}}, log);
}

std::string explained_signal(int signal, std::string_view log = "")
{
    return explain_end(ProcessEnd{{}, signal}, log);
}

TEST(ProcessEndTest, is_a_success_with_status_0_only)
{
    EXPECT_TRUE((ProcessEnd{0, {}}.is_success()));
    EXPECT_FALSE((ProcessEnd{1, {}}.is_success()));
    EXPECT_FALSE((ProcessEnd{{}, SIGTERM}.is_success()));
}

TEST(ProcessEndTest, is_explained_by_the_last_line_that_the_program_wrote)
{
    EXPECT_EQ(explained_status(1, "Traceback\n  File \"a.py\"\nValueError: no labels\n\n  \n"),
              "the program ended with exit status 1: \"ValueError: no labels\"");
    EXPECT_EQ(explained_status(2), "the program ended with exit status 2; its log is empty");
    EXPECT_EQ(explained_signal(SIGSEGV, "epoch 1\r 50 %\rhalf\x1b[31m way\r\n"),
              "the program was ended by SIGSEGV (Segmentation fault): \"half?[31m way\"");
    EXPECT_EQ(explained_status(1, std::string(5000, 'x')),
              "the program ended with exit status 1: \"" + std::string(200, 'x') + "...\"");
}

TEST(ProcessEndTest, names_what_a_shell_means_by_its_exit_statuses)
{
    EXPECT_EQ(explained_status(127, "sh: 1: yolo: not found\n"),
              "the program ended with exit status 127, by which a shell says that a command was not found: "
              "\"sh: 1: yolo: not found\"");
    EXPECT_EQ(explained_status(126),
              "the program ended with exit status 126, by which a shell says that a file is not executable; "
              "its log is empty");
    EXPECT_EQ(explained_status(128 + SIGSEGV),
              "the program was ended by SIGSEGV (Segmentation fault); its log is empty");
    EXPECT_EQ(explained_status(255), "the program ended with exit status 255; its log is empty");
}

TEST(ProcessEndTest, may_have_come_from_the_killer_of_a_system_without_memory)
{
    auto const killed = "the program was killed, perhaps since memory ran out (the system's OOM killer; `dmesg` "
                        "tells): choose a smaller max_batch_size or fewer workers, or give the node more memory";
    EXPECT_EQ(explained_signal(SIGKILL, "epoch 3\n"), std::string(killed) + ": \"epoch 3\"");
    EXPECT_EQ(explained_status(137), std::string(killed) + "; its log is empty");
}

TEST(ProcessEndTest, tells_that_the_graphics_memory_ran_out)
{
    auto const meaning = "the graphics memory ran out: choose a smaller max_batch_size, or a higher VRAM_LIMIT_GB if "
                         "that limits it, or end what else uses the card: \"";
    for (std::string const line :
         {"torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB", "torch.OutOfMemoryError",
          "RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when", "CUDA error: out of memory",
          "cudaErrorMemoryAllocation"}) {
        EXPECT_EQ(explained_status(1, "epoch 1\n" + line + "\nException ignored in: <function>\n"),
                  meaning + line + "\"");
    }
}

TEST(ProcessEndTest, tells_that_there_is_no_graphics_card)
{
    auto const meaning = "there is no graphics card that the program can use: see whether nvidia-smi finds one here, "
                         "and whether the container was given it (--gpus all): \"";
    for (std::string const line :
         {"RuntimeError: CUDA error: no CUDA-capable device is detected",
          "RuntimeError: Found no NVIDIA driver on your system.",
          "CUDA driver version is insufficient for CUDA runtime version", "RuntimeError: No CUDA GPUs are available"}) {
        EXPECT_EQ(explained_status(1, line + "\n"), meaning + line + "\"");
    }
}

TEST(ProcessEndTest, tells_what_else_ran_out)
{
    EXPECT_TRUE(
        explained_status(1, "OSError: [Errno 28] No space left on device: 'a'").starts_with("the disk is full"));
    EXPECT_TRUE(explained_status(1, "MemoryError").starts_with("the memory ran out: "));
    EXPECT_TRUE(explained_status(1, "RuntimeError: DataLoader worker is killed by signal: Bus error. It is possible "
                                    "that dataloader's workers are out of shared memory.")
                    .starts_with("the shared memory ran out: "));
}

TEST(ProcessEndTest, is_not_explained_by_a_warning_nor_by_what_came_to_nothing_before)
{
    EXPECT_EQ(explained_status(1, "UserWarning: CUDA initialization: Found no NVIDIA driver on your system.\nKeyError"),
              "the program ended with exit status 1: \"KeyError\"");
    EXPECT_TRUE(explained_status(1, "RuntimeError: No CUDA GPUs are available\nMemoryError\n")
                    .starts_with("the memory ran out: "));
}

} // namespace
} // namespace learning_loop

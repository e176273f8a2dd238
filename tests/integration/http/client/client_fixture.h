#pragma once

#include "learning_loop/async/task_group.h"
#include "learning_loop/http/client/client.h"
#include "support/fault_proxy.h"
#include "support/run.h"
#include "support/scripted_server.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop::http {

using namespace std::chrono_literals;
using test::Act;
using test::http_answer;
using Then = test::Act::Then;

/// A client whose peers fail in every way there is.
struct HttpClient : testing::Test {
    test::Io io;
    test::TempFolder folder;
    ClientOptions options = impatient();

    static ClientOptions impatient()
    {
        ClientOptions options;
        options.connect_timeout = 1s;
        options.stall_timeout = 1s;
        options.first_resume_wait = 10ms;
        return options;
    }
    Client client_of(std::string const& url)
    {
        options.base_url = url;
        return Client(options);
    }
    Result<Answer> get(std::string const& url)
    {
        options.base_url = url;
        Client client(options);
        return io.run(client.get("/"));
    }
    Result<Answer> download(std::string const& url, std::uintmax_t max_bytes = 1 << 30)
    {
        options.base_url = url;
        Client client(options);
        DownloadOptions limits;
        limits.max_bytes = max_bytes;
        return io.run(client.download("/file", folder / "got", std::move(limits)));
    }
    std::string got() { return test::bytes_of(folder / "got"); }
    bool nothing_is_left() { return std::filesystem::is_empty(folder.path()); }
};

} // namespace learning_loop::http

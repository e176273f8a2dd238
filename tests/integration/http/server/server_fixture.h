#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/server/server_options.h"
#include "support/raw_connection.h"
#include "support/running_server.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>

namespace learning_loop::http {

/// The bytes of a request. `headers` are whole lines.
std::string request(std::string const& method, std::string const& target, std::string const& headers = "",
                    std::string const& body = "");

/// A POST of that body with its Content-Length.
std::string post(std::string const& target, std::string const& body, std::string const& headers = "");

/// A server with routes of every kind, started by the first call of `port`; set its options before.
struct ServerFixture : testing::Test {
    ServerFixture();
    ~ServerFixture() override;

    std::uint16_t port();

    /// The server speaks TLS, with a certificate for `localhost`. To be called before `port`.
    void use_new_certificate();

    /// The first answer to these bytes.
    test::RawResponse ask(std::string const& bytes);

    /// The answer to these bytes on a connection where a sound request follows; expects that it is refused with this
    /// status, in words, that the connection closes and that no handler saw anything.
    void expect_refused(std::string const& bytes, int status);

    /// The connection is still good for a request.
    static void expect_serves(test::RawConnection& client);

    test::TempFolder folder; ///< Its files are served below /file/.
    Router router;
    ServerOptions options;
    std::atomic<int> handled = 0; ///< Requests that reached a handler.
    Lane waiting{"waiting", 10};
    std::latch in_flight{1};
    std::latch go_on{1};
    std::unique_ptr<test::RunningServer> server; // last: it uses the others

private:
    struct FormApi;
    void add_texts();
    void add_bodies();
};

} // namespace learning_loop::http

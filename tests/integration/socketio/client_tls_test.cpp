#include "learning_loop/socketio/client.h"

#include "integration/socketio/socketio_fixture.h"
#include "support/run.h"
#include "support/temp_folder.h"
#include "support/tls_peer.h"

namespace learning_loop::socketio {
namespace {

using namespace std::chrono_literals;
using test::CertificateWishes;
using test::new_certificate;
using test::TestCertificate;

CertificateWishes authority_wishes()
{
    CertificateWishes wishes;
    wishes.common_name = "an authority";
    wishes.alternative_names.clear();
    wishes.is_authority = true;
    return wishes;
}

/// A client that trusts one authority, with a token and a cookie to give away.
struct SocketIoClientTls : SocketIoFixture {
    SocketIoClientTls() { test::put(folder / "ca.pem", authority.certificate); }
    ~SocketIoClientTls() override
    {
        tasks.cancel();
        io_thread.run(tasks.join());
    }

    /// Why the first connection failed; empty: it came about.
    std::string connect(std::string const& url)
    {
        http::ClientOptions reach;
        reach.base_url = url;
        reach.ca_file = (folder / "ca.pem").string();
        reach.bearer_token = "secret-token";
        http = std::make_unique<http::Client>(reach);
        ClientOptions client_options;
        client_options.connection.headers = {{"Cookie", "secret-cookie"}};
        client = std::make_unique<Client>(io_thread.executor(), *http, client_options);
        std::optional<std::string> outcome;
        client->connected = [&] { outcome = ""; };
        client->disconnected = [&](std::string const& why) { outcome = why; };
        tasks.spawn("the client", client->run());
        EXPECT_TRUE(io_thread.run_until([&] { return outcome.has_value(); }));
        client->connected = {};
        client->disconnected = {};
        return outcome.value_or("nothing happened");
    }
    /// Refused, in words that hold these, and nothing was told to the peer.
    void expect_refused(TestCertificate const& certificate, std::string const& words,
                        std::string const& host = "localhost", int newest_version = 0)
    {
        test::TlsPeer const peer(certificate, newest_version);
        auto const why = connect(peer.url(host));
        EXPECT_NE(why.find(words), std::string::npos) << why;
        EXPECT_EQ(peer.received(), "") << words;
    }
    TestCertificate signed_one(std::function<void(CertificateWishes&)> const& change = [](auto&) {})
    {
        CertificateWishes wishes;
        change(wishes);
        return new_certificate(wishes, &authority);
    }

    test::TempFolder folder;
    TestCertificate authority = new_certificate(authority_wishes());
    test::Io io_thread;
    std::unique_ptr<http::Client> http;
    std::unique_ptr<Client> client;
    TaskGroup tasks{io_thread.executor()};
};

TEST_F(SocketIoClientTls, talks_to_whom_its_authority_knows)
{
    auto const certificate = signed_one([](auto& wishes) { wishes.alternative_names = "DNS:localhost,IP:127.0.0.1"; });
    test::put(folder / "cert.pem", certificate.certificate);
    test::put(folder / "key.pem", certificate.key);
    options.tls_certificate = (folder / "cert.pem").string();
    options.tls_key = (folder / "key.pem").string();
    EXPECT_EQ(connect("https://127.0.0.1:" + std::to_string(port())), "");
    auto const seen = server->on_io([this] { return last_peer->headers.find("Authorization").value_or(""); });
    EXPECT_EQ(seen, "Bearer secret-token");
}

TEST_F(SocketIoClientTls, refuses_who_signed_for_itself)
{
    expect_refused(new_certificate(CertificateWishes()), "LOOP_SSL_CERT_PATH");
}

TEST_F(SocketIoClientTls, refuses_another_authority)
{
    auto const other = new_certificate(authority_wishes());
    expect_refused(new_certificate(CertificateWishes(), &other), "LOOP_SSL_CERT_PATH");
}

TEST_F(SocketIoClientTls, refuses_what_has_expired)
{
    expect_refused(signed_one([](auto& wishes) { wishes.end = -1min; }), "expired");
}

TEST_F(SocketIoClientTls, refuses_another_host)
{
    expect_refused(signed_one([](auto& wishes) { wishes.alternative_names = "DNS:elsewhere"; }), "another host");
}

TEST_F(SocketIoClientTls, refuses_a_host_that_only_the_common_name_tells)
{
    expect_refused(signed_one([](auto& wishes) { wishes.alternative_names.clear(); }), "host");
}

TEST_F(SocketIoClientTls, refuses_a_name_where_an_address_was_asked_for)
{
    expect_refused(signed_one(), "another host", "127.0.0.1");
}

TEST_F(SocketIoClientTls, refuses_sha_1)
{
    expect_refused(signed_one([](auto& wishes) { wishes.by_sha1 = true; }), "weak");
}

TEST_F(SocketIoClientTls, refuses_tls_1_1)
{
    expect_refused(signed_one(), "TLS 1.2", "localhost", 0x0302);
}

} // namespace
} // namespace learning_loop::socketio

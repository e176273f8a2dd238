#include "integration/http/client/client_fixture.h"
#include "support/tls_peer.h"

#include <openssl/ssl.h>

namespace learning_loop::http {
namespace {

using test::CertificateWishes;
using test::new_certificate;
using test::TestCertificate;

/// A client that trusts one authority, with a token and a login to give away.
struct HttpClientTls : HttpClient {
    TestCertificate authority = new_certificate(authority_wishes());

    static CertificateWishes authority_wishes()
    {
        CertificateWishes wishes;
        wishes.common_name = "an authority";
        wishes.alternative_names.clear();
        wishes.is_authority = true;
        return wishes;
    }
    HttpClientTls()
    {
        test::put(folder / "ca.pem", authority.certificate);
        options.ca_file = (folder / "ca.pem").string();
        options.bearer_token = "secret-token";
    }

    Result<Answer> log_in(std::string const& url)
    {
        options.base_url = url;
        Client client(options);
        return io.run(client.post_form("/api/login", {{"username", "u"}, {"password", "hunter2"}}));
    }
    /// Refused, in these words, and nothing was told to the peer.
    void expect_refused(test::TlsPeer const& peer, std::string const& words, std::string const& host = "localhost")
    {
        auto const answer = log_in(peer.url(host));
        ASSERT_FALSE(answer) << words;
        EXPECT_TRUE(answer.error().message.starts_with(peer.url(host) + "/api/login: " + words))
            << answer.error().message;
        EXPECT_EQ(peer.received(), "") << words;
    }
    TestCertificate signed_one(std::function<void(CertificateWishes&)> const& change = [](auto&) {})
    {
        CertificateWishes wishes;
        change(wishes);
        return new_certificate(wishes, &authority);
    }
};

constexpr auto own_authority = "): if an authority of your own made it, name that one's file in LOOP_SSL_CERT_PATH";

TEST_F(HttpClientTls, talks_to_whom_its_authority_knows)
{
    test::TlsPeer const peer(signed_one());
    EXPECT_EQ(log_in(peer.url()).value().status, 200);
    EXPECT_NE(peer.received().find("Bearer secret-token"), std::string::npos);
}

TEST_F(HttpClientTls, talks_to_a_certificate_that_is_its_own_authority)
{
    auto const certificate = new_certificate(CertificateWishes());
    test::put(folder / "ca.pem", certificate.certificate);
    test::TlsPeer const peer(certificate);
    EXPECT_EQ(log_in(peer.url()).value().status, 200);
}

TEST_F(HttpClientTls, heeds_a_new_authority_in_the_old_ones_place)
{
    test::TlsPeer const peer(signed_one());
    test::put(folder / "ca.pem", new_certificate(authority_wishes()).certificate);
    options.base_url = peer.url();
    Client client(options);
    EXPECT_FALSE(io.run(client.get("/")));
    auto const old_tls = io.run(client.load_tls()).value();
    test::put(folder / "ca.pem", authority.certificate);
    auto const answer = io.run(client.get("/"));
    EXPECT_TRUE(answer) << answer.error().message;
    EXPECT_NE(io.run(client.load_tls()).value(), old_tls);
}

TEST_F(HttpClientTls, talks_to_an_address_that_the_certificate_names)
{
    test::TlsPeer const peer(signed_one([](auto& wishes) { wishes.alternative_names = "IP:127.0.0.1"; }));
    EXPECT_EQ(log_in(peer.url("127.0.0.1")).value().status, 200);
    test::TlsPeer const other(signed_one([](auto& wishes) { wishes.alternative_names = "IP:127.0.0.2"; }));
    expect_refused(other, "its certificate is for another host: check LOOP_HOST");
}

TEST_F(HttpClientTls, tells_nothing_to_a_certificate_for_another_host)
{
    test::TlsPeer const peer(signed_one([](auto& wishes) { wishes.alternative_names = "DNS:other.example"; }));
    expect_refused(peer, "its certificate is for another host: check LOOP_HOST");
    test::TlsPeer const named(signed_one());
    expect_refused(named, "its certificate is for another host: check LOOP_HOST", "127.0.0.1");
}

TEST_F(HttpClientTls, tells_nothing_to_a_name_that_stands_in_the_common_name_only)
{
    test::TlsPeer const bare(signed_one([](auto& wishes) { wishes.alternative_names.clear(); }));
    expect_refused(bare, "its certificate names no host as alternative name: get one that does, the common name does "
                         "not count");
    test::TlsPeer const mail(
        signed_one([](auto& wishes) { wishes.alternative_names = "email:localhost@example.com"; }));
    expect_refused(mail, "its certificate names no host as alternative name: get one that does, the common name does "
                         "not count");
}

TEST_F(HttpClientTls, tells_nothing_to_a_certificate_that_signed_itself)
{
    test::TlsPeer const peer(new_certificate(CertificateWishes()));
    expect_refused(peer, std::string("its certificate cannot be trusted (self-signed certificate") + own_authority);
    options.ca_file.clear();
    expect_refused(peer, std::string("its certificate cannot be trusted (self-signed certificate") + own_authority);
}

TEST_F(HttpClientTls, tells_nothing_to_whom_another_authority_knows)
{
    auto wishes = authority_wishes();
    auto const impostor = new_certificate(wishes); // of the same name
    wishes.common_name = "a stranger";
    auto const stranger = new_certificate(wishes);
    test::TlsPeer const strange(new_certificate(CertificateWishes(), &stranger));
    expect_refused(strange, std::string("its certificate cannot be trusted (unable to get local issuer certificate") +
                                own_authority);
    test::TlsPeer const false_one(new_certificate(CertificateWishes(), &impostor));
    auto const answer = log_in(false_one.url());
    EXPECT_EQ(answer.error().code, Errc::unavailable);
    EXPECT_NE(answer.error().message.find("LOOP_SSL_CERT_PATH"), std::string::npos) << answer.error().message;
    EXPECT_EQ(false_one.received(), "");
}

TEST_F(HttpClientTls, tells_nothing_to_a_certificate_out_of_its_time)
{
    test::TlsPeer const expired(signed_one([](auto& wishes) { wishes.end = -60s; }));
    expect_refused(expired, "its certificate has expired: renew it at the server");
    test::TlsPeer const early(signed_one([](auto& wishes) { wishes.begin = 600s; }));
    expect_refused(early, "its certificate is not valid yet: check it and the clock of this machine");
}

TEST_F(HttpClientTls, tells_nothing_to_a_certificate_signed_with_sha1)
{
    test::TlsPeer const peer(signed_one([](auto& wishes) { wishes.by_sha1 = true; }));
    expect_refused(peer, "its certificate is too weak (CA signature digest algorithm too weak): get a new one");
}

TEST_F(HttpClientTls, speaks_no_version_before_1_2)
{
    for (int const version : {TLS1_VERSION, TLS1_1_VERSION}) {
        test::TlsPeer const peer(signed_one(), version);
        expect_refused(peer, "no TLS could be agreed on (");
    }
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        test::TlsPeer const peer(signed_one(), version);
        EXPECT_EQ(log_in(peer.url()).value().status, 200);
    }
}

TEST_F(HttpClientTls, tells_nothing_to_a_server_that_speaks_no_tls)
{
    test::ScriptedServer const plain({{http_answer(200, "OK")}});
    auto const answer = log_in("https://localhost:" + std::to_string(plain.port()));
    EXPECT_EQ(answer.error().code, Errc::unavailable);
    EXPECT_TRUE(plain.requests().empty());
}

TEST_F(HttpClientTls, names_a_file_of_authorities_that_cannot_be_read)
{
    test::put(folder / "ca.pem", "no certificate");
    test::TlsPeer const peer(signed_one());
    expect_refused(peer, "the file of LOOP_SSL_CERT_PATH cannot be read: it must hold certificates as PEM");
}

TEST_F(HttpClientTls, keeps_its_secrets_when_it_is_sent_elsewhere)
{
    test::TlsPeer const elsewhere(signed_one());
    test::ScriptedServer const server({{http_answer(307, "", "Location: " + elsewhere.url() + "/\r\n")}});
    EXPECT_EQ(log_in(server.url()).value().location, elsewhere.url() + "/");
    EXPECT_EQ(elsewhere.received(), "");
}

} // namespace
} // namespace learning_loop::http

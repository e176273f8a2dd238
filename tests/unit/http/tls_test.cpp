#include "learning_loop/http/tls.h"

#include "support/temp_folder.h"
#include "support/test_certificate.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

struct TlsTest : testing::Test {
    test::TempFolder folder;
    std::string certificate = folder / "certificate.pem";
    std::string key = folder / "key.pem";

    TlsTest() { put_pair(test::new_certificate()); }

    void put_pair(test::TestCertificate const& pair)
    {
        test::put(certificate, pair.certificate);
        test::put(key, pair.key);
    }
    void expect_refused(std::string const& flag, std::string const& file, std::string const& reason)
    {
        auto const loaded = load_tls(certificate, key);
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().code, Errc::invalid_argument);
        for (auto const& words : {flag, file, reason})
            EXPECT_NE(loaded.error().message.find(words), std::string::npos) << loaded.error().message;
    }
    void expect_no_certificate(std::string const& reason)
    {
        expect_refused("--tls-cert (TLS_CERT)", certificate, reason);
    }
    void expect_no_key(std::string const& reason) { expect_refused("--tls-key (TLS_KEY)", key, reason); }
};

TEST_F(TlsTest, loads_a_certificate_and_its_key)
{
    EXPECT_TRUE(load_tls(certificate, key));
}

TEST_F(TlsTest, loads_a_chain_and_a_pair_in_one_file)
{
    test::put(certificate, test::bytes_of(certificate) + test::new_certificate().certificate);
    EXPECT_TRUE(load_tls(certificate, key));
    test::put(certificate, test::bytes_of(certificate) + test::bytes_of(key));
    EXPECT_TRUE(load_tls(certificate, certificate));
}

TEST_F(TlsTest, names_a_certificate_that_has_expired)
{
    put_pair(test::new_certificate(-2h, -1h));
    expect_no_certificate("has expired");
}

TEST_F(TlsTest, names_a_certificate_that_is_not_valid_yet)
{
    put_pair(test::new_certificate(1h, 2h));
    expect_no_certificate("not valid yet");
}

TEST_F(TlsTest, names_a_file_that_is_missing)
{
    std::filesystem::remove(key);
    expect_no_key("No such file");
    std::filesystem::remove(certificate);
    expect_no_certificate("No such file");
}

TEST_F(TlsTest, names_a_file_that_is_a_folder)
{
    std::filesystem::remove(certificate);
    std::filesystem::create_directory(certificate);
    expect_no_certificate("holds no certificate");
}

TEST_F(TlsTest, names_a_file_that_is_broken)
{
    auto const pair = test::new_certificate();
    for (auto const& broken : {std::string(), std::string("hello\n"), pair.certificate.substr(0, 200), pair.key}) {
        test::put(certificate, broken);
        expect_no_certificate("holds no certificate");
    }
    put_pair(pair);
    for (auto const& broken : {std::string(), std::string("hello\n"), pair.key.substr(0, 80), pair.certificate}) {
        test::put(key, broken);
        expect_no_key("holds no private key");
    }
}

TEST_F(TlsTest, names_a_key_of_another_certificate)
{
    test::put(key, test::new_certificate().key);
    expect_no_key("is not the key of " + certificate);
}

TEST_F(TlsTest, says_the_same_when_it_is_asked_again)
{
    test::put(key, test::new_certificate().key);
    expect_no_key("is not the key of");
    std::filesystem::remove(key);
    expect_no_key("No such file"); // nothing of the first failure is left
}

} // namespace
} // namespace learning_loop

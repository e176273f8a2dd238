#include "learning_loop/http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace learning_loop {
namespace ssl = boost::asio::ssl;
namespace {

Error wrong(std::string const& flag, std::string const& file, std::string const& what)
{
    ERR_clear_error();
    return {Errc::invalid_argument, flag + ": " + file + " " + what};
}

constexpr auto certificate_flag = "--tls-cert (TLS_CERT)";
constexpr auto key_flag = "--tls-key (TLS_KEY)";

Result<void> check_dates(SSL_CTX* context, std::string const& file)
{
    auto const* const certificate = SSL_CTX_get0_certificate(context);
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        return wrong(certificate_flag, file, "has expired: get a new certificate");
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
        return wrong(certificate_flag, file, "is not valid yet: check the certificate and this machine's clock");
    return {};
}

} // namespace

Result<std::shared_ptr<ssl::context>> load_tls(std::string const& certificate_file, std::string const& key_file)
{
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server); // shared: connections outlive the server
    auto* const native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS); // an idle connection holds no 32 KiB
    bool asked = false;                                 // for a pass phrase of the key, which nobody could type
    context->set_password_callback([&asked](std::size_t, ssl::context::password_purpose) {
        asked = true;
        return std::string();
    });
    boost::system::error_code failure;
    context->use_certificate_chain_file(certificate_file, failure);
    if (failure) {
        return wrong(certificate_flag, certificate_file,
                     "holds no certificate that can be read, as PEM: " + failure.message());
    }
    context->use_private_key_file(key_file, ssl::context::pem, failure);
    if (failure && asked)
        return wrong(key_flag, key_file,
                     "is protected by a pass phrase: give one without (openssl pkey -in ... -out ...)");
    // OpenSSL compares the key with the certificate while it loads it.
    if (failure && ERR_GET_REASON(static_cast<unsigned long>(failure.value())) == X509_R_KEY_VALUES_MISMATCH)
        return wrong(key_flag, key_file,
                     "is not the key of " + certificate_file + ": give the two that belong together");
    if (failure)
        return wrong(key_flag, key_file, "holds no private key that can be read, as PEM: " + failure.message());
    if (SSL_CTX_check_private_key(native) != 1)
        return wrong(key_flag, key_file,
                     "is not the key of " + certificate_file + ": give the two that belong together");
    context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
    if (auto const dates = check_dates(native, certificate_file); !dates) return dates.error();
    return context;
}

Result<std::shared_ptr<ssl::context>> load_client_tls(std::string const& ca_file)
{
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client); // shared: connections outlive the caller
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_security_level(context->native_handle(), tls_security_level);
    context->set_verify_mode(ssl::verify_peer);
    // As libcurl does: every certificate in the file is trusted, also one that is no root.
    X509_STORE_set_flags(SSL_CTX_get_cert_store(context->native_handle()), X509_V_FLAG_PARTIAL_CHAIN);
    boost::system::error_code failure;
    if (ca_file.empty()) context->set_default_verify_paths(failure);
    else context->load_verify_file(ca_file, failure);
    if (!failure) return context;
    ERR_clear_error();
    return Error{Errc::invalid_argument, bad_ca_file};
}

void expect_host(SSL* connection, std::string const& host)
{
    auto* const parameters = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(parameters,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return;
    ERR_clear_error();
    if (X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) != 1 ||
        SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(host.c_str())) != 1) // SSL_set_tlsext_host_name, without its C cast
        throw std::runtime_error("TLS cannot be told the host's name");
}

std::string tls_fault(SSL* connection, boost::system::error_code const& failure)
{
    ERR_clear_error();
    auto const verdict = SSL_get_verify_result(connection);
    if (verdict != X509_V_OK) return certificate_problem(verdict);
    if (failure.category() != boost::asio::error::get_ssl_category()) return failure.message();
    return no_common_tls;
}

std::string certificate_problem(long reason)
{
    switch (reason) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return "its certificate has expired: renew it at the server";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "its certificate is not valid yet: check it and the clock of this machine";
    case X509_V_ERR_APPLICATION_VERIFICATION:
        return "its certificate names no host as alternative name: get one that does, the common name does not count";
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
        return std::string("its certificate is too weak (") + X509_verify_cert_error_string(reason) +
               "): get a new one";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED: // libcurl compares the name before OpenSSL verifies the rest
        return "its certificate is for another host: check LOOP_HOST";
    default:
        return std::string("its certificate cannot be trusted (") + X509_verify_cert_error_string(reason) +
               "): if an authority of your own made it, name that one's file in LOOP_SSL_CERT_PATH";
    }
}

} // namespace learning_loop

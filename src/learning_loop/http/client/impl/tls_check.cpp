#include "learning_loop/http/client/impl/tls_check.h"

#include "learning_loop/http/client/impl/curl_option.h"
#include "learning_loop/http/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace learning_loop::http {
namespace {

using HostNames = std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)>;

/// Whether the certificate names hosts where RFC 9110 (4.3.4) wants them. If it does not, libcurl would accept the
/// common name, which authorities do not check.
bool names_hosts(X509* certificate)
{
    HostNames const names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        GENERAL_NAMES_free);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        auto const type = sk_GENERAL_NAME_value(names.get(), i)->type;
        if (type == GEN_DNS || type == GEN_IPADD) return true;
    }
    return false;
}

int check_certificate(int is_good, X509_STORE_CTX* chain)
{
    if (is_good != 1 || X509_STORE_CTX_get_error_depth(chain) > 0) return is_good;
    if (names_hosts(X509_STORE_CTX_get_current_cert(chain))) return 1;
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

CURLcode prepare(CURL*, void* context, void*)
{
    auto* const tls = static_cast<SSL_CTX*>(context);
    SSL_CTX_set_security_level(tls, tls_security_level);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, check_certificate);
    return CURLE_OK;
}

} // namespace

void verify_tls(CURL* curl, std::string const& ca_file)
{
    set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(curl, CURLOPT_SSL_CTX_FUNCTION, &prepare);
    if (ca_file.empty()) return;
    set(curl, CURLOPT_CAINFO, ca_file.c_str());
    set(curl, CURLOPT_CAPATH, static_cast<char const*>(nullptr)); // else the system's count as well
    set(curl, CURLOPT_CA_CACHE_TIMEOUT, 0L);                      // a file that was replaced counts at once
}

std::string tls_problem(CURL* curl, CURLcode code, std::string const& detail)
{
    if (code == CURLE_SSL_CACERT_BADFILE) return bad_ca_file;
    if (code == CURLE_SSL_CONNECT_ERROR)
        return "no TLS could be agreed on (" + detail +
               "): the server must speak TLS 1.2 or newer at this port, and the "
               "file of LOOP_SSL_CERT_PATH must be of the authority that made its certificate";
    if (code != CURLE_PEER_FAILED_VERIFICATION) return {};
    long reason = X509_V_OK;
    curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &reason);
    return certificate_problem(reason);
}

} // namespace learning_loop::http

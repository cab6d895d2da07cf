//! Who is trusted.

use std::sync::{Arc, OnceLock};

use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{CryptoProvider, aws_lc_rs},
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

/// Made when the first task asks for it: reading the certificates of a system takes milliseconds.
#[derive(Debug, Default)]
pub(super) struct Tls {
    trusting: OnceLock<Arc<ClientConfig>>,
    checking: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    /// `insecure` takes any certificate of anybody.
    pub(super) fn connector(&self, insecure: bool) -> TlsConnector {
        let config = if insecure {
            self.trusting.get_or_init(|| Arc::new(trusting()))
        } else {
            self.checking.get_or_init(|| Arc::new(checking()))
        };
        TlsConnector::from(Arc::clone(config))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn builder() -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("the provider has ciphers for the versions that rustls was built with")
}

/// As the system trusts. Where it has no certificates every handshake fails, and says that the issuer is not known.
fn checking() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "certificates of this system cannot be read");
    }
    roots.add_parsable_certificates(found.certs);
    builder().with_root_certificates(roots).with_no_client_auth()
}

fn trusting() -> ClientConfig {
    let verifier = Arc::new(Anybody(provider()));
    builder().dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
}

/// `insecureTrustAllCertificates`: the connection is encrypted, and nobody knows for whom.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

//! What a flow may say of a request, before it is sent.

use engine::flow;

const HEAD: &str = "id: it\nnamespace: company.team\ntasks:\n  - id: call\n    uri: https://example.com/{{ flow.id }}\n";

fn refused(rest: &str) -> String {
    flow::parse(&format!("{HEAD}{rest}"), &tasks::Registry::catalogue()).unwrap_err().to_string()
}

#[test]
fn every_property_is_taken_under_every_name_of_the_types() {
    let rest = r#"
    method: POST
    body: { a: "{{ flow.id }}" }
    formData: { file: { name: a.csv, content: "{{ flow.id }}" } }
    contentType: multipart/form-data
    headers: { X-Key: "{{ flow.id }}" }
    params: { tag: [x, "{{ flow.id }}"], page: 2 }
    allowFailed: true
    sslOptions: { insecureTrustAllCertificates: true }
    options:
      timeout: { connectTimeout: PT1S, readIdleTimeout: "{{ flow.id }}" }
      proxy: { type: HTTP, address: proxy.example.com, port: 3128, username: me, password: secret }
      auth: { type: BASIC, username: me, password: secret }
      ssl: { insecureTrustAllCertificates: true }
      allowedResponseCodes: [200, 404]
      logs: [REQUEST_HEADERS]
      connectTimeout: PT1S
      readTimeout: PT1S
      readIdleTimeout: PT1S
      connectionPoolIdleTimeout: PT1S
      maxContentLength: 100
      proxyType: DIRECT
      proxyAddress: proxy.example.com
      proxyPort: 3128
      proxyUsername: me
      proxyPassword: secret
      defaultCharset: UTF-8
      followRedirects: false
      logLevel: INFO
      basicAuthUser: me
      basicAuthPassword: secret
"#;
    let names = [
        ("io.kestra.plugin.core.http.Request", "    encryptBody: true\n"),
        ("io.kestra.plugin.fs.http.Request", "    encryptBody: true\n"),
        ("io.kestra.plugin.core.http.Download", "    failOnEmptyResponse: false\n"),
        ("io.kestra.plugin.fs.http.Download", "    failOnEmptyResponse: false\n"),
        ("io.kestra.plugin.core.http.SseRequest", "    concatJqExpression: .data\n    failedOnMissingJq: false\n    maxEvents: 3\n"),
    ];
    for (name, own) in names {
        let source = format!("{HEAD}    type: {name}\n{}{own}", rest.trim_start_matches('\n'));
        flow::parse(&source, &tasks::Registry::catalogue()).unwrap_or_else(|invalid| panic!("{invalid}\n{source}"));
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let options = |text: &str| refused(&format!("    type: io.kestra.plugin.core.http.Request\n    options: {text}\n"));
    insta::assert_snapshot!(options("{ timeout: { conectTimeout: PT1S } }"), @"");
    insta::assert_snapshot!(options("{ connectTimeout: soon, proxyType: FTP, followRedirects: 3 }"), @"");
    insta::assert_snapshot!(options("{ auth: { type: DIGEST } }"), @"");
    insta::assert_snapshot!(options("none"), @"");
}

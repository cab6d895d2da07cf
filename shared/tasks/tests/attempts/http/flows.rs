//! What a flow may say of a request, before it is sent.

use engine::flow;

const HEAD: &str =
    "id: it\nnamespace: company.team\ntasks:\n  - id: call\n    uri: https://example.com/{{ flow.id }}\n";

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
        (
            "io.kestra.plugin.core.http.SseRequest",
            "    concatJqExpression: .data\n    failedOnMissingJq: false\n    maxEvents: 3\n",
        ),
    ];
    for (name, own) in names {
        let source = format!("{HEAD}    type: {name}\n{}{own}", rest.trim_start_matches('\n'));
        flow::parse(&source, &tasks::Registry::catalogue())
            .unwrap_or_else(|invalid| panic!("{invalid}\n{source}"));
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let options =
        |text: &str| refused(&format!("    type: io.kestra.plugin.core.http.Request\n    options: {text}\n"));
    insta::assert_snapshot!(options("{ timeout: { conectTimeout: PT1S } }"), @r#"Invalid entity: io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[0]->io.kestra.plugin.core.http.Request["options"]->io.kestra.core.http.client.configurations.HttpConfiguration["timeout"]->io.kestra.core.http.client.configurations.TimeoutConfiguration["conectTimeout"]: Unrecognized field "conectTimeout" (class io.kestra.core.http.client.configurations.TimeoutConfiguration), not marked as ignorable (2 known properties: "connectTimeout", "readIdleTimeout"); did you mean "connectTimeout"? (line 7, column 27)"#);
    insta::assert_snapshot!(options("{ connectTimeout: soon, proxyType: FTP, followRedirects: 3 }"), @r"
    Illegal flow yaml: tasks[0].options.connectTimeout: `soon` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds (line 7, column 32)
    tasks[0].options.proxyType: `FTP` is not one of DIRECT, HTTP, SOCKS (line 7, column 49)
    tasks[0].options.followRedirects: true or false is expected, but this is the number 3 (line 7, column 71)
    ");
    insta::assert_snapshot!(options("{ auth: { type: DIGEST } }"), @r"
    Invalid type: DIGEST (line 7, column 30)
    tasks[0].options.auth.type: No plugin registered for the defined type: 'DIGEST'; what is built: BASIC, BEARER (line 7, column 30)
    ");
    insta::assert_snapshot!(options("none"), @"Illegal flow yaml: tasks[0].options: a map is expected, but this is the text `none` (line 7, column 14)");
}

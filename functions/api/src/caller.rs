//! Who calls, and from where: what the gateway, or the Function URL, found out and put into its event. Nothing of it is
//! read from what the caller sends.

use std::net::IpAddr;

use lambda_http::{
    Request, RequestExt as _,
    aws_lambda_events::apigw::{ApiGatewayRequestAuthorizer, ApiGatewayV2httpRequestContext},
    request::RequestContext,
};

/// Characters of a name: more than an ARN has.
const NAME_MAX: usize = 512;

/// Tells the routes.
pub(crate) fn introduce(request: &mut Request) {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return };
    let (source, name) = (source(context), context.authorizer.as_ref().and_then(name));
    if let Some(source) = source {
        request.extensions_mut().insert(rest::Source(source));
    }
    if let Some(name) = name {
        request.extensions_mut().insert(rest::Caller(name));
    }
}

fn source(context: &ApiGatewayV2httpRequestContext) -> Option<IpAddr> {
    context.http.source_ip.as_deref()?.parse().ok()
}

/// The ARN of who signed, or `jwt:` and the subject of a token: what an issuer calls its users is no ARN of anybody.
fn name(authorizer: &ApiGatewayRequestAuthorizer) -> Option<String> {
    let name = match (&authorizer.iam, &authorizer.jwt) {
        (Some(iam), _) => {
            let known = [&iam.user_arn, &iam.user_id, &iam.caller_id].into_iter().flatten();
            known.map(String::as_str).find(|it| !it.is_empty()).unwrap_or("somebody who signed").to_owned()
        }
        // A token that a program got for itself may have no subject.
        (None, Some(jwt)) => {
            let known = ["sub", "client_id", "azp"].into_iter().find_map(|claim| jwt.claims.get(claim));
            format!("jwt:{}", known.map_or("", String::as_str))
        }
        (None, None) => return None,
    };
    Some(name.chars().take(NAME_MAX).collect())
}

#[cfg(test)]
mod tests;

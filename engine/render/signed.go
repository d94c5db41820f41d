package render

import "strings"

// signed names the query parameters, in lower case, that vouch for the address
// they are in: the server refuses it when anything was added. A * stands for
// any beginning. Too many names here cost a line in a report; one too few costs
// the visit.
var signed = []struct{ name, source string }{
	// x-amz-signature: the whole query is signed
	{"*signature", "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"},
	{"*signature", "https://cloud.google.com/storage/docs/authentication/canonical-requests"},                 // x-goog-signature
	{"*signature", "https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls"},     // and x-oss-signature
	{"*signature", "https://laravel.com/docs/12.x/urls#signed-urls"},                                          // any other parameter makes it invalid
	{"*signature", "https://datatracker.ietf.org/doc/html/rfc5849#section-3.5.3"},                             // oauth_signature
	{"key-pair-id", "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html"}, // beside Signature and Policy or Expires
	{"sig", "https://learn.microsoft.com/en-us/rest/api/storageservices/create-service-sas"},                  // beside se, sp and sv
	{"*hmac", "https://github.com/akamai/EdgeAuth-Token-Python"},
	{"hdnts", "https://github.com/akamai/EdgeAuth-Token-Python"},
	{"hdnea", "https://github.com/akamai/EdgeAuth-Token-Python"},
	{"hdntl", "https://github.com/akamai/EdgeAuth-Token-Python"},
	{"__token__", "https://github.com/akamai/EdgeAuth-Token-Python"},
	{"verify", "https://developers.cloudflare.com/waf/custom-rules/use-cases/configure-token-authentication/"},
	{"ik-s", "https://imagekit.io/docs/media-delivery-basic-security"},
	{"md5", "https://nginx.org/docs/http/ngx_http_secure_link_module.html"},
	{"jwt", "https://datatracker.ietf.org/doc/html/rfc7519"},
	{"*token", "https://datatracker.ietf.org/doc/html/rfc6750#section-2.3"}, // access_token, and whatever calls itself one
	{"sign", ""}, // so called by servers that document nothing
	{"hash", ""},
}

// hashed names parameters that vouch for an address when they hold a hash: s
// is imgix's signature, and what a reader looks for on many a blog; see
// https://docs.imgix.com/setup/securing-images
const hashed = "s"

// signs reports whether a query parameter vouches for the address it is in.
func signs(name, value string) bool {
	for _, s := range signed {
		if end, open := strings.CutPrefix(s.name, "*"); open && strings.HasSuffix(name, end) || name == s.name {
			return true
		}
	}
	return name == hashed && len(value) >= 32 && strings.Trim(strings.ToLower(value), "0123456789abcdef") == ""
}

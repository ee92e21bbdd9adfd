//! The pages, embedded: play, watch, and what they load.
//!
//! Files under `assets/` carry a hash in their name and never change; everything else is asked for again each time and
//! answered with 304 while its ETag stays. Text is compressed once, when it is first wanted.

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, OnceLock},
};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;

use super::problem::Problem;

#[derive(rust_embed::RustEmbed)]
#[folder = "../client-web/dist"]
struct Dist;

/// Scripts from here only (WASM needs its own word), sockets to anywhere (`wss:` behind a proxy), no plugins.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; \
    worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'";

/// Not worth compressing below this.
const COMPRESSED_FROM_BYTES: usize = 1_024;

struct Asset {
    bytes: Bytes,
    etag: HeaderValue,
    content_type: &'static str,
    immutable: bool,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

/// Whatever no other route has: a page, a file of a page, or 404.
pub(super) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let Some(asset) = find(uri.path()) else {
        return Problem::no_such_page(uri.path()).into_response();
    };
    if method != Method::GET && method != Method::HEAD {
        let detail = format!("{} can only be read", uri.path());
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail);
        return ([(header::ALLOW, "GET, HEAD")], problem).into_response();
    }
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|seen| *seen == asset.etag)
    {
        return with_headers(
            StatusCode::NOT_MODIFIED.into_response(),
            &asset,
            Encoding::Identity,
        );
    }
    let encoding = asset.best_encoding(&headers);
    let body = encoded(asset.clone(), encoding).await;
    with_headers(body.into_response(), &asset, encoding)
}

/// `/` is `index.html`; `/watch` is `watch.html` or `watch/index.html`.
fn find(path: &str) -> Option<Arc<Asset>> {
    static ASSETS: OnceLock<HashMap<String, Arc<Asset>>> = OnceLock::new();
    let assets = ASSETS.get_or_init(load);
    let path = path.trim_matches('/');
    let candidates = match path {
        "" => ["index.html".to_owned(), String::new(), String::new()],
        _ => [
            path.to_owned(),
            format!("{path}.html"),
            format!("{path}/index.html"),
        ],
    };
    candidates.iter().find_map(|name| assets.get(name)).cloned()
}

fn load() -> HashMap<String, Arc<Asset>> {
    Dist::iter()
        .filter_map(|name| {
            Some((
                name.to_string(),
                Arc::new(Asset::new(&name, Dist::get(&name)?)),
            ))
        })
        .collect()
}

impl Asset {
    fn new(name: &str, file: rust_embed::EmbeddedFile) -> Self {
        let hash: String = file.metadata.sha256_hash()[..12]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            etag: HeaderValue::from_str(&format!("W/\"{hash}\"")).expect("hexadecimal digits"),
            content_type: content_type(name),
            immutable: name.starts_with("assets/"),
            bytes: match file.data {
                std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                std::borrow::Cow::Owned(bytes) => bytes.into(),
            },
            brotli: OnceLock::new(),
            gzip: OnceLock::new(),
        }
    }

    fn best_encoding(&self, headers: &HeaderMap) -> Encoding {
        let worth_it =
            self.bytes.len() >= COMPRESSED_FROM_BYTES && is_compressible(self.content_type);
        let accepted = headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok());
        match accepted {
            Some(list) if worth_it && accepts(list, "br") => Encoding::Brotli,
            Some(list) if worth_it && accepts(list, "gzip") => Encoding::Gzip,
            _ => Encoding::Identity,
        }
    }

    fn encode(&self, encoding: Encoding) -> Bytes {
        match encoding {
            Encoding::Identity => self.bytes.clone(),
            Encoding::Brotli => self.brotli.get_or_init(|| brotli(&self.bytes)).clone(),
            Encoding::Gzip => self.gzip.get_or_init(|| gzip(&self.bytes)).clone(),
        }
    }

    fn is_ready(&self, encoding: Encoding) -> bool {
        match encoding {
            Encoding::Identity => true,
            Encoding::Brotli => self.brotli.get().is_some(),
            Encoding::Gzip => self.gzip.get().is_some(),
        }
    }
}

/// The first time takes tens of milliseconds, so it happens off the threads that serve sockets.
async fn encoded(asset: Arc<Asset>, encoding: Encoding) -> Bytes {
    if asset.is_ready(encoding) {
        return asset.encode(encoding);
    }
    let plain = asset.bytes.clone();
    tokio::task::spawn_blocking(move || asset.encode(encoding))
        .await
        .unwrap_or(plain)
}

fn brotli(bytes: &[u8]) -> Bytes {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 9,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters)
        .expect("memory takes everything");
    compressed.into()
}

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("memory takes everything")
        .into()
}

fn with_headers(mut response: Response, asset: &Asset, encoding: Encoding) -> Response {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_TYPE, asset.content_type);
    set(
        header::CACHE_CONTROL,
        if asset.immutable {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        },
    );
    set(header::VARY, "accept-encoding");
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    match encoding {
        Encoding::Brotli => set(header::CONTENT_ENCODING, "br"),
        Encoding::Gzip => set(header::CONTENT_ENCODING, "gzip"),
        Encoding::Identity => {}
    }
    headers.insert(header::ETAG, asset.etag.clone());
    response
}

fn accepts(list: &str, encoding: &str) -> bool {
    list.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next() == Some(encoding)
            && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn is_compressible(content_type: &str) -> bool {
    content_type.starts_with("text/")
        || matches!(
            content_type,
            "application/wasm" | "application/json" | "image/svg+xml" | "application/manifest+json"
        )
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_encodings_are_words_with_weights() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("br;q=0.8, gzip", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("brotli", "br"));
    }

    #[test]
    fn there_is_always_a_page() {
        let index = find("/").unwrap();
        assert_eq!(index.content_type, "text/html; charset=utf-8");
        assert!(!index.immutable);
        assert!(find("/no/such/page").is_none() && find("/../Cargo.toml").is_none());
    }
}

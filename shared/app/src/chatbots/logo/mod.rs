//! A logo, from the data URL that a client sent to bytes that are what they claim to be. Browsers
//! will show it on other people's pages, so nothing passes on its name alone.

mod jpeg;
mod png;
mod svg;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{Error, Logo, LogoType, Result, branding::LOGO_BYTES};

/// The field of a request.
const FIELD: &str = "custom_logo";
/// Bounds on the width and the height of an image, in pixels.
const PIXELS: std::ops::RangeInclusive<usize> = 1..=4096;

/// Reads a base64 data URL of a PNG, JPEG or SVG image.
pub fn parse(url: &str) -> Result<Logo> {
    let refused = |message: String| Error::field(FIELD, message);
    let form = || refused("must be a data URL such as data:image/png;base64,…".to_owned());
    let (head, data) =
        url.trim().strip_prefix("data:").and_then(|rest| rest.split_once(',')).ok_or_else(form)?;
    let head = head.to_ascii_lowercase();
    let media_type = head.strip_suffix(";base64").ok_or_else(form)?;
    let media_type: LogoType = media_type.trim_end_matches(";charset=utf-8").parse()?;
    let too_large = || refused(format!("must have at most {LOGO_BYTES} bytes"));
    if data.len() > LOGO_BYTES.div_ceil(3) * 4 {
        return Err(too_large());
    }
    let bytes = STANDARD.decode(data).map_err(|_| refused("is not valid base64".to_owned()))?;
    if bytes.len() > LOGO_BYTES {
        return Err(too_large());
    }
    let checked = match media_type {
        LogoType::Png => {
            png::check(&bytes).map_err(|why| format!("is not a valid PNG image: {why}"))
        }
        LogoType::Jpeg => {
            jpeg::check(&bytes).map_err(|why| format!("is not a valid JPEG image: {why}"))
        }
        LogoType::Svg => {
            svg::check(&bytes).map_err(|why| format!("is not an SVG image that is taken: {why}"))
        }
    };
    checked.map_err(refused)?;
    if media_type != LogoType::Svg {
        check_size(&bytes).map_err(refused)?;
    }
    Ok(Logo { media_type, bytes })
}

/// Whether a pixel image is as large as one may be.
fn check_size(bytes: &[u8]) -> Result<(), String> {
    let size = imagesize::blob_size(bytes).map_err(|error| format!("has no size: {error}"))?;
    match PIXELS.contains(&size.width) && PIXELS.contains(&size.height) {
        true => Ok(()),
        false => Err(format!("must have 1 to {} pixels each way", PIXELS.end())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(kind: &str, bytes: &[u8]) -> String {
        format!("data:{kind};base64,{}", STANDARD.encode(bytes))
    }

    #[test]
    fn a_pixel_image_has_a_bounded_size() {
        let png = |width: u32, height: u32| {
            let size = [&width.to_be_bytes()[..], &height.to_be_bytes()].concat();
            check_size(&[b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &size[..], &[8, 6, 0, 0, 0]].concat())
        };
        let jpeg = |width: u16, height: u16| {
            let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
            check_size(&[b"\xff\xd8\xff\xc0\0\x0b\x08", &size[..], &[1, 1, 0x11, 0]].concat())
        };
        assert_eq!((png(1, 4096), jpeg(4096, 1)), (Ok(()), Ok(())));
        for refused in [png(0, 1), png(1, 4097), jpeg(4097, 1), jpeg(1, 0), check_size(b"GIF")] {
            assert!(refused.is_err());
        }
    }

    #[test]
    fn only_a_base64_data_url_of_a_known_kind_within_its_size() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        for kind in ["image/svg+xml", "image/svg+xml;charset=utf-8", "IMAGE/SVG+XML"] {
            assert_eq!(parse(&url(kind, svg)).unwrap().bytes, svg);
        }
        for bad in [
            "",
            "logo.png",
            "https://example.com/logo.png",
            "data:image/png,abc",
            "data:image/png;base64",
            "data:image/png;base64,***",
            "data:image/png;base64,",
            &url("image/gif", b"GIF89a"),
            &url("text/html", svg),
            &url("image/png", svg),
            &url("image/jpeg", svg),
        ] {
            assert!(parse(bad).unwrap_err().message.starts_with("custom_logo "), "{bad}");
        }
        let padded = |bytes: usize| {
            let text =
                format!("<svg xmlns=\"http://www.w3.org/2000/svg\"/>{}", " ".repeat(bytes - 41));
            parse(&url("image/svg+xml", text.as_bytes()))
        };
        assert_eq!(padded(LOGO_BYTES).unwrap().bytes.len(), LOGO_BYTES);
        for bytes in [LOGO_BYTES + 1, LOGO_BYTES * 2] {
            let message = padded(bytes).unwrap_err().message;
            assert_eq!(message, "custom_logo must have at most 102400 bytes");
        }
    }
}

//! JPEG by its structure: markers and their segments, one frame, a scan, the end.

/// Says what is wrong with it, if anything.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8").ok_or("it has another signature")?;
    let (mut frame, mut scanned) = (false, false);
    loop {
        let marker = marker(&mut rest).ok_or("it is cut short, or a marker is missing")?;
        match marker {
            0xd9 if !rest.is_empty() => return Err("something follows its end".to_owned()),
            0xd9 if frame && scanned => return Ok(()),
            0xd9 => return Err("it has no pixels".to_owned()),
            // Without a segment, or of no meaning here.
            0x00..=0x01 | 0xd0..=0xd8 => return Err("a marker is out of place".to_owned()),
            _ => {}
        }
        let segment = segment(&mut rest).ok_or("a segment is cut short")?;
        match marker {
            // Frames of every coding; the three left out are tables and a reserved one.
            0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(&marker) => {
                if frame {
                    return Err("it has two frames".to_owned());
                }
                if segment.len() < 6 {
                    return Err("its frame is cut short".to_owned());
                }
                frame = true;
            }
            0xda if !frame => return Err("a scan comes before its frame".to_owned()),
            0xda => {
                scanned = true;
                skip_scan(&mut rest);
            }
            _ => {}
        }
    }
}

fn marker(rest: &mut &[u8]) -> Option<u8> {
    let mut after = rest.strip_prefix(b"\xff")?;
    // Any number of these may fill up.
    while let Some(more) = after.strip_prefix(b"\xff") {
        after = more;
    }
    let (marker, after) = after.split_first()?;
    *rest = after;
    Some(*marker)
}

fn segment<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2)?;
    let (segment, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(segment)
}

/// To the next marker that is none of a scan's own: a stuffed zero or a restart.
fn skip_scan(rest: &mut &[u8]) {
    let own = |pair: &[u8]| pair[0] != 0xff || matches!(pair[1], 0x00 | 0xd0..=0xd7);
    let end = rest.windows(2).position(|pair| !own(pair)).unwrap_or(rest.len());
    *rest = rest.get(end..).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, data].concat()
    }

    fn jpeg(parts: &[Vec<u8>]) -> Vec<u8> {
        [b"\xff\xd8", &parts.concat()[..], b"\xff\xd9"].concat()
    }

    #[test]
    fn structure() {
        let app = segment(0xe0, b"JFIF\0");
        let frame = segment(0xc2, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]);
        let scan = [segment(0xda, &[1, 1, 0, 0, 63, 0]), vec![1, 2, 0xff, 0x00, 3, 0xff, 0xd3, 4]]
            .concat();
        let table = segment(0xc4, &[0; 17]);
        let good = jpeg(&[app.clone(), frame.clone(), scan.clone(), table, scan.clone()]);
        assert_eq!(check(&good), Ok(()));
        for cut in 0..good.len() {
            assert!(check(&good[..cut]).is_err(), "{cut}");
        }
        assert!(check(&[&good[..], b"<script>"].concat()).unwrap_err().contains("follows"));
        for parts in [
            vec![],
            vec![app.clone()],
            vec![frame.clone()],
            vec![scan.clone(), frame.clone()],
            vec![frame.clone(), frame.clone(), scan.clone()],
            vec![segment(0xc0, &[8, 0]), scan.clone()],
            vec![vec![1, 2, 3], frame.clone(), scan.clone()],
            vec![vec![0xff, 0xd8], frame.clone(), scan.clone()],
            vec![vec![0xff, 0xe0, 0, 1], frame, scan],
        ] {
            assert!(check(&jpeg(&parts)).is_err());
        }
        assert!(check(b"").is_err() && check(b"\xff\xd8\xff\xe0").is_err());
    }
}

//! PNG by its specification's structure: signature, header, chunks with their checksums, end.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Says what is wrong with it, if anything.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or("it has another signature")?;
    let (mut first, mut data) = (true, false);
    loop {
        let chunk = take(&mut rest).ok_or("a chunk is cut short")?;
        if crc32fast::hash(chunk.summed) != chunk.sum {
            return Err("a chunk's checksum is wrong".to_owned());
        }
        if first != (chunk.name == b"IHDR") {
            return Err("its header has to come first, and once".to_owned());
        }
        match chunk.name {
            b"IHDR" => header(chunk.data)?,
            b"IDAT" => data = true,
            b"IEND" if !chunk.data.is_empty() || !rest.is_empty() => {
                return Err("something follows its end".to_owned());
            }
            b"IEND" if data => return Ok(()),
            b"IEND" => return Err("it has no pixels".to_owned()),
            name if !name.iter().all(u8::is_ascii_alphabetic) => {
                return Err("a chunk has no name".to_owned());
            }
            _ => {}
        }
        first = false;
    }
}

struct Chunk<'a> {
    name: &'a [u8],
    data: &'a [u8],
    /// Name and data, which the sum is of.
    summed: &'a [u8],
    sum: u32,
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<Chunk<'a>> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (summed, after) = after.split_at_checked(length.checked_add(4)?)?;
    let (sum, after) = after.split_first_chunk::<4>()?;
    let (name, data) = summed.split_at_checked(4)?;
    *rest = after;
    Some(Chunk { name, data, summed, sum: u32::from_be_bytes(*sum) })
}

fn header(data: &[u8]) -> Result<(), String> {
    let [_, _, _, _, _, _, _, _, depth, color, compression, filter, interlace] = *data else {
        return Err("its header has another length".to_owned());
    };
    let depths: &[u8] = match color {
        0 => &[1, 2, 4, 8, 16],
        3 => &[1, 2, 4, 8],
        2 | 4 | 6 => &[8, 16],
        _ => &[],
    };
    match depths.contains(&depth) && (compression, filter) == (0, 0) && interlace <= 1 {
        true => Ok(()),
        false => Err("its header says what no PNG can be".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
        let summed = [name, data].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], &summed, &crc32fast::hash(&summed).to_be_bytes()].concat()
    }

    fn header(width: u32, height: u32, rest: [u8; 5]) -> Vec<u8> {
        chunk(b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &rest].concat())
    }

    fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE, &chunks.concat()].concat()
    }

    #[test]
    fn structure() {
        let (head, data) = (header(1, 1, [8, 6, 0, 0, 0]), chunk(b"IDAT", b"x"));
        let (text, end) = (chunk(b"tEXt", b"a\0b"), chunk(b"IEND", b""));
        let good = png(&[head.clone(), text.clone(), data.clone(), data.clone(), end.clone()]);
        assert_eq!(check(&good), Ok(()));
        for cut in 0..good.len() {
            assert!(check(&good[..cut]).is_err(), "{cut}");
        }
        let mut flipped = good.clone();
        flipped[60] ^= 1;
        assert!(check(&flipped).unwrap_err().contains("checksum"));
        assert!(check(&[&good[..], b"<script>"].concat()).unwrap_err().contains("follows"));
        for chunks in [
            vec![data.clone(), head.clone(), end.clone()],
            vec![head.clone(), head.clone(), data.clone(), end.clone()],
            vec![head.clone(), end.clone()],
            vec![head.clone(), data.clone(), chunk(b"IEND", b"x")],
            vec![head.clone(), chunk(b"I\0AT", b""), data.clone(), end.clone()],
            vec![chunk(b"IHDR", b"short"), data.clone(), end.clone()],
            vec![header(1, 1, [3, 6, 0, 0, 0]), data.clone(), end.clone()],
            vec![header(1, 1, [8, 5, 0, 0, 0]), data.clone(), end.clone()],
            vec![header(1, 1, [8, 6, 0, 0, 2]), data, end],
        ] {
            assert!(check(&png(&chunks)).is_err());
        }
        assert!(check(b"\x89PNG\r\n\x1a\n").is_err() && check(b"").is_err());
    }
}

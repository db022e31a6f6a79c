//! The small photos that are scanned: files with everything a phone writes.

use std::path::Path;

use kalends_specimen::{Photo, Scene, WallTime};

/// So many different pictures; the files differ by their last bytes as well, so that no two are the
/// same.
const PICTURES: usize = 24;

/// Writes `count` JPEGs of 640 × 480 pixels below `folder`. Their size in bytes, all together.
pub(crate) fn write(folder: &Path, count: usize) -> std::io::Result<u64> {
    let pictures: Vec<Vec<u8>> = (0..PICTURES).map(picture).collect();
    let mut bytes = 0;
    for number in 0..count {
        let folder = folder.join(format!("{:03}", number / 250));
        std::fs::create_dir_all(&folder)?;
        let mut file = pictures[number % PICTURES].clone();
        file.extend_from_slice(&(number as u64).to_be_bytes());
        bytes += file.len() as u64;
        std::fs::write(folder.join(format!("IMG_{number:05}.jpg")), file)?;
    }
    Ok(bytes)
}

fn picture(number: usize) -> Vec<u8> {
    let month = (number % 12) as u8 + 1;
    let taken = WallTime::new(2020 + (number / 12) as i32, month, 3, 14, 15, 9);
    Photo::new(Scene::Hills, number as u64, 640, 480)
        .taken(taken, Some(3_600))
        .camera("Maker", "Model 7")
        .at(47.37 + number as f64 / 10.0, 8.54)
        .keyword("Travel/Europe")
        .to_bytes()
}

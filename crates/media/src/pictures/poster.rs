//! A still of a video, by the system's `ffmpeg` where there is one.
//!
//! No pure decoder of the usual video codecs exists, so this is the one thing here that needs
//! another program. It runs as a child without a terminal, may open nothing but the one file, and is
//! killed when it takes too long or says too much.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::PictureError;

/// The largest still that is taken, in bytes: a JPEG of the largest frame there is.
const STILL_BYTES_MAX: u64 = 64 << 20;

/// What makes stills of videos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posters {
    program: PathBuf,
    time_max: Duration,
}

impl Posters {
    /// The `ffmpeg` on the path, if there is one. It may take `time_max` for a video.
    pub fn find(time_max: Duration) -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let name = if cfg!(windows) { "ffmpeg.exe" } else { "ffmpeg" };
        let mut candidates = std::env::split_paths(&path).map(|folder| folder.join(name));
        candidates.find(|program| program.is_file()).map(|program| Self { program, time_max })
    }

    /// The first key frame of a video, upright, as the bytes of a JPEG.
    pub fn still(&self, video: &Path) -> Result<Vec<u8>, PictureError> {
        // With the protocol named, no file name can be taken for an option or an address.
        let mut input = OsString::from("file:");
        input.push(video);
        let mut child = Command::new(&self.program)
            .args(["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-threads", "1"])
            .args(["-skip_frame", "nokey", "-i"])
            .arg(input)
            .args(["-frames:v", "1", "-an", "-sn", "-dn", "-f", "image2pipe"])
            .args(["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "2", "pipe:1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| PictureError::Worker(format!("cannot start ffmpeg: {error}")))?;
        let output = child.stdout.take().expect("the output is piped, as asked above");
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let mut still = Vec::new();
            let read = output.take(STILL_BYTES_MAX).read_to_end(&mut still);
            // Nobody listens any more when the time is up.
            let _ = sender.send(read.map(|_| still));
        });
        let answer = receiver.recv_timeout(self.time_max);
        // Whatever came: the child is not left behind. It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
        match answer {
            Ok(Ok(still)) if !still.is_empty() => Ok(still),
            Ok(Ok(_)) => Err(PictureError::Damaged("ffmpeg finds no frame in the video".into())),
            Ok(Err(error)) => Err(PictureError::Worker(error.to_string())),
            Err(_) => Err(PictureError::Timeout(self.time_max)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, make_pictures};
    use super::*;
    use kalends_specimen::{Scene, Video};

    fn posters() -> Option<Posters> {
        let found = Posters::find(Duration::from_secs(30));
        if found.is_none() {
            println!("skipped: ffmpeg is not installed");
        }
        found
    }

    #[test]
    fn a_video_has_a_still_of_its_size() {
        let Some(posters) = posters() else { return };
        let folder = tempfile::tempdir().unwrap();
        // A name that would be an option or an address if it were passed as it is.
        let path = folder.path().join("-i http:x.mp4");
        std::fs::write(&path, Video::new(Scene::Sky, 7, 320, 240).to_bytes()).unwrap();
        let still = posters.still(&path).unwrap();
        let pictures = make_pictures(&still, 1, &Limits::default()).unwrap();
        assert_eq!((pictures.width, pictures.height), (320, 240));
    }

    #[test]
    fn what_is_no_video_has_no_still() {
        let Some(posters) = posters() else { return };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        std::fs::write(&path, b"not a video").unwrap();
        assert!(matches!(posters.still(&path), Err(PictureError::Damaged(_))));
    }

    #[test]
    fn a_program_that_never_ends_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("ffmpeg");
        std::fs::write(&program, "#!/bin/sh\nexec sleep 600\n").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
        let posters = Posters { program, time_max: Duration::from_millis(50) };
        assert!(matches!(posters.still(Path::new("a.mp4")), Err(PictureError::Timeout(_))));
    }
}

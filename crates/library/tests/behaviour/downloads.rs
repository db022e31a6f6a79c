//! Originals taken one by one and together, and only from where they are.

use std::io::Read as _;

use kalends_library::downloads::PlannedArchive;
use kalends_library::{DownloadError, DownloadOf, Viewer};
use kalends_model::AssetId;
use kalends_specimen::{Scene, Video};

use crate::app::{App, photo};
use crate::uploads::send;

fn read(app: &App, asset: AssetId) -> Option<(String, &'static str, Vec<u8>)> {
    let mut open = app.library.open_original(app.user, asset).unwrap()?;
    let mut bytes = Vec::new();
    open.file.read_to_end(&mut bytes).unwrap();
    Some((open.name, open.media_type, bytes))
}

#[test]
fn an_original_is_what_was_sent_or_scanned() {
    let app = App::new();
    let (sent, scanned) = (photo(2021, 3, 1).to_bytes(), photo(2021, 3, 2).to_bytes());
    app.write("sub/b.JPG", &scanned);
    app.scan();
    let asset = send(&app, "a/a.jpeg", &sent);
    assert_eq!(read(&app, asset), Some(("a.jpeg".to_owned(), "image/jpeg", sent)));
    let external = app.asset("sub/b.JPG");
    assert_eq!(read(&app, external), Some(("b.JPG".to_owned(), "image/jpeg", scanned)));
    assert_eq!(read(&app, AssetId::from_bytes([9; 16])), None);
    app.remove("sub/b.JPG");
    assert_eq!(read(&app, external), None);
}

#[cfg(unix)]
#[test]
fn an_original_that_has_become_a_link_to_elsewhere_is_not_followed() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("sub/b.jpg", photo(2021, 3, 2).to_bytes());
    app.scan();
    let secret = app.root.path().join("secret");
    std::fs::create_dir(&secret).unwrap();
    std::fs::write(secret.join("b.jpg"), b"secret").unwrap();
    app.remove("a.jpg");
    std::os::unix::fs::symlink(secret.join("b.jpg"), app.folder().join("a.jpg")).unwrap();
    std::fs::remove_dir_all(app.folder().join("sub")).unwrap();
    std::os::unix::fs::symlink(&secret, app.folder().join("sub")).unwrap();
    assert_eq!(read(&app, app.asset("a.jpg")), None);
    assert_eq!(read(&app, app.asset("sub/b.jpg")), None);
}

#[test]
fn a_download_is_planned_in_archives_with_the_motions_last() {
    let app = App::new();
    let bytes = [photo(2021, 3, 1).to_bytes(), photo(2021, 3, 2).to_bytes()];
    let stills = [send(&app, "a.jpg", &bytes[0]), send(&app, "b.jpg", &bytes[1])];
    let clip = Video::new(Scene::Sea, 1, 32, 32).to_bytes();
    let video = send(&app, "a.mp4", &clip);
    app.library
        .write(|writer| {
            writer.set_live_video(app.user, stills[0], Some(video))?;
            writer.set_visibility(app.user, &[video], kalends_model::Visibility::Hidden)
        })
        .unwrap();
    let plan = |of, archive_bytes| app.library.plan_download(&app.viewer(), &of, archive_bytes);
    let of_user = plan(DownloadOf::User(app.user), u64::MAX).unwrap();
    let total = (bytes[0].len() + bytes[1].len() + clip.len()) as u64;
    assert_eq!(of_user.total_bytes, total);
    let all = vec![stills[1], stills[0], video];
    assert_eq!(of_user.archives, [PlannedArchive { bytes: total, assets: all }]);
    let cut = plan(DownloadOf::Assets(stills.to_vec()), 1).unwrap();
    let cut: Vec<_> = cut.archives.into_iter().map(|archive| archive.assets).collect();
    assert_eq!(cut, [vec![stills[0]], vec![stills[1]], vec![video]]);

    let album = app.album("holidays");
    app.library.write(|writer| writer.add_to_album(album, app.user, &stills[..1])).unwrap();
    let of_album = plan(DownloadOf::Album(album), u64::MAX).unwrap();
    assert_eq!(of_album.archives[0].assets, [stills[0], video]);
}

#[test]
fn nobody_takes_what_is_not_theirs() {
    let app = App::new();
    let asset = send(&app, "a.jpg", &photo(2021, 3, 1).to_bytes());
    let album = app.album("holidays");
    let ben = Viewer::Open { user: app.user("ben") };
    let refused = |of| match app.library.plan_download(&ben, &of, u64::MAX) {
        Err(DownloadError::NoAccess(refused)) => refused.0,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(DownloadOf::Assets(vec![asset])), "asset.download");
    assert_eq!(refused(DownloadOf::Album(album)), "album.download");
    assert_eq!(refused(DownloadOf::User(app.user)), "timeline.download");
    assert!(app.library.archive(&ben, &[asset]).is_err());
}

#[test]
fn an_archive_holds_every_file_and_names_what_it_lacks() {
    let app = App::new();
    let bytes = [photo(2021, 3, 1).to_bytes(), photo(2021, 3, 2).to_bytes()];
    let a = send(&app, "same.jpg", &bytes[0]);
    let b = send(&app, "same.jpg", &bytes[1]);
    app.write("lost.jpg", photo(2021, 3, 3).to_bytes());
    app.scan();
    let lost = app.asset("lost.jpg");
    app.remove("lost.jpg");
    let archive = app.library.archive(&app.viewer(), &[a, b, lost]).unwrap();
    let written = app.library.write_archive(&archive, Vec::new()).unwrap();
    let holds = |bytes: &[u8]| written.windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(&bytes[0]) && holds(&bytes[1]));
    for name in ["same.jpg", "same+1.jpg", "not included.txt", "could not be read:\nlost.jpg\n"] {
        assert!(holds(name.as_bytes()), "{name}");
    }
    /// A client that goes away.
    struct Gone;
    impl std::io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert!(app.library.write_archive(&archive, Gone).is_err());
}

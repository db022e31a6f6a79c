//! The rules of contract immich §A3 and of the table above, one row each.

use kalends_model::{AlbumId, LibraryId, LinkId, SessionId, TagId};

use super::*;

const ALICE: UserId = UserId::from_bytes([1; 16]);
const BOB: UserId = UserId::from_bytes([2; 16]);
const CAROL: UserId = UserId::from_bytes([3; 16]);
const STRANGER: UserId = UserId::from_bytes([9; 16]);
const ALBUM: AlbumId = AlbumId::from_bytes([4; 16]);
const TAG: TagId = TagId::from_bytes([5; 16]);
const LIBRARY: LibraryId = LibraryId::from_bytes([6; 16]);

fn session(is_elevated: bool) -> Viewer {
    Viewer::Session { user: ALICE, session: SessionId::from_bytes([7; 16]), is_elevated }
}

fn link(album: Option<AlbumId>, shows_metadata: bool) -> Viewer {
    let link = LinkId::from_bytes([8; 16]);
    Viewer::Link(LinkViewer {
        link,
        owner: ALICE,
        album,
        shows_metadata,
        allows_download: true,
        allows_upload: false,
    })
}

/// Bob shares and is shown, Carol shares and is not shown, and the album holds Alice's and Bob's.
fn standing() -> Standing {
    Standing {
        partners: vec![
            Partner { user: BOB, in_timeline: true },
            Partner { user: CAROL, in_timeline: false },
        ],
        album: Some(AlbumStanding { owners: vec![ALICE, BOB] }),
        tag: Some(vec![TAG]),
        library_is_readable: true,
        trashed_libraries: Vec::new(),
    }
}

fn ask() -> Ask {
    Ask::default()
}

fn timeline(ask: Ask) -> Ask {
    Ask { visibility: Some(Visibility::Timeline), ..ask }
}

#[track_caller]
fn owners(viewer: &Viewer, ask: &Ask) -> Vec<OwnerScope> {
    scope(viewer, ask, &standing()).expect("may ask").0.owners().to_vec()
}

#[track_caller]
fn assert_denied(viewer: &Viewer, ask: &Ask, standing: &Standing, why: Denied) {
    assert_eq!(scope(viewer, ask, standing).unwrap_err(), why, "{viewer:?} {ask:?}");
}

#[test]
fn refusals_come_in_the_contracts_order() {
    let nothing = Standing::default();
    let everything_wrong = Ask {
        user: Some(STRANGER),
        with_partners: true,
        album: Some(ALBUM),
        tag: Some(TAG),
        library: Some(LIBRARY),
        visibility: Some(Visibility::Locked),
        ..ask()
    };
    assert_denied(&session(false), &everything_wrong, &nothing, Denied::Elevation);
    assert_denied(&session(true), &everything_wrong, &nothing, Denied::Album);
    let no_album = Ask { album: None, ..everything_wrong };
    assert_denied(&session(true), &no_album, &nothing, Denied::Timeline);
    let partner = Ask { user: Some(BOB), ..no_album };
    let bob_shares = Standing { partners: standing().partners, ..Standing::default() };
    assert_denied(&session(true), &partner, &bob_shares, Denied::Archive);
    let own = Ask { user: None, ..partner };
    assert_denied(&session(true), &own, &bob_shares, Denied::Tag);
    assert_denied(&session(true), &Ask { tag: None, ..own.clone() }, &bob_shares, Denied::Partners);
    let library = Ask { tag: None, with_partners: false, ..own };
    assert_denied(&session(true), &library, &bob_shares, Denied::Library);
}

#[test]
fn locked_needs_elevation_and_keys_have_none() {
    let locked = Ask { visibility: Some(Visibility::Locked), ..ask() };
    let key = Viewer::ApiKey {
        user: ALICE,
        key: kalends_model::ApiKeyId::from_bytes([1; 16]),
        permissions: vec!["all".into()],
    };
    for viewer in [session(false), key, Viewer::Open { user: ALICE }, link(Some(ALBUM), true)] {
        assert_denied(&viewer, &locked, &standing(), Denied::Elevation);
    }
    assert!(owners(&session(true), &locked)[0].rows.visibilities.contains(Visibility::Locked));
    assert!(!owners(&session(false), &ask())[0].rows.visibilities.contains(Visibility::Locked));
}

#[test]
fn a_partner_shows_the_live_timeline_alone() {
    let partner = OwnerScope {
        owner: BOB,
        rows: RowMask {
            visibilities: VisibilitySet::only(Visibility::Timeline),
            live: true,
            in_trash: false,
            album: None,
        },
        hidden: FactMask::FAVORITE,
    };
    assert_eq!(owners(&session(true), &Ask { user: Some(BOB), ..ask() }), [partner]);
    let both = owners(&session(true), &timeline(Ask { with_partners: true, ..ask() }));
    assert_eq!(both.len(), 2, "Carol shares but is not shown");
    assert_eq!(both[1], partner);
    for visibility in [Visibility::Archive, Visibility::Hidden, Visibility::Locked] {
        let asked = Ask { user: Some(BOB), visibility: Some(visibility), ..ask() };
        assert_denied(&session(true), &asked, &standing(), Denied::Archive);
    }
    assert_eq!(owners(&session(false), &Ask { user: Some(CAROL), ..ask() }).len(), 1);
    assert_denied(
        &session(false),
        &Ask { user: Some(STRANGER), ..ask() },
        &standing(),
        Denied::Timeline,
    );
}

#[test]
fn partners_answer_only_for_the_plain_timeline() {
    let with_partners = Ask { with_partners: true, ..ask() };
    for asked in [
        with_partners.clone(),
        Ask { visibility: Some(Visibility::Archive), ..with_partners.clone() },
        Ask { visibility: Some(Visibility::Hidden), ..with_partners.clone() },
        Ask { visibility: Some(Visibility::Locked), ..with_partners.clone() },
        timeline(Ask { favorite: Some(true), ..with_partners.clone() }),
        timeline(Ask { favorite: Some(false), ..with_partners.clone() }),
        timeline(Ask { trash: Trash::In, ..with_partners.clone() }),
        timeline(Ask { trash: Trash::Both, ..with_partners }),
    ] {
        assert_denied(&session(true), &asked, &standing(), Denied::Partners);
    }
}

#[test]
fn an_album_shows_others_live_members_and_everything_of_ones_own() {
    let shown = owners(&session(false), &Ask { album: Some(ALBUM), ..ask() });
    assert_eq!(shown.len(), 2);
    assert!(shown[0].rows.in_trash && shown[0].hidden == FactMask::NOTHING);
    let members = RowMask {
        visibilities: VisibilitySet::DEFAULT,
        live: true,
        in_trash: false,
        album: Some(ALBUM),
    };
    assert_eq!(shown[1], OwnerScope { owner: BOB, rows: members, hidden: FactMask::FAVORITE });
}

#[test]
fn a_link_shows_its_album_and_nothing_else() {
    let asked = Ask { album: Some(ALBUM), ..ask() };
    for (shows_metadata, hidden) in [(true, FactMask::FAVORITE), (false, FactMask::EVERYTHING)] {
        for shown in owners(&link(Some(ALBUM), shows_metadata), &asked) {
            assert_eq!((shown.hidden, shown.rows.album), (hidden, Some(ALBUM)));
            assert!(!shown.rows.in_trash && shown.rows.visibilities == VisibilitySet::DEFAULT);
        }
    }
    let visitor = link(Some(ALBUM), true);
    assert_denied(&visitor, &ask(), &standing(), Denied::Timeline);
    assert_denied(&link(None, true), &ask(), &standing(), Denied::Timeline);
    let owner_named = Ask { user: Some(ALICE), ..asked.clone() };
    assert_denied(&visitor, &owner_named, &standing(), Denied::Timeline);
    assert_denied(&visitor, &Ask { tag: Some(TAG), ..asked.clone() }, &standing(), Denied::Tag);
    let library = Ask { library: Some(LIBRARY), ..asked };
    assert_denied(&visitor, &library, &standing(), Denied::Library);
}

#[test]
fn libraries_in_the_trash_are_left_out_unless_named() {
    let standing = Standing { trashed_libraries: vec![LIBRARY], ..standing() };
    let (_, filter) = scope(&session(false), &ask(), &standing).unwrap();
    let Filter::All(parts) = filter else { panic!("a compiled filter is a conjunction") };
    assert!(parts.contains(&Filter::from(Leaf::Library(LIBRARY)).negated()));
}

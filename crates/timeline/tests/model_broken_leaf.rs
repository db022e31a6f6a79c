//! Shows that the comparison of index and oracle is not vacuous. One meaning at a time is broken
//! on the oracle's side: it is asked another filter, in another scope, or about other rows, than
//! the index. Each such mistake must be found within a bounded number of random questions.
//! `KALENDS_SEED` chooses them.

use std::cmp::Reverse;

use kalends_model::{
    AssetRow, Bound, Circle, FactMask, Filter, GeoBox, Instant, Leaf, LocalTime, OwnerScope,
    RatingSet, RowMask, Scope, Visibility, VisibilitySet,
};
use kalends_test_support::{LEAF_NAMES, Rng, arbitrary_filter, arbitrary_scope, leaf_name};

#[path = "oracle/compare.rs"]
mod compare;
mod oracle;
#[path = "oracle/state.rs"]
mod state;

use compare::compare;
use state::State;

/// The most rows that a shelf begins with.
const ROWS_MAX: usize = 130;

/// Within how many questions every mistake must be found.
const QUESTIONS_MAX: usize = 3_000;

/// Asks until index and oracle differ, the oracle being asked what `mistake` makes of a question.
fn is_found(mistake: impl Fn(&mut Asked)) -> bool {
    is_found_in_order(mistake, |_| {})
}

/// The same; what the oracle sees is then put in another order.
fn is_found_in_order(mistake: impl Fn(&mut Asked), order: impl Fn(&mut [AssetRow])) -> bool {
    let seed = std::env::var("KALENDS_SEED").ok().and_then(|text| text.parse().ok());
    let mut rng = Rng::seeded(seed.unwrap_or(20_240_201));
    let mut state = State::small(&mut rng, ROWS_MAX);
    for question in 0..QUESTIONS_MAX {
        if question % 25 == 24 {
            state = State::small(&mut rng, ROWS_MAX);
        }
        let scope = arbitrary_scope(&mut rng, &state.world);
        let depth = 1 + rng.below(3);
        let filter = arbitrary_filter(&mut rng, &state.world, depth);
        let snapshot = state.snapshot(&scope);
        let rows = state.rows().cloned().collect();
        let mut asked = Asked { rows, scope, filter: filter.clone() };
        mistake(&mut asked);
        let mut seen = oracle::seen(&asked.rows, &asked.scope, &asked.filter);
        order(&mut seen);
        if compare(&snapshot, &filter, &seen, &mut rng).is_err() {
            return true;
        }
    }
    false
}

/// What the oracle is asked.
struct Asked {
    rows: Vec<AssetRow>,
    scope: Scope,
    filter: Filter,
}

/// The filter with each leaf changed.
fn with_leaves(filter: &Filter, change: &impl Fn(&Leaf) -> Filter) -> Filter {
    let each = |parts: &[Filter]| parts.iter().map(|part| with_leaves(part, change)).collect();
    match filter {
        Filter::All(parts) => Filter::All(each(parts)),
        Filter::Any(parts) => Filter::Any(each(parts)),
        Filter::Not(part) => with_leaves(part, change).negated(),
        Filter::Leaf(leaf) => change(leaf),
    }
}

/// Whether a mistake in leaves is found: `None` leaves a leaf as it is.
fn leaf_mistake_is_found(mistake: impl Fn(&Leaf) -> Option<Leaf>) -> bool {
    is_found(|asked| {
        let change = |leaf: &Leaf| mistake(leaf).unwrap_or_else(|| leaf.clone()).into();
        asked.filter = with_leaves(&asked.filter, &change);
    })
}

/// The filter with each connective changed.
fn with_connectives(filter: Filter, change: &impl Fn(Filter) -> Filter) -> Filter {
    let each =
        |parts: Vec<Filter>| parts.into_iter().map(|part| with_connectives(part, change)).collect();
    change(match filter {
        Filter::All(parts) => Filter::All(each(parts)),
        Filter::Any(parts) => Filter::Any(each(parts)),
        Filter::Not(part) => with_connectives(*part, change).negated(),
        leaf @ Filter::Leaf(_) => leaf,
    })
}

/// Whether a mistake in connectives is found.
fn connective_mistake_is_found(mistake: impl Fn(Filter) -> Filter) -> bool {
    is_found(|asked| asked.filter = with_connectives(asked.filter.clone(), &mistake))
}

/// Whether a mistake in the masks of every owner is found.
fn mask_mistake_is_found(mistake: impl Fn(&mut OwnerScope)) -> bool {
    is_found(|asked| {
        let mut owners = asked.scope.owners().to_vec();
        owners.iter_mut().for_each(&mistake);
        asked.scope = Scope::new(owners);
    })
}

/// Whether a mistake in reading every row is found.
fn row_mistake_is_found(mistake: impl Fn(&mut AssetRow)) -> bool {
    is_found(|asked| asked.rows.iter_mut().for_each(&mistake))
}

fn earlier(bound: Bound) -> Bound {
    later_by(bound, -1)
}

fn later_by(bound: Bound, micros: i64) -> Bound {
    let local = |local: LocalTime| LocalTime::from_micros(local.micros().saturating_add(micros));
    match bound {
        Bound::Naive(bound) => Bound::Naive(local(bound)),
        Bound::Aware { instant, wall } => Bound::Aware {
            instant: Instant::from_micros(instant.micros().saturating_add(micros)),
            wall: local(wall),
        },
    }
}

#[test]
fn the_right_question_has_one_answer() {
    assert!(!is_found(|_| {}));
}

#[test]
fn a_leaf_that_passes_everything_or_nothing_is_found() {
    for name in LEAF_NAMES {
        for constant in [Filter::EVERYTHING, Filter::Any(Vec::new())] {
            let is_found = is_found(|asked| {
                let change = |leaf: &Leaf| {
                    if leaf_name(leaf) == name { constant.clone() } else { leaf.clone().into() }
                };
                asked.filter = with_leaves(&asked.filter, &change);
            });
            assert!(is_found, "{name} read as {constant:?}");
        }
    }
}

#[test]
fn leaves_taken_for_their_neighbours_are_found() {
    type Mistake = fn(&Leaf) -> Option<Leaf>;
    let mistakes: [(&str, Mistake); 10] = [
        ("trash without offline", |leaf| (*leaf == Leaf::InTrash).then_some(Leaf::Trashed)),
        ("trashed with offline", |leaf| (*leaf == Leaf::Trashed).then_some(Leaf::InTrash)),
        ("offline as trash", |leaf| (*leaf == Leaf::Offline).then_some(Leaf::InTrash)),
        ("stack primary as child", |leaf| (*leaf == Leaf::StackChild).then_some(Leaf::Stacked)),
        ("only children stacked", |leaf| (*leaf == Leaf::Stacked).then_some(Leaf::StackChild)),
        ("city as country", |leaf| match leaf {
            Leaf::City(name) => Some(Leaf::Country(name.clone())),
            _ => None,
        }),
        ("country as city", |leaf| match leaf {
            Leaf::Country(name) => Some(Leaf::City(name.clone())),
            _ => None,
        }),
        ("only the first tag", |leaf| match leaf {
            Leaf::AnyTag(tags) => Some(Leaf::AnyTag(tags.iter().take(1).copied().collect())),
            _ => None,
        }),
        ("some album for this album", |leaf| match leaf {
            Leaf::Album(_) => Some(Leaf::InAnyAlbum),
            _ => None,
        }),
        ("locked never named", |leaf| match leaf {
            Leaf::Visibility(set) => Some(Leaf::Visibility(set.without(Visibility::Locked))),
            _ => None,
        }),
    ];
    for (name, mistake) in mistakes {
        assert!(leaf_mistake_is_found(mistake), "{name}");
    }
}

#[test]
fn bounds_read_wrongly_are_found() {
    type Mistake = fn(Bound, bool) -> Bound;
    let mistakes: [(&str, Mistake); 6] = [
        (
            "after includes equality",
            |bound, is_after| {
                if is_after { earlier(bound) } else { bound }
            },
        ),
        (
            "before includes equality",
            |bound, is_after| {
                if is_after { bound } else { later_by(bound, 1) }
            },
        ),
        ("aware read as naive", |bound, _| match bound {
            Bound::Aware { wall, .. } => Bound::Naive(wall),
            naive => naive,
        }),
        ("unknown offsets compared with the bound's UTC clock", |bound, _| match bound {
            Bound::Aware { instant, .. } => {
                Bound::Aware { instant, wall: LocalTime::from_micros(instant.micros()) }
            }
            naive => naive,
        }),
        ("naive read as UTC", |bound, _| match bound {
            Bound::Naive(wall) => {
                Bound::Aware { instant: Instant::from_micros(wall.micros()), wall }
            }
            aware => aware,
        }),
        ("bounds floored to the millisecond", |bound, _| match bound {
            Bound::Naive(wall) => later_by(Bound::Naive(wall), -wall.micros().rem_euclid(1_000)),
            aware => aware,
        }),
    ];
    for (name, mistake) in mistakes {
        let is_found = leaf_mistake_is_found(|leaf| match leaf {
            Leaf::After(bound) => Some(Leaf::After(mistake(*bound, true))),
            Leaf::Before(bound) => Some(Leaf::Before(mistake(*bound, false))),
            _ => None,
        });
        assert!(is_found, "{name}");
    }
}

#[test]
fn boxes_read_wrongly_are_found() {
    type Mistake = fn(GeoBox) -> GeoBox;
    let mistakes: [(&str, Mistake); 5] = [
        ("western edge left out", |b| GeoBox { west: b.west.next_up(), ..b }),
        ("eastern edge left out", |b| GeoBox { east: b.east.next_down(), ..b }),
        ("southern edge left out", |b| GeoBox { south: b.south.next_up(), ..b }),
        ("northern edge left out", |b| GeoBox { north: b.north.next_down(), ..b }),
        ("antimeridian not crossed", |b| GeoBox {
            west: b.west.min(b.east),
            east: b.west.max(b.east),
            ..b
        }),
    ];
    for (name, mistake) in mistakes {
        let is_found = leaf_mistake_is_found(|leaf| match leaf {
            Leaf::InBox(geo_box) => Some(Leaf::InBox(mistake(*geo_box))),
            _ => None,
        });
        assert!(is_found, "{name}");
    }
}

#[test]
fn circles_read_wrongly_are_found() {
    let without_edge = |circle: &Circle| {
        Leaf::InCircle(Circle { radius_m: circle.radius_m.next_down(), ..*circle })
    };
    let as_box = |circle: &Circle| Leaf::InBox(circle.bounding_box());
    for (name, mistake) in
        [("edge left out", &without_edge as &dyn Fn(&Circle) -> Leaf), ("as its box", &as_box)]
    {
        let is_found = leaf_mistake_is_found(|leaf| match leaf {
            Leaf::InCircle(circle) => Some(mistake(circle)),
            _ => None,
        });
        assert!(is_found, "{name}");
    }
}

#[test]
fn ratings_read_wrongly_are_found() {
    const ALL: [Option<i8>; 7] = [None, Some(-1), Some(1), Some(2), Some(3), Some(4), Some(5)];
    for left_out in ALL {
        let is_found = leaf_mistake_is_found(|leaf| match leaf {
            Leaf::Rating(ratings) => {
                let kept = ALL.iter().filter(|one| **one != left_out && ratings.contains(**one));
                let kept = kept.fold(RatingSet::default(), |set, one| set.with(*one));
                Some(Leaf::Rating(kept))
            }
            _ => None,
        });
        assert!(is_found, "{left_out:?} left out");
    }
}

#[test]
fn connectives_read_wrongly_are_found() {
    type Mistake = fn(Filter) -> Filter;
    let mistakes: [(&str, Mistake); 6] = [
        ("not ignored", |filter| match filter {
            Filter::Not(part) => *part,
            other => other,
        }),
        ("all read as any", |filter| match filter {
            Filter::All(parts) if !parts.is_empty() => Filter::Any(parts),
            other => other,
        }),
        ("any read as all", |filter| match filter {
            Filter::Any(parts) if !parts.is_empty() => Filter::All(parts),
            other => other,
        }),
        ("empty all passes nothing", |filter| match filter {
            Filter::All(parts) if parts.is_empty() => Filter::Any(parts),
            other => other,
        }),
        ("empty any passes everything", |filter| match filter {
            Filter::Any(parts) if parts.is_empty() => Filter::All(parts),
            other => other,
        }),
        ("the last part forgotten", |filter| match filter {
            Filter::All(mut parts) if parts.len() > 1 => {
                parts.pop();
                Filter::All(parts)
            }
            other => other,
        }),
    ];
    for (name, mistake) in mistakes {
        assert!(connective_mistake_is_found(mistake), "{name}");
    }
}

#[test]
fn masks_that_are_ignored_are_found() {
    type Mistake = fn(&mut OwnerScope);
    let mistakes: [(&str, Mistake); 6] = [
        ("visibilities", |scope| scope.rows.visibilities = VisibilitySet::ALL),
        ("live", |scope| scope.rows.live = true),
        ("in trash", |scope| scope.rows.in_trash = true),
        ("album", |scope| scope.rows.album = None),
        ("every row mask", |scope| scope.rows = RowMask::EVERYTHING),
        ("every fact mask", |scope| scope.hidden = FactMask::NOTHING),
    ];
    for (name, mistake) in mistakes {
        assert!(mask_mistake_is_found(mistake), "{name}");
    }
    for fact in [
        FactMask::FAVORITE,
        FactMask::PLACE,
        FactMask::PEOPLE,
        FactMask::TAGS,
        FactMask::CAMERA,
        FactMask::RATING,
    ] {
        assert!(mask_mistake_is_found(|scope| scope.hidden = scope.hidden.union(fact)), "{fact:?}");
    }
}

#[test]
fn rows_read_wrongly_are_found() {
    type Mistake = fn(&mut AssetRow);
    let mistakes: [(&str, Mistake); 7] = [
        ("offset of zero taken for unknown", |row| {
            row.capture.offset = row.capture.offset.filter(|offset| offset.seconds() != 0);
        }),
        ("offsets in whole hours", |row| {
            row.capture.offset = row.capture.offset.and_then(|offset| {
                kalends_model::Offset::from_seconds(offset.seconds() / 3_600 * 3_600)
            });
        }),
        ("bucketed by the instant", |row| {
            row.capture.local = LocalTime::from_micros(row.capture.instant().micros());
        }),
        ("taken a microsecond later", |row| {
            row.capture.local =
                LocalTime::from_micros(row.capture.local.micros().saturating_add(1));
        }),
        ("a thumbhash cut to 63 bytes", |row| {
            row.thumbhash =
                row.thumbhash.take().map(|hash| hash.iter().take(63).copied().collect());
        }),
        ("durations beyond 32 bits cut", |row| {
            row.duration_ms = row.duration_ms.map(|duration| u64::from(duration as u32));
        }),
        ("the last person forgotten", |row| {
            row.people.pop();
        }),
    ];
    for (name, mistake) in mistakes {
        assert!(row_mistake_is_found(mistake), "{name}");
    }
}

#[test]
fn rows_in_another_order_are_found() {
    type Order = fn(&mut [AssetRow]);
    let orders: [(&str, Order); 4] = [
        ("greater ids first", |rows| {
            rows.sort_by_key(|row| {
                let (day, instant, id) = row.sort_key();
                (day, instant, Reverse(id))
            });
        }),
        ("by day, then the wall clock", |rows| {
            rows.sort_by_key(|row| (row.capture.local.day(), row.capture.local, row.id));
        }),
        ("by the instant alone", |rows| {
            rows.sort_by_key(|row| (row.capture.instant(), row.id));
        }),
        ("one owner after another", |rows| rows.sort_by_key(|row| row.owner)),
    ];
    for (name, order) in orders {
        assert!(is_found_in_order(|_| {}, order), "{name}");
    }
}

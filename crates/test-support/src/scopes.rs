//! Random scopes: which owners, which of their rows, which facts hidden.

use kalends_model::{FactMask, OwnerScope, RowMask, Scope, Visibility, VisibilitySet};

use crate::ids;
use crate::rng::Rng;
use crate::world::World;

/// Some of the owners, each with masks of his own; sometimes none, sometimes one without a shelf.
pub fn arbitrary_scope(rng: &mut Rng, world: &World) -> Scope {
    let mut owners = match rng.below(8) {
        0..=4 => world.owners.clone(),
        _ => rng.some_of(&world.owners, world.owners.len()),
    };
    if rng.one_in(8) {
        owners.push(world.stranger);
    }
    let scopes = owners.into_iter().map(|owner| OwnerScope {
        owner,
        rows: arbitrary_row_mask(rng, world),
        hidden: arbitrary_fact_mask(rng),
    });
    Scope::new(scopes.collect())
}

/// Everything, or what a partner sees, or any other mask; at times restricted to an album, also
/// one that nobody has.
pub fn arbitrary_row_mask(rng: &mut Rng, world: &World) -> RowMask {
    let mask = match rng.below(8) {
        0..=2 => RowMask::EVERYTHING,
        3 => {
            RowMask { visibilities: VisibilitySet::DEFAULT, in_trash: false, ..RowMask::EVERYTHING }
        }
        _ => RowMask {
            visibilities: arbitrary_visibilities(rng),
            live: !rng.one_in(4),
            in_trash: rng.flip(),
            album: None,
        },
    };
    let album = match rng.below(12) {
        0..=1 => Some(*rng.pick(&world.albums)),
        2 => Some(ids::album(999)),
        _ => None,
    };
    RowMask { album, ..mask }
}

pub(crate) fn arbitrary_visibilities(rng: &mut Rng) -> VisibilitySet {
    let some = rng.some_of(&Visibility::ALL, Visibility::ALL.len());
    some.into_iter().fold(VisibilitySet::EMPTY, |set, one| set.union(VisibilitySet::only(one)))
}

/// Nothing half of the time, else any set of facts.
pub fn arbitrary_fact_mask(rng: &mut Rng) -> FactMask {
    const FACTS: [FactMask; 6] = [
        FactMask::FAVORITE,
        FactMask::PLACE,
        FactMask::PEOPLE,
        FactMask::TAGS,
        FactMask::CAMERA,
        FactMask::RATING,
    ];
    if rng.flip() {
        return FactMask::NOTHING;
    }
    rng.some_of(&FACTS, FACTS.len()).into_iter().fold(FactMask::NOTHING, FactMask::union)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_scopes_are_sometimes_empty_and_sometimes_whole() {
        let mut rng = Rng::seeded(2);
        let world = World::new(&mut rng);
        let lengths: Vec<usize> =
            (0..300).map(|_| arbitrary_scope(&mut rng, &world).owners().len()).collect();
        for length in 0..=4 {
            assert!(lengths.contains(&length), "{length}");
        }
    }
}

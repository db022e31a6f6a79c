//! A filter made ready for one shelf and one viewer.
//!
//! Three things happen here, once per query and owner, before any segment is looked at. The row
//! mask is put in front, so that nothing outside it can pass. Facts that the viewer may not see
//! become absent: their leaves turn into what they say of an asset without the fact, and that also
//! under `not`. And keys and texts become dictionary codes; what the shelf has never heard of
//! passes nothing.
//!
//! Everything that speaks of visibility, trash and stack children alone is folded into one set of
//! classes, which the kept counts answer.

use kalends_model::{Bound, FactMask, Filter, Kind, Leaf, OwnerScope, RatingSet};

use crate::dictionary::{Code, Dictionary};
use crate::rowset::RowSet;
use crate::segment::{
    ClassSet, CodedColumn, Cover, Flag, KeySet, KeyedColumn, Positions, Segment, Side,
};

/// What a segment's rows are asked.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Visibility, trash and stack child together are one of these.
    Classes(ClassSet),
    Flag(Flag),
    Stacked,
    HasPlace,
    Key(KeyedColumn, Code),
    /// Has one of these keys.
    AnyKey(KeyedColumn, KeySet),
    Coded(CodedColumn, Code),
    Rating(RatingSet),
    InBox(Cover),
    InCircle(Cover),
    Beyond(Side, Bound),
    All(Vec<Plan>),
    Any(Vec<Plan>),
    Not(Box<Plan>),
}

impl Plan {
    const NOTHING: Self = Self::Classes(ClassSet::NONE);
    const EVERYTHING: Self = Self::Classes(ClassSet::ALL);

    /// The plan of `filter` as the viewer with `scope` may ask it of the shelf with `dictionary`.
    pub(crate) fn new(scope: &OwnerScope, filter: &Filter, dictionary: &Dictionary) -> Self {
        let mask = &scope.rows;
        let in_trash = ClassSet::in_trash();
        let mut seen = ClassSet::NONE;
        if mask.live {
            seen = seen.or(in_trash.not());
        }
        if mask.in_trash {
            seen = seen.or(in_trash);
        }
        let seen = seen.and(ClassSet::visibilities(mask.visibilities));
        let mut parts = vec![Self::Classes(seen)];
        parts.extend(mask.album.map(|album| {
            Self::any_key(KeyedColumn::Album, [album.bytes()].into_iter(), dictionary)
        }));
        parts.push(Compiler { hidden: scope.hidden, dictionary }.filter(filter));
        Self::all(parts)
    }

    fn any_key<'k>(
        column: KeyedColumn,
        keys: impl Iterator<Item = &'k [u8; 16]>,
        dictionary: &Dictionary,
    ) -> Self {
        let codes: Vec<Code> = keys.filter_map(|key| dictionary.key_code(key)).collect();
        match codes[..] {
            [] => Self::NOTHING,
            [code] => Self::Key(column, code),
            _ => Self::AnyKey(column, KeySet::new(codes)),
        }
    }

    fn all(parts: Vec<Self>) -> Self {
        let mut classes = ClassSet::ALL;
        let mut rest = Vec::new();
        let mut add = |part| match part {
            Self::Classes(set) => classes = classes.and(set),
            part => rest.push(part),
        };
        for part in parts {
            match part {
                Self::All(parts) => parts.into_iter().for_each(&mut add),
                part => add(part),
            }
        }
        if classes == ClassSet::NONE || rest.is_empty() {
            return Self::Classes(classes);
        }
        rest.sort_by_key(Self::cost);
        if classes != ClassSet::ALL {
            rest.insert(0, Self::Classes(classes));
        }
        if rest.len() == 1 { rest.remove(0) } else { Self::All(rest) }
    }

    fn any(parts: Vec<Self>) -> Self {
        let mut classes = ClassSet::NONE;
        let mut rest = Vec::new();
        for part in parts {
            match part {
                Self::Classes(set) => classes = classes.or(set),
                part => rest.push(part),
            }
        }
        if classes == ClassSet::ALL || rest.is_empty() {
            return Self::Classes(classes);
        }
        rest.sort_by_key(Self::cost);
        if classes != ClassSet::NONE {
            rest.insert(0, Self::Classes(classes));
        }
        if rest.len() == 1 { rest.remove(0) } else { Self::Any(rest) }
    }

    fn not(part: Self) -> Self {
        match part {
            Self::Classes(set) => Self::Classes(set.not()),
            Self::Not(part) => *part,
            part => Self::Not(Box::new(part)),
        }
    }

    /// Cheap and likely decisive questions first.
    fn cost(&self) -> u32 {
        match self {
            Self::Classes(_) => 0,
            Self::Beyond(..) => 1,
            Self::Key(..) => 2,
            Self::Coded(..) => 3,
            Self::Flag(_) | Self::Stacked | Self::HasPlace => 4,
            Self::AnyKey(..) | Self::Rating(_) => 5,
            Self::InBox(_) => 6,
            Self::Not(part) => 1 + part.cost(),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().fold(2, |sum, part| sum.saturating_add(part.cost()))
            }
            Self::InCircle(_) => 20,
        }
    }

    /// The set of classes, when nothing else is asked.
    pub(crate) fn classes_only(&self) -> Option<ClassSet> {
        match self {
            Self::Classes(classes) => Some(*classes),
            _ => None,
        }
    }

    /// Classes outside which no row can pass.
    pub(crate) fn classes_needed(&self) -> ClassSet {
        match self {
            Self::Classes(classes) => *classes,
            Self::All(parts) => parts.first().map_or(ClassSet::ALL, Self::classes_needed),
            _ => ClassSet::ALL,
        }
    }

    /// How many rows of `segment` pass: the number of its [`rows`](Self::rows), found without making
    /// a set of them where the plan is the classes and one more question.
    pub(crate) fn count(&self, segment: &Segment) -> usize {
        match self {
            Self::All(parts) => match parts.split_first() {
                Some((Self::Classes(classes), [part])) => part.count_of_classes(*classes, segment),
                Some((Self::Classes(classes), rest)) => {
                    segment.count_of_classes(*classes, rows_of_all(rest, segment))
                }
                _ => rows_of_all(parts, segment).count(segment.len()),
            },
            plan => plan.rows(segment).count(segment.len()),
        }
    }

    /// How many rows of `segment` pass that are of one of these classes.
    fn count_of_classes(&self, classes: ClassSet, segment: &Segment) -> usize {
        let all = || segment.census.count(classes) as usize;
        match self {
            Self::Key(column, code) => {
                let positions = segment.keyed(*column).positions(*code);
                segment.tallies.keyed(*column).count_of_set(positions, classes)
            }
            Self::AnyKey(column, keys) => {
                segment.keyed(*column).count_any(keys, segment.row_test(classes))
            }
            Self::Coded(column, code) => match segment.coded(*column).positions(*code) {
                Positions::Nowhere => 0,
                Positions::EveryRow => all(),
                Positions::OfList(part) => {
                    segment.tallies.coded(*column).count_of_set(part, classes)
                }
            },
            Self::InBox(area) | Self::InCircle(area) => {
                segment.places.count_within(area, &segment.tallies.placed, classes)
            }
            Self::Not(part) => all() - part.count_of_classes(classes, segment),
            part => segment.count_of_classes(classes, part.rows(segment)),
        }
    }

    /// The rows of `segment` that pass.
    pub(crate) fn rows<'s>(&self, segment: &'s Segment) -> RowSet<'s> {
        let len = segment.len();
        match self {
            Self::Classes(classes) => segment.of_classes(*classes),
            Self::Flag(flag) => segment.flag(*flag).rows(),
            Self::Stacked => segment.stacks.rows(),
            Self::HasPlace => segment.places.placed(),
            Self::Key(column, code) => segment.keyed(*column).find(*code),
            Self::AnyKey(column, keys) => segment.keyed(*column).find_any(keys),
            Self::Coded(column, code) => segment.coded(*column).find(*code),
            Self::Rating(ratings) => segment.rated(*ratings),
            Self::InBox(area) | Self::InCircle(area) => segment.places.within(area),
            Self::Beyond(side, bound) => segment.beyond(*side, bound),
            Self::All(parts) => rows_of_all(parts, segment),
            Self::Any(parts) => {
                let mut rows = RowSet::None;
                for part in parts {
                    rows = rows.or(part.rows(segment), len);
                    if matches!(rows, RowSet::All) {
                        break;
                    }
                }
                rows
            }
            Self::Not(part) => part.rows(segment).not(len),
        }
    }
}

/// The rows that pass every part.
fn rows_of_all<'s>(parts: &[Plan], segment: &'s Segment) -> RowSet<'s> {
    let mut rows = RowSet::All;
    for part in parts {
        rows = rows.and(part.rows(segment), segment.len());
        if matches!(rows, RowSet::None) {
            break;
        }
    }
    rows
}

/// Turns filters into plans.
struct Compiler<'a> {
    hidden: FactMask,
    dictionary: &'a Dictionary,
}

impl Compiler<'_> {
    fn filter(&self, filter: &Filter) -> Plan {
        match filter {
            Filter::All(parts) => Plan::all(parts.iter().map(|part| self.filter(part)).collect()),
            Filter::Any(parts) => Plan::any(parts.iter().map(|part| self.filter(part)).collect()),
            Filter::Not(part) => Plan::not(self.filter(part)),
            Filter::Leaf(leaf) => match fact_of(leaf) {
                Some(fact) if self.hidden.hides(fact) => absent(leaf),
                _ => self.leaf(leaf),
            },
        }
    }

    fn leaf(&self, leaf: &Leaf) -> Plan {
        match leaf {
            Leaf::InTrash => Plan::Classes(ClassSet::in_trash()),
            Leaf::Trashed => Plan::Flag(Flag::Trashed),
            Leaf::Offline => Plan::Flag(Flag::Offline),
            Leaf::Visibility(set) => Plan::Classes(ClassSet::visibilities(*set)),
            Leaf::Favorite => Plan::Flag(Flag::Favorite),
            Leaf::Kind(Kind::Video) => Plan::Flag(Flag::Video),
            Leaf::Kind(Kind::Image) => Plan::not(Plan::Flag(Flag::Video)),
            Leaf::Album(album) => self.any_key(KeyedColumn::Album, [album.bytes()].into_iter()),
            Leaf::InAnyAlbum => Plan::Flag(Flag::InAlbum),
            Leaf::Person(person) => self.any_key(KeyedColumn::Person, [person.bytes()].into_iter()),
            Leaf::AnyTag(tags) => {
                self.any_key(KeyedColumn::Tag, tags.iter().map(|tag| tag.bytes()))
            }
            Leaf::Library(library) => {
                let code = self.dictionary.key_code(library.bytes());
                code.map_or(Plan::NOTHING, |code| Plan::Coded(CodedColumn::Library, code))
            }
            Leaf::Stacked => Plan::Stacked,
            Leaf::StackChild => Plan::Classes(ClassSet::stack_child()),
            Leaf::Rating(ratings) => Plan::Rating(*ratings),
            Leaf::HasPlace => Plan::HasPlace,
            Leaf::InBox(area) => Plan::InBox(Cover::of_box(*area)),
            Leaf::InCircle(circle) => Plan::InCircle(Cover::of_circle(*circle)),
            Leaf::Camera(name) => self.text(CodedColumn::Camera, name),
            Leaf::Country(name) => self.text(CodedColumn::Country, name),
            Leaf::City(name) => self.text(CodedColumn::City, name),
            Leaf::Undated => Plan::Flag(Flag::Undated),
            Leaf::After(bound) => Plan::Beyond(Side::After, *bound),
            Leaf::Before(bound) => Plan::Beyond(Side::Before, *bound),
        }
    }

    fn any_key<'k>(&self, column: KeyedColumn, keys: impl Iterator<Item = &'k [u8; 16]>) -> Plan {
        Plan::any_key(column, keys, self.dictionary)
    }

    fn text(&self, column: CodedColumn, name: &str) -> Plan {
        let code = self.dictionary.text_code(name);
        code.map_or(Plan::NOTHING, |code| Plan::Coded(column, code))
    }
}

/// What a leaf says of an asset without the fact it speaks of.
fn absent(leaf: &Leaf) -> Plan {
    match leaf {
        Leaf::Rating(ratings) if ratings.contains(None) => Plan::EVERYTHING,
        _ => Plan::NOTHING,
    }
}

/// The fact that this leaf speaks of, when a mask can hide it.
fn fact_of(leaf: &Leaf) -> Option<FactMask> {
    let fact = match leaf {
        Leaf::Favorite => FactMask::FAVORITE,
        Leaf::HasPlace | Leaf::InBox(_) | Leaf::InCircle(_) | Leaf::Country(_) | Leaf::City(_) => {
            FactMask::PLACE
        }
        Leaf::Person(_) => FactMask::PEOPLE,
        Leaf::AnyTag(_) => FactMask::TAGS,
        Leaf::Camera(_) => FactMask::CAMERA,
        Leaf::Rating(_) => FactMask::RATING,
        Leaf::InTrash
        | Leaf::Trashed
        | Leaf::Offline
        | Leaf::Visibility(_)
        | Leaf::Kind(_)
        | Leaf::Album(_)
        | Leaf::InAnyAlbum
        | Leaf::Library(_)
        | Leaf::Stacked
        | Leaf::StackChild
        | Leaf::Undated
        | Leaf::After(_)
        | Leaf::Before(_) => return None,
    };
    Some(fact)
}

impl Segment {
    fn rated(&self, ratings: RatingSet) -> RowSet<'_> {
        let len = self.len();
        let rated = self.ratings.rows();
        let mut hits = crate::rowset::zeroes();
        let mut values = self.ratings.values().iter();
        rated.for_each_between(0, len, |row| {
            let row = usize::from(row);
            let is_hit = values.next().is_some_and(|rating| ratings.contains(Some(*rating)));
            hits[row / 64] |= u64::from(is_hit) << (row % 64);
        });
        let hits = RowSet::Own(hits);
        if ratings.contains(None) { hits.or(rated.not(len), len) } else { hits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{OWNER, album};
    use kalends_model::{RowMask, Visibility, VisibilitySet};

    fn plan(filter: Filter, hidden: FactMask) -> Plan {
        let rows = RowMask { in_trash: false, ..RowMask::EVERYTHING };
        Plan::new(&OwnerScope { owner: OWNER, rows, hidden }, &filter, &Dictionary::default())
    }

    #[test]
    fn the_common_questions_need_no_rows() {
        let shown = Filter::All(vec![
            Leaf::Visibility(VisibilitySet::DEFAULT).into(),
            Filter::from(Leaf::InTrash).negated(),
            Filter::from(Leaf::StackChild).negated(),
        ]);
        assert!(plan(shown, FactMask::NOTHING).classes_only().is_some());
        assert!(plan(Filter::EVERYTHING, FactMask::NOTHING).classes_only().is_some());
    }

    #[test]
    fn what_the_shelf_never_heard_of_passes_nothing() {
        let filter = Filter::All(vec![Leaf::Album(album(1)).into(), Leaf::Favorite.into()]);
        assert_eq!(plan(filter, FactMask::NOTHING).classes_only(), Some(ClassSet::NONE));
    }

    #[test]
    fn a_hidden_fact_is_absent_also_under_not() {
        let favorite = || Filter::from(Leaf::Favorite);
        let hidden = |filter| plan(filter, FactMask::FAVORITE).classes_only();
        assert_eq!(hidden(favorite()), Some(ClassSet::NONE));
        assert_eq!(hidden(favorite().negated()), hidden(Filter::EVERYTHING));
        assert!(plan(favorite(), FactMask::PLACE).classes_only().is_none());
        let unrated = Filter::from(Leaf::Rating(RatingSet::default().with(None)));
        let everything = plan(Filter::EVERYTHING, FactMask::RATING).classes_only();
        assert_eq!(plan(unrated, FactMask::RATING).classes_only(), everything);
    }

    #[test]
    fn nothing_hidden_hides_no_leaf() {
        let visible = Filter::from(Leaf::visibility(Visibility::Timeline));
        let some = plan(visible, FactMask::EVERYTHING).classes_only();
        assert!(some.is_some_and(|classes| classes != ClassSet::NONE));
    }
}

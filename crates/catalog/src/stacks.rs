//! Stacks: several assets of one owner shown as one.
//!
//! A stack keeps its primary and how many of its members are in the timeline; both reach the row of
//! every member. Whatever changes a member's state *stirs* its stack, and a write is settled only
//! when every stirred stack is right again: its count is true, and where the primary has left the
//! timeline the next timeline member stands for the stack.

use std::collections::HashMap;
use std::collections::btree_map::Entry;

use diesel::prelude::*;
use kalends_model::{
    AssetId, CaptureTime, ChangeKind, DateSource, Instant, LocalTime, Offset, StackId, UserId,
    Visibility,
};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::{assets, stacks};
use crate::stored::{Key, Name, StoredId};
use crate::users::expect_one;
use crate::writer::Writer;

/// A stack with its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// The stack.
    pub id: StackId,
    /// Whose assets.
    pub owner: UserId,
    /// The member that stands for it.
    pub primary: AssetId,
    /// Members that are live and have visibility `timeline`.
    pub timeline_count: u32,
    /// All members, ascending by capture and id.
    pub members: Vec<AssetId>,
}

/// What happened to a stack in a transaction. The greater one decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StackAct {
    /// Members' states changed: the primary may have to hand over.
    Stirred,
    /// A person chose members or primary: the primary stays, wherever it is shown.
    Arranged,
}

struct Member {
    /// What orders members: as in a bucket.
    sort_key: (i64, Instant, AssetId),
    is_in_timeline: bool,
}

impl Member {
    fn id(&self) -> AssetId {
        self.sort_key.2
    }
}

type MemberColumns = (Key, Name<Visibility>, Option<i64>, Option<i64>, i64, Option<i32>);

#[diesel::dsl::auto_type(no_type_alias)]
fn member_columns() -> _ {
    (
        assets::id,
        assets::visibility,
        assets::trashed_at,
        assets::offline_at,
        assets::local,
        assets::offset_seconds,
    )
}

impl From<MemberColumns> for Member {
    fn from((id, visibility, trashed, offline, local, offset): MemberColumns) -> Self {
        let capture = CaptureTime {
            local: LocalTime::from_micros(local),
            offset: offset.and_then(Offset::from_seconds),
            source: DateSource::User,
        };
        let is_live = trashed.is_none() && offline.is_none();
        Self {
            sort_key: (capture.local.day(), capture.instant(), id.as_id()),
            is_in_timeline: is_live && visibility.0 == Visibility::Timeline,
        }
    }
}

impl Reader<'_> {
    /// A stack with its members.
    pub fn stack(&mut self, id: StackId) -> Result<Option<Stack>, CatalogError> {
        let row = stacks::table
            .filter(stacks::id.eq(id.key()))
            .select((stacks::owner, stacks::primary_asset, stacks::timeline_count))
            .first::<(Key, Key, i32)>(self.connection)
            .optional()?;
        let Some((owner, primary, timeline_count)) = row else { return Ok(None) };
        let owner: UserId = owner.as_id();
        let members = self.members(owner, id)?;
        Ok(Some(Stack {
            id,
            owner,
            primary: primary.as_id(),
            timeline_count: timeline_count as u32,
            members: members.iter().map(Member::id).collect(),
        }))
    }

    /// The owner's stacks, by id, with their members.
    pub fn stacks_of(&mut self, owner: UserId) -> Result<Vec<Stack>, CatalogError> {
        let rows = stacks::table
            .filter(stacks::owner.eq(owner.key()))
            .order(stacks::id)
            .select((stacks::id, stacks::primary_asset, stacks::timeline_count))
            .load::<(Key, Key, i32)>(self.connection)?;
        let mut members: HashMap<Key, Vec<Member>> = HashMap::new();
        let stacked = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::stack.is_not_null())
            .select((assets::stack.assume_not_null(), member_columns()))
            .load::<(Key, MemberColumns)>(self.connection)?;
        for (stack, columns) in stacked {
            members.entry(stack).or_default().push(Member::from(columns));
        }
        let stack = |(id, primary, timeline_count): (Key, Key, i32)| {
            let mut members = members.remove(&id).unwrap_or_default();
            members.sort_by_key(|member| member.sort_key);
            Stack {
                id: id.as_id(),
                owner,
                primary: primary.as_id(),
                timeline_count: timeline_count as u32,
                members: members.iter().map(Member::id).collect(),
            }
        };
        Ok(rows.into_iter().map(stack).collect())
    }

    /// The owner's stack that this asset stands for.
    pub fn stack_with_primary(
        &mut self,
        owner: UserId,
        primary: AssetId,
    ) -> Result<Option<Stack>, CatalogError> {
        let Some(id) = self.stack_of_asset(owner, primary)? else { return Ok(None) };
        Ok(self.stack(id)?.filter(|stack| stack.primary == primary))
    }

    /// The stacks with these ids, whoever's they are, in their order. Unknown ids are passed over.
    pub fn stacks_by_id(&mut self, ids: &[StackId]) -> Result<Vec<Stack>, CatalogError> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.stack(*id)?);
        }
        Ok(found)
    }

    /// The stack that an asset is in.
    pub fn stack_of_asset(
        &mut self,
        owner: UserId,
        asset: AssetId,
    ) -> Result<Option<StackId>, CatalogError> {
        let stack = assets::table
            .find((owner.key(), asset.key()))
            .select(assets::stack)
            .first::<Option<Key>>(self.connection)
            .optional()?;
        Ok(stack.flatten().map(Key::as_id))
    }

    fn members(&mut self, owner: UserId, stack: StackId) -> Result<Vec<Member>, CatalogError> {
        let rows = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::stack.eq(stack.key()))
            .select(member_columns())
            .load::<MemberColumns>(self.connection)?;
        let mut members: Vec<Member> = rows.into_iter().map(Member::from).collect();
        members.sort_by_key(|member| member.sort_key);
        Ok(members)
    }
}

impl Writer<'_> {
    /// Makes a stack of `members`, the first of which stands for it. Members of other stacks leave
    /// those.
    pub fn create_stack(
        &mut self,
        owner: UserId,
        id: StackId,
        members: &[AssetId],
    ) -> Result<(), CatalogError> {
        let &[primary, ..] = members else { return Err(CatalogError::NotFound("asset")) };
        self.stir_stacks(owner, members)?;
        diesel::insert_into(stacks::table)
            .values((
                stacks::owner.eq(owner.key()),
                stacks::id.eq(id.key()),
                stacks::primary_asset.eq(primary.key()),
                stacks::timeline_count.eq(0),
            ))
            .execute(self.connection)
            .map_err(conflict("a stack with this id"))?;
        self.act_on_stack(owner, id, StackAct::Arranged);
        for &member in members {
            self.place_in_stack(owner, member, Some(id))?;
        }
        Ok(())
    }

    /// Adds assets to a stack; they leave the stacks they were in.
    pub fn add_to_stack(
        &mut self,
        owner: UserId,
        stack: StackId,
        members: &[AssetId],
    ) -> Result<(), CatalogError> {
        self.owned_stack(owner, stack)?;
        self.stir_stacks(owner, members)?;
        self.act_on_stack(owner, stack, StackAct::Arranged);
        for &member in members {
            self.place_in_stack(owner, member, Some(stack))?;
        }
        Ok(())
    }

    /// Lets another member stand for the stack.
    pub fn set_stack_primary(
        &mut self,
        owner: UserId,
        stack: StackId,
        primary: AssetId,
    ) -> Result<(), CatalogError> {
        let known = self.owned_stack(owner, stack)?;
        if !known.members.contains(&primary) {
            return Err(CatalogError::NotFound("member of the stack"));
        }
        self.update_stack(owner, stack, primary, known.timeline_count)?;
        self.touch(owner, ChangeKind::StacksChanged, known.members);
        self.act_on_stack(owner, stack, StackAct::Arranged);
        Ok(())
    }

    /// Takes an asset out of its stack. The rest stays a stack unless fewer than two remain when
    /// its primary leaves.
    pub fn remove_from_stack(&mut self, owner: UserId, asset: AssetId) -> Result<(), CatalogError> {
        self.stir_stacks(owner, &[asset])?;
        self.place_in_stack(owner, asset, None)
    }

    /// Dissolves a stack. Its members stay.
    pub fn dissolve_stack(&mut self, owner: UserId, stack: StackId) -> Result<(), CatalogError> {
        let known = self.owned_stack(owner, stack)?;
        for member in known.members {
            self.place_in_stack(owner, member, None)?;
        }
        self.forget_stack(owner, stack)
    }

    /// Notes that the states of these assets are about to change, so that the stacks they are in
    /// now are put right when the transaction is settled.
    pub(crate) fn stir_stacks(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<(), CatalogError> {
        for &asset in assets {
            if let Some(stack) = self.stack_of_asset(owner, asset)? {
                self.act_on_stack(owner, stack, StackAct::Stirred);
            }
        }
        Ok(())
    }

    fn act_on_stack(&mut self, owner: UserId, stack: StackId, act: StackAct) {
        match self.stack_acts.entry((owner, stack)) {
            Entry::Vacant(entry) => {
                entry.insert(act);
            }
            Entry::Occupied(mut entry) => {
                let decisive = act.max(*entry.get());
                entry.insert(decisive);
            }
        }
    }

    /// Makes every stack that this transaction stirred true again.
    pub(crate) fn put_stacks_right(&mut self) -> Result<(), CatalogError> {
        for ((owner, stack), act) in std::mem::take(&mut self.stack_acts) {
            let row = stacks::table
                .find((owner.key(), stack.key()))
                .select((stacks::primary_asset, stacks::timeline_count))
                .first::<(Key, i32)>(self.connection)
                .optional()?;
            if let Some((primary, timeline_count)) = row {
                self.put_right(owner, stack, act, primary.as_id(), timeline_count as u32)?;
            }
        }
        Ok(())
    }

    fn put_right(
        &mut self,
        owner: UserId,
        stack: StackId,
        act: StackAct,
        primary: AssetId,
        timeline_count: u32,
    ) -> Result<(), CatalogError> {
        let members = self.members(owner, stack)?;
        let has_primary = members.iter().any(|member| member.id() == primary);
        let is_too_small = members.is_empty() || (!has_primary && members.len() < 2);
        if is_too_small {
            for member in members {
                self.place_in_stack(owner, member.id(), None)?;
            }
            return self.forget_stack(owner, stack);
        }
        let true_count = members.iter().filter(|member| member.is_in_timeline).count() as u32;
        let keeps_primary = has_primary && act == StackAct::Arranged;
        let true_primary = if keeps_primary { primary } else { next_primary(&members, primary) };
        if (true_primary, true_count) != (primary, timeline_count) {
            self.update_stack(owner, stack, true_primary, true_count)?;
            self.touch(owner, ChangeKind::StacksChanged, members.iter().map(Member::id));
        }
        Ok(())
    }

    fn update_stack(
        &mut self,
        owner: UserId,
        stack: StackId,
        primary: AssetId,
        timeline_count: u32,
    ) -> Result<(), CatalogError> {
        diesel::update(stacks::table.find((owner.key(), stack.key())))
            .set((
                stacks::primary_asset.eq(primary.key()),
                stacks::timeline_count.eq(timeline_count as i32),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    fn place_in_stack(
        &mut self,
        owner: UserId,
        asset: AssetId,
        stack: Option<StackId>,
    ) -> Result<(), CatalogError> {
        let placed = diesel::update(assets::table.find((owner.key(), asset.key())))
            .set(assets::stack.eq(stack.map(StoredId::key)))
            .execute(self.connection)?;
        self.touch(owner, ChangeKind::StacksChanged, [asset]);
        expect_one(placed, "asset")
    }

    fn forget_stack(&mut self, owner: UserId, stack: StackId) -> Result<(), CatalogError> {
        diesel::delete(stacks::table.find((owner.key(), stack.key()))).execute(self.connection)?;
        Ok(())
    }

    fn owned_stack(&mut self, owner: UserId, stack: StackId) -> Result<Stack, CatalogError> {
        let known = self.stack(stack)?.filter(|known| known.owner == owner);
        known.ok_or(CatalogError::NotFound("stack"))
    }
}

/// Who stands for the stack: the primary while it is in the timeline, else the first member there;
/// where none is in the timeline the primary while it is a member, else the first member.
fn next_primary(members: &[Member], primary: AssetId) -> AssetId {
    let current = members.iter().find(|member| member.id() == primary);
    let in_timeline = members.iter().find(|member| member.is_in_timeline);
    let next = current.filter(|member| member.is_in_timeline).or(in_timeline).or(current);
    next.or(members.first()).map_or(primary, Member::id)
}

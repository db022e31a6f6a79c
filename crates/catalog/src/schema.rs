//! The tables, as the typed queries see them. The migrations make them; a test holds the two
//! together. What a column means stands in the migration.

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Binary,
        email -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        pin_hash -> Nullable<Text>,
        is_admin -> Bool,
        should_change_password -> Bool,
        quota_bytes -> Nullable<BigInt>,
        created_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
        version -> BigInt,
        grants_version -> BigInt,
        avatar_color -> Nullable<Text>,
        storage_label -> Nullable<Text>,
        updated_at -> BigInt,
        profile_changed_at -> BigInt,
        has_profile_image -> Bool,
        is_onboarded -> Bool,
        is_removing -> Bool,
        preferences -> Text,
    }
}

diesel::table! {
    profile_images (user) {
        user -> Binary,
        jpeg -> Binary,
    }
}

diesel::table! {
    sessions (id) {
        id -> Binary,
        user -> Binary,
        token_sha256 -> Binary,
        device_type -> Text,
        device_os -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        elevated_until -> Nullable<BigInt>,
        app_version -> Nullable<Text>,
        parent -> Nullable<Binary>,
        is_pending_sync_reset -> Bool,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Binary,
        user -> Binary,
        name -> Text,
        key_sha256 -> Binary,
        permissions -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    libraries (owner, id) {
        owner -> Binary,
        id -> Binary,
        name -> Text,
        created_at -> BigInt,
        trashed_at -> Nullable<BigInt>,
        frozen_reason -> Nullable<Text>,
        scan_started_at -> Nullable<BigInt>,
        scan_finished_at -> Nullable<BigInt>,
        scan_files -> Nullable<BigInt>,
        kind -> Text,
        exclusions -> Text,
        updated_at -> BigInt,
        is_removed -> Bool,
    }
}

diesel::table! {
    library_folders (owner, library, ordinal) {
        owner -> Binary,
        library -> Binary,
        ordinal -> Integer,
        folder -> Binary,
    }
}

diesel::table! {
    assets (owner, id) {
        owner -> Binary,
        id -> Binary,
        library -> Binary,
        kind -> Text,
        visibility -> Text,
        is_favorite -> Bool,
        trashed_at -> Nullable<BigInt>,
        offline_at -> Nullable<BigInt>,
        local -> BigInt,
        offset_seconds -> Nullable<Integer>,
        date_source -> Text,
        width -> Integer,
        height -> Integer,
        duration_ms -> Nullable<BigInt>,
        thumbhash -> Nullable<Binary>,
        live_video -> Nullable<Binary>,
        projection -> Nullable<Text>,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        city -> Nullable<Text>,
        state -> Nullable<Text>,
        country -> Nullable<Text>,
        camera -> Nullable<Text>,
        rating -> Nullable<Integer>,
        edited -> Integer,
        stack -> Nullable<Binary>,
        row_version -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    details (owner, asset) {
        owner -> Binary,
        asset -> Binary,
        file_name -> Text,
        created_at -> BigInt,
        metadata_state -> Text,
        sha1 -> Nullable<Binary>,
        sha256 -> Nullable<Binary>,
        fallback_local -> Nullable<BigInt>,
        fallback_offset_seconds -> Nullable<Integer>,
        fallback_source -> Nullable<Text>,
        description -> Nullable<Text>,
        make -> Nullable<Text>,
        model -> Nullable<Text>,
        lens -> Nullable<Text>,
        f_number -> Nullable<Double>,
        exposure_time -> Nullable<Text>,
        iso -> Nullable<Integer>,
        focal_length -> Nullable<Double>,
        fps -> Nullable<Double>,
        orientation -> Nullable<Integer>,
        zone -> Nullable<Text>,
        raw_width -> Nullable<Integer>,
        raw_height -> Nullable<Integer>,
        content_id -> Nullable<Text>,
        duplicate -> Nullable<Binary>,
    }
}

diesel::table! {
    files (owner, library, path) {
        owner -> Binary,
        library -> Binary,
        path -> Binary,
        asset -> Binary,
        role -> Text,
        size -> BigInt,
        mtime_ns -> BigInt,
        inode -> Nullable<BigInt>,
        device -> Nullable<BigInt>,
    }
}

diesel::table! {
    problems (owner, library, path) {
        owner -> Binary,
        library -> Binary,
        path -> Binary,
        reason -> Text,
        seen_at -> BigInt,
    }
}

diesel::table! {
    changes (owner, version) {
        owner -> Binary,
        version -> BigInt,
        kind -> Text,
        at -> BigInt,
        assets -> Binary,
    }
}

diesel::table! {
    undo_journal (owner, version, ordinal) {
        owner -> Binary,
        version -> BigInt,
        ordinal -> Integer,
        at -> BigInt,
        before -> Text,
    }
}

diesel::table! {
    albums (owner, id) {
        owner -> Binary,
        id -> Binary,
        name -> Text,
        description -> Text,
        sort -> Text,
        created_at -> BigInt,
        cover -> Nullable<Binary>,
        is_activity_enabled -> Bool,
        updated_at -> BigInt,
        assets_modified_at -> BigInt,
    }
}

diesel::table! {
    album_users (album, user) {
        album -> Binary,
        user -> Binary,
        role -> Text,
    }
}

diesel::table! {
    album_assets (owner, asset, album) {
        owner -> Binary,
        asset -> Binary,
        album -> Binary,
    }
}

diesel::table! {
    activities (id) {
        id -> Binary,
        album -> Binary,
        user -> Binary,
        asset_owner -> Nullable<Binary>,
        asset -> Nullable<Binary>,
        comment -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    people (owner, id) {
        owner -> Binary,
        id -> Binary,
        name -> Text,
        is_hidden -> Bool,
        created_at -> BigInt,
        birth_day -> Nullable<BigInt>,
        color -> Nullable<Text>,
        is_favorite -> Bool,
        featured_asset -> Nullable<Binary>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    faces (owner, asset, id) {
        owner -> Binary,
        asset -> Binary,
        id -> Binary,
        person -> Nullable<Binary>,
        x1 -> Double,
        y1 -> Double,
        x2 -> Double,
        y2 -> Double,
        source -> Text,
        is_visible -> Bool,
        is_deleted -> Bool,
    }
}

diesel::table! {
    tags (owner, id) {
        owner -> Binary,
        id -> Binary,
        value -> Text,
        parent -> Nullable<Binary>,
        created_at -> BigInt,
        color -> Nullable<Text>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    tag_assets (owner, asset, tag) {
        owner -> Binary,
        asset -> Binary,
        tag -> Binary,
    }
}

diesel::table! {
    stacks (owner, id) {
        owner -> Binary,
        id -> Binary,
        primary_asset -> Binary,
        timeline_count -> Integer,
    }
}

diesel::table! {
    partners (shared_by, shared_with) {
        shared_by -> Binary,
        shared_with -> Binary,
        in_timeline -> Bool,
    }
}

diesel::table! {
    shared_links (id) {
        id -> Binary,
        owner -> Binary,
        key -> Binary,
        slug -> Nullable<Text>,
        album -> Nullable<Binary>,
        password_hash -> Nullable<Text>,
        description -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        show_metadata -> Bool,
        allow_upload -> Bool,
        allow_download -> Bool,
    }
}

diesel::table! {
    link_assets (link, owner, asset) {
        link -> Binary,
        owner -> Binary,
        asset -> Binary,
    }
}

diesel::table! {
    removed_files (owner, library, path) {
        owner -> Binary,
        library -> Binary,
        path -> Binary,
        removed_at -> BigInt,
    }
}

diesel::table! {
    memories (owner, id) {
        owner -> Binary,
        id -> Binary,
        kind -> Text,
        year -> Integer,
        day -> Nullable<BigInt>,
        is_chosen -> Bool,
        memory_at -> BigInt,
        show_at -> Nullable<BigInt>,
        hide_at -> Nullable<BigInt>,
        seen_at -> Nullable<BigInt>,
        is_saved -> Bool,
        created_at -> BigInt,
        updated_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    memory_assets (memory, owner, asset) {
        memory -> Binary,
        owner -> Binary,
        asset -> Binary,
    }
}

diesel::table! {
    jobs (key) {
        key -> Text,
        kind -> Text,
        payload -> Text,
        run_at -> BigInt,
        attempts -> Integer,
        lease_until -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        failed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    uploads (owner, asset) {
        owner -> Binary,
        asset -> Binary,
        device -> Text,
        device_asset -> Text,
        size -> BigInt,
    }
}

diesel::table! {
    asset_metadata (owner, asset, key) {
        owner -> Binary,
        asset -> Binary,
        key -> Text,
        value -> Text,
        updated_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    settings,
    users,
    profile_images,
    sessions,
    api_keys,
    libraries,
    library_folders,
    assets,
    details,
    files,
    problems,
    changes,
    undo_journal,
    albums,
    album_users,
    album_assets,
    activities,
    people,
    faces,
    tags,
    tag_assets,
    stacks,
    partners,
    shared_links,
    link_assets,
    removed_files,
    memories,
    memory_assets,
    jobs,
    uploads,
    asset_metadata,
);

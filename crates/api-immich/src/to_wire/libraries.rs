//! External libraries.

use kalends_library::ShelfError;
use kalends_library::folders::import_folders;
use kalends_library::libraries::{FolderFault, LibraryError, LibraryView};

use super::dates::instant_millis;
use crate::error::Failure;
use crate::wire::libraries::{
    LibraryResponseDto, ValidateLibraryImportPathResponseDto, ValidateLibraryResponseDto,
};

/// A library.
pub(crate) fn library_response(view: &LibraryView) -> LibraryResponseDto {
    let library = &view.library;
    let folders = import_folders(library);
    LibraryResponseDto {
        id: library.id.uuid(),
        owner_id: library.owner.uuid(),
        name: library.name.clone(),
        import_paths: folders.iter().map(|f| f.to_string_lossy().into_owned()).collect(),
        exclusion_patterns: library.import().map(|i| i.exclusions.clone()).unwrap_or_default(),
        asset_count: view.asset_count,
        created_at: instant_millis(library.created_at),
        updated_at: instant_millis(library.updated_at),
        refreshed_at: library.scan.and_then(|scan| scan.finished_at).map(instant_millis),
    }
}

/// What is to be said of folders, in their order.
pub(crate) fn judgements(
    folders: &[String],
    judged: &[Result<(), FolderFault>],
) -> ValidateLibraryResponseDto {
    let of_one = |(folder, judged): (&String, &Result<(), FolderFault>)| {
        ValidateLibraryImportPathResponseDto {
            import_path: folder.clone(),
            is_valid: judged.is_ok(),
            message: judged.as_ref().err().map(message),
        }
    };
    ValidateLibraryResponseDto { import_paths: folders.iter().zip(judged).map(of_one).collect() }
}

fn message(fault: &FolderFault) -> String {
    match fault {
        FolderFault::NotWhole(whole) => {
            format!("Import path must be absolute, try {}", whole.display())
        }
        FolderFault::Missing => "Path does not exist (ENOENT)".to_owned(),
        FolderFault::NotAFolder => "Not a directory".to_owned(),
        FolderFault::Unreadable => "Lacking read permission for folder".to_owned(),
        FolderFault::Data => "Cannot use media upload folder for external libraries".to_owned(),
        FolderFault::Nested(known) => format!(
            "It and {}, which is indexed for the same user, lie one inside the other",
            known.display()
        ),
    }
}

impl From<LibraryError> for Failure {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::Unknown => Self::bad_request("Library not found"),
            LibraryError::NoOwner => Self::bad_request("User not found"),
            LibraryError::Folder(_, fault) => {
                Self::bad_request(format!("Invalid import path: {}", message(&fault)))
            }
            LibraryError::Pattern(pattern, fault) => {
                Self::bad_request(format!("Invalid exclusion pattern: {pattern}: {fault}"))
            }
            LibraryError::Shelf(ShelfError::Loading) => Self::busy("The timeline is still loading"),
            LibraryError::Shelf(ShelfError::Catalog(cause)) | LibraryError::Catalog(cause) => {
                Self::catalog(cause)
            }
        }
    }
}

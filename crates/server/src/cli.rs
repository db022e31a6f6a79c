//! The command line, as it is typed. Nothing here opens a file or a socket.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use kalends_http_kit::{ExternalUrl, Network};

/// Serves the timeline of your photos: how many lie in each month, and what is in a month.
///
/// Start with `kalends demo`, which makes a small library of its own, or point it at your pictures
/// with `kalends serve FOLDER`. Pictures are only ever read; everything Kalends writes lies in its
/// data folder.
#[derive(Debug, Parser)]
#[command(name = "kalends", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// How log lines are written, to standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Human, env = "KALENDS_LOG_FORMAT")]
    pub(crate) log_format: LogFormat,

    /// Which log lines are written: a level, or `target=level` pairs separated by commas.
    #[arg(long, global = true, default_value = "warn,kalends=info", env = "KALENDS_LOG")]
    pub(crate) log: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line, for machines.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a small library of its own and serves it on this machine.
    ///
    /// The library is the same on every run: some 300 photos and a few videos over 20 years, two
    /// users, albums, people, tags, stacks and a trash, so that every filter finds something. Prints
    /// a login, an API key and a `curl` line for every parameter of both APIs.
    Demo(DemoArgs),
    /// Serves folders of pictures.
    ///
    /// Each folder becomes a read-only library of the first user and is indexed in place, while
    /// questions are answered already. On an empty data folder the first user is made and a login
    /// and a key are printed, once; where others can reach the address, a token is printed instead,
    /// with which the first admin signs up. Stop with Ctrl-C.
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Adds users and changes passwords.
    #[command(subcommand)]
    User(UserCommand),
    /// Makes API keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Looks for new, changed and vanished files in all folders now.
    Scan(DataArgs),
    /// Shows what is in the data folder: assets, months, disk, problems, duplicates.
    Info(InfoArgs),
    /// Writes a consistent copy of the catalog, also while serving.
    Backup(BackupArgs),
    /// Puts a copy made by `backup` into an empty data folder.
    Restore(BackupArgs),
    /// Writes the whole catalog as lines of JSON, also while serving: the way out.
    ///
    /// Users with the hashes of their passwords, assets, albums, people, tags, stacks, links and
    /// edits, as they are at one moment. The format is documented in docs/export-format.md;
    /// `kalends import` reads it back without loss.
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(ExportArgs),
    /// Reads an export into a data folder that has no users yet: the way in.
    ///
    /// Everything is checked before anything is put in place: an error names the line and what to
    /// do, and leaves the folder as it was. Lines may come in any order and from any program.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArgs),
    /// Removes derived pictures (thumbnails and previews); they are made again by the next scan.
    Clean(DataArgs),
    /// Decodes pictures that its parent process sends. Started by the server, not by people.
    #[command(hide = true)]
    DecodeWorker,
}

const SERVE_EXAMPLES: &str = "\
Examples:
  kalends serve ~/Pictures
  kalends serve /mnt/photos /mnt/scans --data /var/lib/kalends --listen 127.0.0.1:8080";

const EXPORT_EXAMPLES: &str = "\
Examples:
  kalends export photos.jsonl
  kalends export photos.jsonl --with-files copies
  kalends export - | gzip > photos.jsonl.gz
  kalends export - | jq -r 'select(.kind == \"asset\") | .file_name'";

const IMPORT_EXAMPLES: &str = "\
Examples:
  kalends import photos.jsonl --data new-folder
  kalends import photos.jsonl --with-files copies --data new-folder
  gunzip -c photos.jsonl.gz | kalends import - --data new-folder";

#[derive(Clone, Debug, Args)]
pub(crate) struct DataArgs {
    /// The folder that holds everything of Kalends' own. Default: this platform's data folder.
    #[arg(long, value_name = "DIR", env = "KALENDS_DATA")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ListenArgs {
    /// The address to serve on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:2283", env = "KALENDS_LISTEN")]
    pub(crate) listen: SocketAddr,

    /// Serve Prometheus metrics at `/metrics` on this address. Off unless given.
    #[arg(long, value_name = "ADDR", env = "KALENDS_METRICS")]
    pub(crate) metrics: Option<SocketAddr>,

    /// Networks whose proxies are believed about where a request comes from, such as 10.0.0.0/8,
    /// separated by commas. Those on this machine always are.
    #[arg(long, value_name = "CIDR", value_delimiter = ',', env = "KALENDS_TRUSTED_PROXY")]
    pub(crate) trusted_proxy: Vec<Network>,

    /// The address under which people reach this server, such as `https://photos.example.org`.
    #[arg(long, value_name = "URL", env = "KALENDS_EXTERNAL_URL")]
    pub(crate) external_url: Option<ExternalUrl>,
    /// Serve this build of a web client at `/`: a folder with an `index.html`.
    #[arg(long, value_name = "DIR", env = "KALENDS_WEB")]
    pub(crate) web: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DemoArgs {
    /// The folder to make the demo in. Default: `kalends-demo` in this platform's cache folder.
    #[arg(long, value_name = "DIR", env = "KALENDS_DATA")]
    pub(crate) data: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) listen: ListenArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// Folders of pictures. Those given before are remembered.
    #[arg(value_name = "FOLDER")]
    pub(crate) folders: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    pub(crate) listen: ListenArgs,

    /// Answer the timeline without a login, as the first user. Only on a loopback address.
    #[arg(long)]
    pub(crate) open: bool,

    /// Make no first user on an empty data folder: the first person who signs up becomes the admin.
    #[arg(long)]
    pub(crate) no_first_user: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Adds a user and prints the password.
    Add(UserArgs),
    /// Gives a user a new password and prints it.
    Password(UserArgs),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct UserArgs {
    /// The user's e-mail address, which is their login.
    #[arg(value_name = "EMAIL")]
    pub(crate) email: String,

    /// The password. Default: a random one. Beware that other users of this machine can see it here.
    #[arg(long, env = "KALENDS_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,

    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Makes an API key for a user. The last line printed is the key alone.
    Create(KeyArgs),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct KeyArgs {
    /// Whose key: the user's e-mail address.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) user: String,

    /// What the key is for.
    #[arg(long, default_value = "API Key")]
    pub(crate) name: String,

    /// What the key may do: names such as `asset.read`, separated by commas, or `all`.
    #[arg(long, value_delimiter = ',', default_value = "all")]
    pub(crate) permissions: Vec<String>,

    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct InfoArgs {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,

    /// List each file that could not be read, with the reason.
    #[arg(long)]
    pub(crate) problems: bool,

    /// List the assets whose bytes are the same.
    #[arg(long)]
    pub(crate) duplicates: bool,

    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct BackupArgs {
    /// The copy of the catalog.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ExportArgs {
    /// The file to write, which must not exist; `-` for standard output.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Also the sessions, so that whoever is signed in stays so. Only digests of their secrets are
    /// written.
    #[arg(long)]
    pub(crate) sessions: bool,

    /// Copy the originals of uploads and their sidecars into this folder, under their paths. What is
    /// there already stays.
    #[arg(long, value_name = "DIR")]
    pub(crate) with_files: Option<PathBuf>,

    /// Copy the files of external folders as well.
    #[arg(long, requires = "with_files")]
    pub(crate) external: bool,

    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ImportArgs {
    /// The export; `-` for standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The folder that `kalends export --with-files` made: the originals of uploads are copied from
    /// it into the data folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) with_files: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}

//! Writes the demo's library into a folder, to look at it: `write_demo FOLDER [SEED]`.

use kalends_specimen::demo::{DemoLibrary, write_all};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("the first argument is the folder to write to");
    let seed = arguments.next().map_or(1, |text| text.parse().expect("the seed is a number"));
    let plan = DemoLibrary::plan(seed);
    write_all(folder.as_ref(), &plan, |_, _| ())?;
    println!("{} files", plan.len());
    Ok(())
}

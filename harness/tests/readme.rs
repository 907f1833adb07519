//! The README shows what the program prints.

mod support;

use std::path::Path;

use support::veriam_in;

/// The blocks of the README between fences, with the text before each.
fn blocks(text: &str) -> Vec<&str> {
    text.split("```").skip(1).step_by(2).collect()
}

#[test]
fn the_explanation_shown_is_the_beginning_of_the_real_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("README.md")).expect("there is a README");
    let blocks = blocks(&text);
    let at = blocks
        .iter()
        .position(|block| block.contains("-- explain scenarios/"));
    let at = at.expect("the README shows an explanation");
    let (_, args) = blocks[at].trim().split_once(" -- ").expect("a command");
    let args: Vec<&str> = args.split(' ').collect();
    let finished = veriam_in(&root, &args, b"");
    assert_eq!(finished.code, 0, "{}", finished.err);
    let shown = blocks[at + 1].trim_start_matches('\n');
    let shown = shown.strip_suffix("…\n").expect("the excerpt ends in …");
    assert!(
        finished.out.starts_with(shown),
        "the README shows\n{shown}\nand the program prints\n{}",
        finished.out
    );
}

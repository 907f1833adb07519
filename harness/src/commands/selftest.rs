//! `veriam selftest`

use crate::cli::{SelftestArgs, SelftestFormat};
use crate::exit::Exit;
use crate::rim::{Ended, Failure, Streams};
use crate::selftest::{
    Canary, canaries, hunt_all, hunt_laws, json, law_json, law_markdown, law_table, markdown, table,
};

pub(super) fn run(args: &SelftestArgs, streams: &mut Streams<'_>) -> Ended {
    if args.laws {
        return laws(args, streams);
    }
    let all = canaries();
    let known = |name: &String| all.iter().any(|canary| canary.name == name);
    if let Some(name) = args.only.iter().find(|name| !known(name)) {
        return Err(Failure::usage(format_args!(
            "no canary is called {name}; `veriam selftest --cases 0` lists those there are"
        )));
    }
    let is_asked =
        |canary: &&Canary| args.only.is_empty() || args.only.iter().any(|name| name == canary.name);
    let asked: Vec<Canary> = all.iter().filter(is_asked).copied().collect();
    let hunted = hunt_all(&asked, args.seed, args.cases);
    let exit = match hunted.iter().all(|one| one.caught.is_some()) {
        true => Exit::Agreed,
        false => Exit::Divergence,
    };
    match args.format {
        SelftestFormat::Text => streams.end(exit, &table(&hunted)),
        SelftestFormat::Markdown => streams.end(exit, &markdown(&all, &hunted)),
        SelftestFormat::Json => streams.end(exit, &json(&hunted)),
    }
}

fn laws(args: &SelftestArgs, streams: &mut Streams<'_>) -> Ended {
    let hunted = hunt_laws(args.seed, args.cases);
    let exit = match hunted.iter().all(|one| one.caught.is_some()) {
        true => Exit::Agreed,
        false => Exit::Divergence,
    };
    match args.format {
        SelftestFormat::Text => streams.end(exit, &law_table(&hunted)),
        SelftestFormat::Markdown => streams.end(exit, &law_markdown(&hunted)),
        SelftestFormat::Json => streams.end(exit, &law_json(&hunted)),
    }
}

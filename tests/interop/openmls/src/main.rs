//! One member of MLS groups, played by OpenMLS, commanded by JSON lines: see ../../peer.py for the language.

mod command;
mod member;

use std::io::{stdin, stdout, BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

use serde_json::{json, Value};

use command::Command;
use member::{Answer, Member};

fn main() -> std::io::Result<()> {
    let mut member = Member::default();
    let mut output = stdout().lock();
    for line in stdin().lock().lines() {
        writeln!(output, "{}", respond(&mut member, &line?))?;
        output.flush()?;
    }
    Ok(())
}

/// The answer to one line; a panic inside OpenMLS is an error like any other.
fn respond(member: &mut Member, line: &str) -> Value {
    let answer = catch_unwind(AssertUnwindSafe(|| parse_and_run(member, line)));
    match answer {
        Ok(Ok(fields)) => fields,
        Ok(Err(error)) => json!({ "error": error.to_string() }),
        Err(_) => json!({ "error": "OpenMLS panicked." }),
    }
}

fn parse_and_run(member: &mut Member, line: &str) -> Answer {
    member.run(serde_json::from_str::<Command>(line)?)
}

//! Writes a C function for every function of `perbus.h`, which calls it with arguments drawn by
//! their types: `native/calls.c` has what draws them.

use std::fs;
use std::path::PathBuf;

/// Functions that open devices, and those of files, which `calls.c` calls itself.
const LEFT_OUT: [&str; 10] = [
    "perbus_devices_copy",
    "perbus_engine_create_for_device",
    "perbus_engine_create",
    "perbus_engine_set_output_device",
    "perbus_engine_set_input_device",
    "perbus_file_set_decoder",
    "perbus_file_create",
    "perbus_file_open",
    "perbus_file_read",
    "perbus_file_write",
];

/// Functions of an engine during which no other thread may render it.
const ALONE: [&str; 2] = ["perbus_engine_render", "perbus_engine_set_input"];

/// The functions, and a table of them.
pub(crate) fn written() -> String {
    calls_of(&declarations())
}

/// `perbus_status name(type name, ...)` of every function that can fail, without comments.
fn declarations() -> Vec<(String, Vec<String>)> {
    let mut headers: Vec<PathBuf> = fs::read_dir("../native/perbus")
        .expect("the headers")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    headers.sort();
    let mut found = Vec::new();
    for header in headers {
        let text = without_comments(&fs::read_to_string(&header).expect("a header"));
        for statement in text.split(';') {
            let statement = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            let Some(at) = statement.rfind("perbus_status perbus_") else {
                continue;
            };
            let declared = statement[at..].trim_start_matches("perbus_status ");
            let Some((name, rest)) = declared.split_once('(') else {
                continue;
            };
            let Some(arguments) = rest.strip_suffix(')') else {
                continue;
            };
            let arguments = arguments_of(arguments);
            // An object of another library.
            let is_native = |it: &String| matches!(parts(it), (kind, own) if kind == "void*" && own != "context");
            if !LEFT_OUT.contains(&name) && !arguments.iter().any(is_native) {
                found.push((name.to_owned(), arguments));
            }
        }
    }
    assert!(found.len() > 90, "{} functions", found.len());
    found
}

fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        kept += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// Split at commas outside of parentheses.
fn arguments_of(text: &str) -> Vec<String> {
    let (mut depth, mut arguments) = (0, vec![String::new()]);
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if letter == ',' && depth == 0 {
            arguments.push(String::new());
        } else if let Some(last) = arguments.last_mut() {
            last.push(letter);
        }
    }
    arguments.iter().map(|it| it.trim().to_owned()).collect()
}

/// The type and the name of an argument.
fn parts(argument: &str) -> (String, String) {
    let at = argument
        .rfind(|it: char| !it.is_alphanumeric() && it != '_')
        .map_or(0, |at| at + 1);
    (argument[..at].replace(' ', ""), argument[at..].to_owned())
}

fn calls_of(functions: &[(String, Vec<String>)]) -> String {
    let mut text = String::new();
    for (name, arguments) in functions {
        text += &call(name, arguments);
    }
    text += "static const call CALLS[] = {\n";
    for (name, _) in functions {
        text += &format!("    {{\"{name}\", call_{name}}},\n");
    }
    text + "};\n"
}

fn call(name: &str, arguments: &[String]) -> String {
    let (mut before, mut passed, mut after) = (String::new(), Vec::new(), String::new());
    let mut counted = "0".to_owned();
    for (place, argument) in arguments.iter().enumerate() {
        let (kind, own) = parts(argument);
        let next = arguments.get(place + 1).map(|it| parts(it).1);
        // A function that is called back has its name in the type.
        if argument.contains("(*destroy)") {
            passed.push("release_context".to_owned());
            continue;
        }
        let local = format!("{own}_{place}");
        let drawn = match (kind.as_str(), own.as_str()) {
            ("perbus_error*", _) => "&report".to_owned(),
            ("void*", "context") => {
                after += "    settle_context(status == PERBUS_OK);\n";
                "draw_context()".to_owned()
            }
            ("float*const*", _) => "planes".to_owned(),
            ("uint32_t", "channel_count") => "draw_channels()".to_owned(),
            ("uint32_t", "frames") if name == "perbus_engine_render" => "draw_block()".to_owned(),
            ("size_t", "count") => counted.clone(),
            ("constfloat*", _) => "numbers".to_owned(),
            ("perbus_node***", _) | ("perbus_point**", _) | ("float**", _) => {
                let (base, free) = match kind.as_str() {
                    "perbus_node***" => ("perbus_node **", "perbus_nodes_free(got, out_count)"),
                    "perbus_point**" => ("perbus_point *", "perbus_points_free(got)"),
                    _ => ("float *", "perbus_levels_free(got)"),
                };
                before += &format!("    {base}got = NULL;\n");
                after +=
                    &format!("    CHECK((status == PERBUS_OK) || got == NULL);\n    {free};\n");
                "&got".to_owned()
            }
            ("size_t*", _) => {
                before += "    size_t out_count = 0;\n";
                "&out_count".to_owned()
            }
            ("void**", _) => {
                before += "    void *native = NULL;\n";
                "&native".to_owned()
            }
            (kind, _) if kind.starts_with("perbus_") && kind.ends_with("**") => {
                let base = kind.trim_end_matches('*').trim_start_matches("perbus_");
                before += &format!("    perbus_{base} *made = NULL;\n");
                after += &format!(
                    "    CHECK((status == PERBUS_OK) == (made != NULL));\n    keep_{base}(made);\n"
                );
                "&made".to_owned()
            }
            (kind, own) if own.starts_with("out_") => {
                let base = kind.trim_end_matches('*');
                before += &format!("    {base} {local}, {local}_was;\n");
                before += &format!("    fill(&{local}, &{local}_was, sizeof {local});\n");
                after += &format!(
                    "    CHECK(status == PERBUS_OK || memcmp(&{local}, &{local}_was, sizeof {local}) == 0);\n"
                );
                format!("&{local}")
            }
            // An array, or one value.
            (kind, _) if kind.starts_with("constperbus_") || kind.ends_with("*const*") => {
                let base = kind
                    .trim_start_matches("const")
                    .trim_start_matches("perbus_")
                    .trim_end_matches("*const*")
                    .trim_end_matches('*');
                let star = if kind.ends_with("*const*") { "*" } else { "" };
                let list = if star.is_empty() { "" } else { "_handle" };
                if next.as_deref() == Some("count") {
                    before += &format!("    perbus_{base} {star}{local}[LIST];\n");
                    before += &format!("    size_t {local}_count = draw_below(LIST + 1);\n");
                    before += &format!("    for (size_t i = 0; i < {local}_count; i++) {{\n");
                    before += &format!("        {local}[i] = draw_{base}{list}();\n    }}\n");
                    counted = format!("{local}_count");
                    local.clone()
                } else {
                    before += &format!("    perbus_{base} {local} = draw_{base}();\n");
                    if base == "schedule" {
                        after += "    settle_schedule(status == PERBUS_OK);\n";
                    }
                    format!("&{local}")
                }
            }
            (kind, _) if kind.ends_with('*') => {
                let base = kind.trim_end_matches('*').trim_start_matches("perbus_");
                if ALONE.contains(&name) {
                    "draw_engine_alone()".to_owned()
                } else {
                    format!("draw_{base}_handle()")
                }
            }
            (kind, own) => match kind {
                "float" | "double" => format!("({kind})draw_number()"),
                "bool" => "(bool)draw_below(2)".to_owned(),
                "uint32_t" => "draw_u32()".to_owned(),
                "uint64_t" => "draw_u64()".to_owned(),
                "int64_t" => "(int64_t)draw_u64()".to_owned(),
                "perbus_render"
                | "perbus_input_function"
                | "perbus_tap_callback"
                | "perbus_event_handler" => format!("call_{}", kind.trim_start_matches("perbus_")),
                kind if kind.starts_with("perbus_") => {
                    format!("({kind})((int)draw_below(5) - 1)")
                }
                _ => panic!("{name}: nothing draws {kind} {own}"),
            },
        };
        passed.push(drawn);
    }
    let passed = passed.join(", ");
    format!(
        "static perbus_status call_{name}(void) {{\n{before}    perbus_status status = {name}({passed});\n{after}    return status;\n}}\n"
    )
}

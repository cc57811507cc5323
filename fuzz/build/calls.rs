//! Writes a C function for every function of `perbus.h` or `desk.h`, which calls it with arguments
//! drawn by their types: `native/calls.c` and `native/desk_calls.c` have what draws them.

use std::fs;
use std::path::PathBuf;

/// Functions that open devices, those of files, which `calls.c` calls itself, and what could fill a disk.
const LEFT_OUT: [&str; 15] = [
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
    "perbus_desk_engine_create",
    "perbus_desk_engine_create_for_device",
    "perbus_desk_engine_set_output_device",
    "perbus_desk_engine_set_input_device",
    "perbus_desk_engine_render_to_wav",
];

/// Functions of an engine during which no other thread may render it.
const ALONE: [&str; 2] = ["perbus_engine_render", "perbus_engine_set_input"];

/// Calls of the functions that the headers in a folder declare, and a table of them: of `desk.h`, or
/// of all others.
pub(crate) fn written(folder: &str, of_desk: bool) -> String {
    calls_of(&declarations(folder, of_desk))
}

/// `perbus_status name(type name, ...)` of every function that can fail, without comments.
fn declarations(folder: &str, of_desk: bool) -> Vec<(String, Vec<String>)> {
    let mut headers: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the headers")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.ends_with("desk.h") == of_desk)
        .collect();
    headers.sort();
    let mut found = Vec::new();
    for header in headers {
        let text = without_comments(&fs::read_to_string(&header).expect("a header"))
            .replace("struct ", "")
            .replace("enum ", "");
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

/// What a text of this name is.
fn text_of(function: &str, name: &str) -> &'static str {
    match name {
        "path" if function.ends_with("_record") => "new_path",
        "path" => "path",
        _ => "text",
    }
}

fn call(name: &str, arguments: &[String]) -> String {
    let (mut before, mut passed, mut after) = (String::new(), Vec::new(), String::new());
    let mut counted = "0".to_owned();
    let has_room = |name: &str| {
        matches!(
            name,
            "perbus_engine_render" | "perbus_desk_engine_render" | "perbus_desk_buffer_create"
        )
    };
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
                before += "    void *context = draw_context();\n";
                after += "    settle_context(context, status == PERBUS_OK);\n";
                "context".to_owned()
            }
            ("perbus_desk_destroy", _) => "release_context".to_owned(),
            ("constchar*", own) => format!("draw_{}()", text_of(name, own)),
            ("constchar*const*", _) => {
                before += &format!("    const char *{local}[LIST];\n");
                before += "    for (size_t i = 0; i < LIST; i++) {\n";
                before += &format!("        {local}[i] = draw_text();\n    }}\n");
                local.clone()
            }
            ("constfloat*const*", _) => "(const float *const *)planes".to_owned(),
            ("constint64_t*", _) => {
                before += &format!("    int64_t {local} = (int64_t)draw_u64();\n");
                format!("draw_below(2) ? &{local} : NULL")
            }
            ("char**", _) => {
                before += &format!("    char *{local} = NULL;\n");
                after += &format!(
                    "    CHECK(status == PERBUS_OK || {local} == NULL);\n    keep_text({local});\n"
                );
                format!("&{local}")
            }
            ("float*", "out_levels") => "levels".to_owned(),
            ("constfloat**", _) => {
                before += &format!("    const float *{local} = NULL;\n");
                after += &format!("    CHECK((status == PERBUS_OK) == ({local} != NULL));\n");
                format!("&{local}")
            }
            ("size_t", "capacity") => "room".to_owned(),
            // As many handles or values as there is room for.
            (kind, _) if next.as_deref() == Some("capacity") => {
                let base = kind.trim_end_matches('*').trim_start_matches("perbus_");
                before += "    size_t room = draw_below(LIST + 1);\n";
                if kind.ends_with("**") {
                    before += &format!("    perbus_{base} *{local}[LIST] = {{NULL}};\n");
                    after += &format!("    for (size_t i = 0; i < LIST; i++) {{\n        CHECK({local}[i] == NULL || (status == PERBUS_OK && i < room));\n        keep_{base}({local}[i]);\n    }}\n");
                } else {
                    before +=
                        &format!("    perbus_{base} {local}[LIST + 1], {local}_was[LIST + 1];\n");
                    before += &format!("    fill({local}, {local}_was, sizeof {local});\n");
                    after +=
                        &format!("    size_t {local}_kept = status == PERBUS_OK ? room : 0;\n");
                    after += &format!("    CHECK(memcmp({local} + {local}_kept, {local}_was, (LIST + 1 - {local}_kept) * sizeof *{local}) == 0);\n");
                }
                local.clone()
            }
            ("float*const*", _) => "planes".to_owned(),
            ("uint32_t", "channel_count") => "draw_channels()".to_owned(),
            ("uint32_t", "frames") if has_room(name) => "draw_block()".to_owned(),
            ("size_t", "count") => counted.clone(),
            ("double", "sample_rate") => "draw_rate()".to_owned(),
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
            (kind, _)
                if kind.starts_with("constperbus_")
                    || kind == "constuint32_t*"
                    || kind.ends_with("*const*") =>
            {
                let base = kind
                    .trim_start_matches("const")
                    .trim_start_matches("perbus_")
                    .trim_end_matches("*const*")
                    .trim_end_matches('*');
                let star = if kind.ends_with("*const*") { "*" } else { "" };
                let list = if star.is_empty() { "" } else { "_handle" };
                if next.as_deref() == Some("count") {
                    let (base, kind) = match base {
                        "uint32_t" => ("u32", base.to_owned()),
                        _ => (base, format!("perbus_{base}")),
                    };
                    before += &format!("    {kind} {star}{local}[LIST];\n");
                    before += &format!("    size_t {local}_count = draw_below(LIST + 1);\n");
                    before += &format!("    for (size_t i = 0; i < {local}_count; i++) {{\n");
                    before += &format!("        {local}[i] = draw_{base}{list}();\n    }}\n");
                    counted = format!("{local}_count");
                    local.clone()
                } else {
                    before += &format!("    perbus_{base} {local} = draw_{base}();\n");
                    if base == "schedule" {
                        after +=
                            &format!("    settle_context({local}.context, status == PERBUS_OK);\n");
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
                "size_t" => "(size_t)draw_u64()".to_owned(),
                "int32_t" => "(int32_t)draw_below(5) - 1".to_owned(),
                "uint32_t" => "draw_u32()".to_owned(),
                "uint64_t" => "draw_u64()".to_owned(),
                "int64_t" => "(int64_t)draw_u64()".to_owned(),
                "perbus_render"
                | "perbus_desk_changes"
                | "perbus_desk_fade_ended"
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

//! The page.
#[allow(dead_code)]
mod support;
#[test]
fn preview() {
    if let Ok(dir) = std::env::var("REPORT_PREVIEW") {
        std::fs::write(
            format!("{dir}/run.html"),
            picklebench::report::html::render(&support::run()),
        )
        .unwrap();
        std::fs::write(
            format!("{dir}/troubled.html"),
            picklebench::report::html::render(&support::troubled()),
        )
        .unwrap();
    }
}

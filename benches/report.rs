//! What a picture costs: gathering ten minutes at 100 Hz, drawing the page, packing it.

#[path = "../src/report/fixtures.rs"]
#[allow(dead_code, missing_docs, clippy::expect_used)]
mod fixtures;

use backcoach::report::{Collector, PageSize, render_png, render_svg};
use criterion::{Criterion, criterion_group, criterion_main};

fn report(criterion: &mut Criterion) {
    let script = fixtures::lasting(600.0);
    let mut events = Vec::new();
    fixtures::play(&script, &mut |_| {}, &mut events);
    criterion.bench_function("gather 10 min at 100 Hz", |bencher| {
        bencher.iter(|| {
            let mut collector = Collector::new(&script.plan);
            for event in &events {
                collector.event(event);
            }
            collector.finish(fixtures::origin())
        });
    });
    let report = fixtures::report(&script);
    criterion.bench_function("draw and pack A4 at 200 dpi", |bencher| {
        bencher.iter(|| render_png(&report, PageSize::default()));
    });
    criterion.bench_function("draw SVG", |bencher| {
        bencher.iter(|| render_svg(&report, PageSize::default()));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = report
}
criterion_main!(benches);

//! What the user asked for, among what is heard.

use std::time::Duration;

use tokio::time::Instant;

use super::radio::Air;
use super::scan::{self, Scan};
use super::{BleError, Found, HeardList, Wanted};
use crate::sensors::Sensor;

/// After the first fitting device the scan goes on for so long: there may be a second one that fits as well.
const SETTLE: Duration = Duration::from_secs(2);

/// The same while the one used last was not heard yet.
const SETTLE_FOR_LAST: Duration = Duration::from_secs(5);

/// Looks among connected devices, then scans.
pub(super) async fn find(
    air: &Air,
    wanted: &[Wanted],
    patience: Duration,
    news: &mut (dyn FnMut(&str) + Send),
) -> Result<Vec<Found>, BleError> {
    let adapters = air.adapters().await?;
    let mut heard = scan::connected(&adapters).await?;
    if let Verdict::Found(places) = choose(wanted, &heard) {
        return Ok(places.iter().map(|&place| heard[place].clone()).collect());
    }
    news(&format!("scanning for {}", Names(wanted)));
    let _only_one = air.scanning.lock().await;
    let mut scan = Scan::start(adapters.clone()).await?;
    let began = Instant::now();
    let mut fits_since: Option<Instant> = None;
    let settle = |heard: &[Found]| {
        let mut lasts = wanted.iter().filter_map(|wish| wish.last.as_deref());
        let is_heard = |last: &str| heard.iter().any(|found| same(&found.id, last));
        if lasts.all(is_heard) {
            SETTLE
        } else {
            SETTLE_FOR_LAST
        }
    };
    let places = loop {
        let verdict = choose(wanted, &heard);
        let now = Instant::now();
        let since = fits_since.get_or_insert(now);
        match &verdict {
            Verdict::Certain(places) => break Ok(places.clone()),
            Verdict::Found(places) if since.elapsed() >= settle(&heard) => break Ok(places.clone()),
            Verdict::Several { .. } if since.elapsed() >= settle(&heard) => break Err(verdict),
            Verdict::Missing { .. } | Verdict::Unreadable { .. } => fits_since = None,
            _ => {}
        }
        let end = began + patience;
        if now >= end {
            break match verdict {
                Verdict::Found(places) => Ok(places),
                verdict => Err(verdict),
            };
        }
        let until = fits_since.map_or(end, |since| end.min(since + settle(&heard)));
        match tokio::time::timeout_at(until, scan.next()).await {
            Ok(Some(found)) => take(&mut heard, found, news),
            // The radio went off: the next look says why.
            Ok(None) => break Err(verdict),
            Err(_) => {}
        }
    };
    scan.stop().await;
    match places {
        Ok(places) => Ok(places.iter().map(|&place| heard[place].clone()).collect()),
        Err(verdict) => {
            let adapters = air.adapters().await?;
            let remembered = scan::known(&adapters).await.unwrap_or_default();
            Err(verdict.explain(wanted, &heard, &remembered))
        }
    }
}

fn take(heard: &mut Vec<Found>, found: Found, news: &mut (dyn FnMut(&str) + Send)) {
    match heard.iter_mut().find(|known| known.id == found.id) {
        Some(known) => *known = found,
        None => {
            if found.sensor.is_some() {
                news(&format!("heard {}", label(&found)));
            }
            heard.push(found);
        }
    }
}

/// How well the devices heard so far answer the question.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    /// Every wish has its device, named so plainly that no other can come up.
    Certain(Vec<usize>),
    /// Every wish has its device; another one might fit as well.
    Found(Vec<usize>),
    /// A wish that several fit, and which.
    Several { wish: usize, fitting: Vec<usize> },
    /// A wish that nothing fits.
    Missing { wish: usize },
    /// A wish that a device fits which nobody here can read.
    Unreadable { device: usize },
}

/// How plainly a device was asked for; the plainest that anything reaches counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    PartOfName,
    Family,
    Name,
    Id,
}

/// What the choice looks at, so that it can be tried without a radio.
trait Device {
    fn id(&self) -> &str;
    fn name(&self) -> &str;
    fn family(&self) -> Option<&str>;
}

impl Device for Found {
    fn id(&self) -> &str {
        &self.id
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn family(&self) -> Option<&str> {
        self.sensor.map(Sensor::family)
    }
}

/// Gives each wish a device of its own, the plainest wishes first.
fn choose(wanted: &[Wanted], heard: &[impl Device]) -> Verdict {
    let mut places: Vec<Option<usize>> = vec![None; wanted.len()];
    let mut is_certain = true;
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    let plainness = |wish: &usize| {
        let wish = &wanted[*wish];
        let best = heard.iter().filter_map(|device| fit(wish, device)).max();
        let has_last = wish
            .last
            .as_ref()
            .is_some_and(|last| heard.iter().any(|device| same(device.id(), last)));
        (best, has_last)
    };
    order.sort_by_key(|wish| std::cmp::Reverse(plainness(wish)));
    for wish in order {
        let is_free = |place: &usize| !places.contains(&Some(*place));
        let fits = |place: &usize| fit(&wanted[wish], &heard[*place]);
        let free: Vec<usize> = (0..heard.len()).filter(is_free).collect();
        let Some(best) = free.iter().filter_map(fits).max() else {
            return Verdict::Missing { wish };
        };
        let fitting: Vec<usize> = free
            .into_iter()
            .filter(|place| fits(place) == Some(best))
            .collect();
        let last = fitting.iter().copied().find(|&place| {
            let last = wanted[wish].last.as_deref();
            last.is_some_and(|last| same(heard[place].id(), last))
        });
        let place = match (last, &fitting[..]) {
            (Some(place), _) => place,
            (None, &[place]) => {
                is_certain &= best == Fit::Id;
                place
            }
            (None, _) => return Verdict::Several { wish, fitting },
        };
        if heard[place].family().is_none() {
            return Verdict::Unreadable { device: place };
        }
        places[wish] = Some(place);
    }
    let places = places.into_iter().flatten().collect();
    if is_certain {
        Verdict::Certain(places)
    } else {
        Verdict::Found(places)
    }
}

/// How a device fits a wish; a device that is no sensor fits only where it is named.
fn fit(wish: &Wanted, device: &impl Device) -> Option<Fit> {
    let Some(said) = wish.said.as_deref().map(str::trim) else {
        return device.family().map(|_| Fit::Family);
    };
    let lower = |text: &str| text.to_lowercase();
    let (said, name) = (lower(said), lower(device.name()));
    if same(device.id(), &said) {
        Some(Fit::Id)
    } else if name == said && !said.is_empty() {
        Some(Fit::Name)
    } else if device.family().is_some_and(|family| family == said) {
        Some(Fit::Family)
    } else {
        // Parts of names are for sensors alone, or `a` would name every television in the house.
        let is_part = !said.is_empty() && device.family().is_some() && name.contains(&said);
        is_part.then_some(Fit::PartOfName)
    }
}

/// Addresses are written with colons or hyphens, in capitals or not.
fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.replace('-', ":").to_lowercase();
    plain(one) == plain(other)
}

impl Verdict {
    fn explain(self, wanted: &[Wanted], heard: &[Found], remembered: &[Found]) -> BleError {
        match self {
            Verdict::Several { wish, fitting } => BleError::Several {
                wanted: words(&wanted[wish]),
                heard: HeardList(fitting.iter().map(|&place| label(&heard[place])).collect()),
            },
            Verdict::Unreadable { device } => BleError::Unreadable {
                name: label(&heard[device]),
            },
            Verdict::Missing { wish } => {
                let asked = &wanted[wish];
                let is_asked = |device: &&Found| fit(asked, *device) >= Some(Fit::Name);
                match remembered.iter().find(is_asked) {
                    Some(device) => BleError::OutOfRange {
                        name: label(device),
                    },
                    None => BleError::NotFound {
                        wanted: words(asked),
                        heard: HeardList(named(heard)),
                    },
                }
            }
            // The radio ended while everything was found.
            Verdict::Certain(_) | Verdict::Found(_) => BleError::AdapterOff,
        }
    }
}

/// Sensors first, then what has a name; the rest would fill the page.
fn named(heard: &[Found]) -> Vec<String> {
    let (sensors, others): (Vec<_>, Vec<_>) =
        heard.iter().partition(|device| device.sensor.is_some());
    let others = others.into_iter().filter(|device| !device.name.is_empty());
    sensors.into_iter().chain(others).map(label).collect()
}

/// A device as it is named to people.
pub(super) fn label(device: &Found) -> String {
    if device.name.is_empty() {
        device.id.clone()
    } else {
        format!("{} ({})", device.name, device.id)
    }
}

fn words(wish: &Wanted) -> String {
    match &wish.said {
        Some(said) => format!("`{said}`"),
        None => "sensor".to_owned(),
    }
}

struct Names<'a>(&'a [Wanted]);

impl std::fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, wish) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(", ")?;
            }
            f.write_str(&words(wish))?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    struct Heard(&'static str, &'static str, Option<&'static str>);

    impl Device for Heard {
        fn id(&self) -> &str {
            self.0
        }
        fn name(&self) -> &str {
            self.1
        }
        fn family(&self) -> Option<&str> {
            self.2
        }
    }

    const ROOM: [Heard; 4] = [
        Heard("A0:00:00:00:00:01", "Polar H10 1234", Some("polar")),
        Heard("A0:00:00:00:00:02", "Back", Some("backcoach")),
        Heard("A0:00:00:00:00:03", "Belt", Some("backcoach")),
        Heard("A0:00:00:00:00:04", "Television", None),
    ];

    fn wants(said: &str) -> Wanted {
        Wanted {
            said: Some(said.to_owned()),
            last: None,
        }
    }

    #[test]
    fn a_name_an_address_and_a_family_are_understood() {
        for (said, place) in [
            ("a0-00-00-00-00-03", 2),
            ("belt", 2),
            ("polar", 0),
            ("h10", 0),
        ] {
            let verdict = choose(&[wants(said)], &ROOM);
            let places = vec![place];
            let expected = if said.starts_with("a0") {
                Verdict::Certain(places)
            } else {
                Verdict::Found(places)
            };
            assert_eq!(verdict, expected, "{said}");
        }
    }

    #[test]
    fn several_that_fit_are_not_chosen_among() {
        let several = Verdict::Several {
            wish: 0,
            fitting: vec![1, 2],
        };
        assert_eq!(choose(&[wants("backcoach")], &ROOM), several);
        assert_eq!(
            choose(&[wants("backcoach"), wants("backcoach")], &ROOM),
            several
        );
    }

    #[test]
    fn the_one_used_last_is_preferred_where_several_fit() {
        let last = Wanted {
            said: None,
            last: Some("A0:00:00:00:00:03".to_owned()),
        };
        assert_eq!(choose(&[last], &ROOM), Verdict::Certain(vec![2]));
    }

    #[test]
    fn each_wish_gets_a_device_of_its_own() {
        let wishes = [wants("backcoach"), wants("Back")];
        assert_eq!(choose(&wishes, &ROOM), Verdict::Found(vec![2, 1]));
    }

    #[test]
    fn what_is_no_sensor_is_refused_only_if_named() {
        assert_eq!(
            choose(&[wants("Television")], &ROOM),
            Verdict::Unreadable { device: 3 }
        );
        assert_eq!(
            choose(&[wants("tele")], &ROOM),
            Verdict::Missing { wish: 0 }
        );
        assert_eq!(choose(&[wants("")], &ROOM), Verdict::Missing { wish: 0 });
    }
}

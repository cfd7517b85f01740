//! What the bus itself is asked, under its own name, and what it says when names come and go.

use zbus::export::serde::Serialize;
use zbus::names::UniqueName;
use zbus::wire::DynamicType;
use zbus::{MatchRule, Message};

use super::Hub;

/// The name and the interface of the bus itself.
pub(super) const BUS: &str = "org.freedesktop.DBus";

/// `RequestName` and `ReleaseName`: done.
const DONE: u32 = 1;
/// `ReleaseName`: nobody has it.
const NOBODYS: u32 = 2;
/// `StartServiceByName`: it runs.
const RUNS_ALREADY: u32 = 2;
/// `RequestName` and `ReleaseName`: somebody else has it.
const ANOTHERS: u32 = 3;
/// `RequestName`: the caller has it.
const OWN_ALREADY: u32 = 4;

fn reply<B: Serialize + DynamicType>(call: &Message, body: &B) -> zbus::Result<Message> {
    let answer = Message::method_return(&call.header());
    answer.sender(BUS).build(body)
}

/// One of the bus's own errors.
pub(super) fn refusal(call: &Message, error: &str, text: &str) -> zbus::Result<Message> {
    let answer = Message::error(&call.header(), format!("{BUS}.Error.{error}"));
    answer.sender(BUS).build(&text)
}

impl Hub {
    /// The answer to a call of the bus itself. An error is one of the caller, which has to go.
    pub(super) fn answer(
        &mut self,
        from: &UniqueName<'_>,
        call: &Message,
    ) -> zbus::Result<Message> {
        let (header, body) = (call.header(), call.body());
        match header.member().map_or("", |member| member.as_str()) {
            "Hello" => {
                self.owner_changed(from, "", from)?;
                reply(call, &from.as_str())
            }
            "Ping" => reply(call, &()),
            "GetId" => reply(call, &self.guid),
            "ListNames" => {
                let names = self.names.keys().chain(self.clients.keys());
                let names = names.map(String::as_str).chain([BUS]);
                reply(call, &names.collect::<Vec<_>>())
            }
            "AddMatch" => {
                let rule: MatchRule<'_> = body.deserialize()?;
                self.rules(from).push(rule.into_owned());
                reply(call, &())
            }
            "RemoveMatch" => {
                let rule: MatchRule<'_> = body.deserialize()?;
                let rules = self.rules(from);
                let Some(place) = rules.iter().rposition(|had| *had == rule) else {
                    let text = "The given match rule wasn't found and can't be removed";
                    return refusal(call, "MatchRuleNotFound", text);
                };
                rules.remove(place);
                reply(call, &())
            }
            "RequestName" => {
                let (name, _flags): (&str, u32) = body.deserialize()?;
                reply(call, &self.request(name, from)?)
            }
            "ReleaseName" => reply(call, &self.release(body.deserialize()?, from)?),
            "NameHasOwner" => reply(call, &self.owner(body.deserialize()?).is_some()),
            "GetNameOwner" => {
                let name: &str = body.deserialize()?;
                let text = format!("Could not get owner of name '{name}': no such name");
                match self.owner(name) {
                    Some(owner) => reply(call, &owner),
                    None => refusal(call, "NameHasNoOwner", &text),
                }
            }
            "StartServiceByName" => {
                let (name, _flags): (&str, u32) = body.deserialize()?;
                match self.owner(name) {
                    Some(_) => reply(call, &RUNS_ALREADY),
                    None => not_provided(call, name),
                }
            }
            unknown => {
                let text = format!("{BUS} does not understand message {unknown}");
                refusal(call, "UnknownMethod", &text)
            }
        }
    }

    fn rules(&mut self, of: &UniqueName<'_>) -> &mut Vec<MatchRule<'static>> {
        let client = self.clients.get_mut(of.as_str());
        &mut client.expect("who calls is there").rules
    }

    fn request(&mut self, name: &str, from: &UniqueName<'_>) -> zbus::Result<u32> {
        match self.owner(name) {
            Some(owner) if owner == from.as_str() => return Ok(OWN_ALREADY),
            Some(_) => return Ok(ANOTHERS),
            None => {}
        }
        self.names.insert(name.to_owned(), from.to_string());
        self.owner_changed(name, "", from)?;
        self.tell(from, "NameAcquired", name)?;
        Ok(DONE)
    }

    /// Takes a name from its owner.
    pub(super) fn release(&mut self, name: &str, from: &UniqueName<'_>) -> zbus::Result<u32> {
        match self.owner(name) {
            Some(owner) if owner == from.as_str() => {}
            Some(_) => return Ok(ANOTHERS),
            None => return Ok(NOBODYS),
        }
        self.names.remove(name);
        self.owner_changed(name, from, "")?;
        self.tell(from, "NameLost", name)?;
        Ok(DONE)
    }

    /// Tells one client of a name of its own.
    fn tell(&self, to: &UniqueName<'_>, signal: &str, name: &str) -> zbus::Result<()> {
        let signal = Message::signal("/org/freedesktop/DBus", BUS, signal);
        let signal = signal.sender(BUS).destination(to).build(&name)?;
        self.send(to, &signal);
        Ok(())
    }

    /// Tells everybody who asked for it of a name; nobody is the owner "".
    pub(super) fn owner_changed(&self, name: &str, old: &str, new: &str) -> zbus::Result<()> {
        let signal = Message::signal("/org/freedesktop/DBus", BUS, "NameOwnerChanged");
        self.broadcast(&signal.sender(BUS).build(&(name, old, new))?);
        Ok(())
    }
}

/// What a bus says that has no service to start under a name.
pub(super) fn not_provided(call: &Message, name: &str) -> zbus::Result<Message> {
    let text = format!("The name {name} was not provided by any .service files");
    refusal(call, "ServiceUnknown", &text)
}

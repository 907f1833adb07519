//! The state: a world goes in, comes out again, and changes as IAM says.

use veriam_emulator::Secret;
use veriam_emulator::state::{IamError, Kind, Managed, State};
use veriam_generators::generated_case;
use veriam_model::{Case, Identity, PolicyText, Tags};

fn state() -> State {
    State::new("us-west-2", Secret::new("test"))
}

#[test]
fn a_world_that_is_loaded_comes_out_unchanged() {
    let mut worlds = 0;
    for index in 0..3_000 {
        let generated = generated_case(7, index);
        let Case::Call(case) = generated else {
            continue;
        };
        let mut state = state();
        if state.load(case.world.clone()).is_err() {
            continue;
        }
        worlds += 1;
        // Through IAM: writing the policies of each identity again changes nothing.
        for (kind, identities) in [
            (Kind::User, &case.world.users),
            (Kind::Role, &case.world.roles),
        ] {
            for i in identities {
                let boundary = state
                    .boundary(kind, &i.account, &i.name)
                    .unwrap()
                    .map(str::to_owned);
                state
                    .set_boundary(kind, &i.account, &i.name, boundary.as_deref())
                    .unwrap();
            }
        }
        assert_eq!(*state.world(), case.world, "case {index}");
        let text = serde_json::to_string(state.world()).unwrap();
        assert_eq!(
            serde_json::from_str::<veriam_model::World>(&text).unwrap(),
            case.world
        );
        let judge = state.judge().unwrap();
        let direct = veriam_evaluator::World::new(&case.world, judge.dialect()).unwrap();
        assert_eq!(
            judge.decide(&case.call),
            direct.decide(&case.call),
            "case {index}"
        );
    }
    assert!(worlds > 300, "{worlds} worlds");
}

const ACCOUNT: &str = "111122223333";
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn alice() -> Identity {
    Identity {
        account: ACCOUNT.to_owned(),
        name: "alice".to_owned(),
        path: "/".to_owned(),
        id: String::new(),
        tags: Tags::new(),
        policies: Vec::new(),
        boundary: None,
        trust: None,
    }
}

#[test]
fn policies_come_and_go_with_what_holds_them() {
    let mut state = state();
    let allow = || PolicyText::new(ALLOW);
    let user = (Kind::User, ACCOUNT, "alice");
    state.create_identity(user.0, alice(), None).unwrap();
    assert_eq!(
        state.create_identity(user.0, alice(), None),
        Err(IamError::AlreadyExists)
    );
    let (account, name, path) = (ACCOUNT.to_owned(), "p".to_owned(), "/".to_owned());
    let managed = Managed {
        account,
        name,
        path,
        id: String::new(),
        text: allow(),
    };
    let arn = state.create_managed(managed.clone()).unwrap();
    assert_eq!(arn, "arn:aws:iam::111122223333:policy/p");
    assert_eq!(state.create_managed(managed), Err(IamError::AlreadyExists));
    state
        .put_inline(user.0, user.1, user.2, ("i".to_owned(), allow()))
        .unwrap();
    state.attach(user.0, user.1, user.2, &arn, true).unwrap();
    state.attach(user.0, user.1, user.2, &arn, true).unwrap();
    state
        .set_boundary(user.0, user.1, user.2, Some(&arn))
        .unwrap();
    let held = |state: &State| {
        let alice = state.identity(Kind::User, ACCOUNT, "alice").unwrap();
        (alice.policies.len(), alice.boundary.is_some())
    };
    assert_eq!(held(&state), (2, true));
    assert_eq!(state.delete_managed(&arn), Err(IamError::InUse));
    assert_eq!(
        state.delete_identity(user.0, user.1, user.2),
        Err(IamError::InUse)
    );
    state.delete_inline(user.0, user.1, user.2, "i").unwrap();
    assert_eq!(
        state.delete_inline(user.0, user.1, user.2, "i"),
        Err(IamError::NoSuchEntity)
    );
    assert_eq!(held(&state), (1, true));
    state.attach(user.0, user.1, user.2, &arn, false).unwrap();
    state.set_boundary(user.0, user.1, user.2, None).unwrap();
    assert_eq!(held(&state), (0, false));
    state.delete_managed(&arn).unwrap();
    state.delete_identity(user.0, user.1, user.2).unwrap();
    assert_eq!(
        state.delete_identity(user.0, user.1, user.2),
        Err(IamError::NoSuchEntity)
    );
}

#[test]
fn a_key_is_as_good_as_its_caller() {
    use veriam_model::{Caller, UserCaller};
    let mut state = state();
    state.create_identity(Kind::User, alice(), None).unwrap();
    let caller = Caller::User(UserCaller {
        account: ACCOUNT.to_owned(),
        name: "alice".to_owned(),
        token: None,
    });
    let issued = state.issue(caller.clone(), 1, None).unwrap();
    assert_eq!(state.key(&issued.id).unwrap().caller, caller);
    assert!(state.set_key(ACCOUNT, "alice", &issued.id, false));
    assert!(state.key(&issued.id).is_none(), "an inactive key");
    assert!(state.set_key(ACCOUNT, "alice", &issued.id, true));
    assert_eq!(
        state.delete_identity(Kind::User, ACCOUNT, "alice"),
        Err(IamError::InUse)
    );
    assert!(!state.remove_key(ACCOUNT, "bob", &issued.id));
    assert!(state.remove_key(ACCOUNT, "alice", &issued.id));
    assert!(state.key(&issued.id).is_none());
    let session = state.issue(caller, 1, Some(5)).unwrap();
    assert!(session.token.is_some() && session.id.starts_with("ASIA"));
    state.delete_identity(Kind::User, ACCOUNT, "alice").unwrap();
    assert!(
        state.key(&session.id).is_none(),
        "the session of a user who is gone"
    );
    assert!(
        state.key("111122223333").is_some(),
        "the root user of any account"
    );
    assert!(state.key("11112222333").is_none());
}

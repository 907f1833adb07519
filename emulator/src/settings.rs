//! What a build for testing is told besides its configuration: its known bug. In ordinary builds there is nothing to tell.

/// The known bug of an emulator, if it has one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Planted {
    #[cfg(feature = "planted-mistakes")]
    pub(crate) mistake: Option<crate::planted::Mistake>,
}

/// Whether a planted mistake is switched on; `false` in ordinary builds.
macro_rules! mistaken {
    ($planted:expr, $mistake:ident) => {{
        #[cfg(feature = "planted-mistakes")]
        let on = $planted.mistake == Some(crate::planted::Mistake::$mistake);
        #[cfg(not(feature = "planted-mistakes"))]
        let on = {
            let crate::settings::Planted {} = $planted;
            false
        };
        on
    }};
}

pub(crate) use mistaken;

//! What a key or the mouse asks for.

/// Channels are places from the left, the master included.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    Quit,
    Help,
    /// Leaves help or a question.
    Dismiss,
    Redraw,
    Select(usize),
    /// Left or right by so many channels.
    Move(i32),
    First,
    Last,
    /// Moves the selected fader by decibels.
    Nudge(f32),
    /// Moves another one.
    NudgeAt(usize, f32),
    SetFader(usize, f32),
    Unity,
    Close,
    Pan(f32),
    SetPan(usize, f32),
    Center,
    Mute,
    MuteAt(usize),
    Solo,
    SoloAt(usize),
    ClearSolo,
    PlayOrHalt,
    Rewind,
    /// By seconds.
    Seek(f64),
    Loop,
    Follow,
    Record,
    Recall(usize),
    AskStore,
    Store(usize),
    /// The next shorter or longer time of fades between scenes.
    FadeTime(i32),
    /// The faders of the channels, or of the sends to a return: the next or previous one.
    Layer(i32),
    SendTap,
    AskGroup,
    Member(usize),
    NewGroup,
    AskLabel,
    Type(char),
    Erase,
    Enter,
    ResetMeters,
}

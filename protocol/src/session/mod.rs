//! placeholder
/// a
#[derive(Debug)] pub struct Scene; /// a
#[derive(Debug)] pub struct Session; /// a
#[derive(Debug)] pub struct SessionError; /// a
#[derive(Debug)] pub struct SessionEvent; /// a
#[derive(Debug)] pub struct SessionStats;

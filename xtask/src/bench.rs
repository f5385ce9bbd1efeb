//! placeholder
/// Options of `bench`.
#[derive(Debug, clap::Args)]
pub struct BenchArgs {}
/// x
pub fn bench(_: &BenchArgs) -> anyhow::Result<()> {
    Ok(())
}

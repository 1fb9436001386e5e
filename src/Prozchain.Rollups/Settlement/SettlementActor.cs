namespace Prozchain.Rollups.Settlement;

/// <summary>A party registered at the genesis of a rollup's settlement.</summary>
/// <param name="PublicKey">65 bytes; signs the party's calls.</param>
/// <param name="Deposit">What the party can put at stake, in units of the settlement layer.</param>
/// <param name="MayPostBatches">True for sequencers. Any party may assert, challenge and prove steps.</param>
public readonly record struct SettlementActor(ReadOnlyMemory<byte> PublicKey, ulong Deposit, bool MayPostBatches);

/// <summary>An account that owns something from the start.</summary>
/// <param name="Address">The account.</param>
/// <param name="Balance">What it owns on the rollup.</param>
public readonly record struct GenesisAccount(AccountAddress Address, ulong Balance);

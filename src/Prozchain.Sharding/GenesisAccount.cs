using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding;

/// <summary>A balance that exists from the start.</summary>
/// <param name="Address">Whose; each address at most once.</param>
/// <param name="Balance">How much; all balances together fit 64 bits.</param>
public readonly record struct GenesisAccount(Address Address, ulong Balance);

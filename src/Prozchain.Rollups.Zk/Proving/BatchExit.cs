using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>One thing that leaves the rollup in a batch, as the circuit says it (<see cref="Circuit.RollupBuses.Exit"/>).</summary>
/// <param name="Transaction">The transaction that makes it leave.</param>
/// <param name="Kind">What it is. The bytes of a message are the transaction's <see cref="MessagePayload"/>.</param>
/// <param name="Account">Whose it is.</param>
/// <param name="Token">The token of a withdrawal, else 0.</param>
/// <param name="Amount">Units of a withdrawal, else 0. A deposit that is sent back may have any.</param>
/// <param name="Recipient">Where it goes.</param>
internal readonly record struct BatchExit(uint Transaction, EffectKind Kind, uint Account, uint Token, UInt128 Amount, L1Address Recipient);

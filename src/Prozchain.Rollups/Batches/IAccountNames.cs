namespace Prozchain.Rollups.Batches;

/// <summary>
/// The accounts that a batch may name by their number: those of the state before the batch, the same for who writes it and
/// who reads it.
/// </summary>
public interface IAccountNames
{
    /// <summary>The address of an account's number; false if no account has it.</summary>
    bool TryGetAddress(ulong index, out AccountAddress address);

    /// <summary>The number of an account; false if it has none yet.</summary>
    bool TryGetIndex(in AccountAddress address, out ulong index);

    /// <summary>The nonce that the account's next transaction is expected to have: nonces are written as what they are above it. 0 for a rollup that keeps none.</summary>
    ulong GetNonce(in AccountAddress address);
}

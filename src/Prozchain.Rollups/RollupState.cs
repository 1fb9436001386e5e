using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups;

/// <summary>
/// The state of the rollup of <see cref="L2Transfer"/>: a <see cref="StateStore{THash}"/> under Keccak-256, seen as
/// accounts. Not thread-safe.
/// </summary>
public sealed class RollupState : IStateView
{
    /// <summary>The keys and values themselves.</summary>
    public StateStore<KeccakTree> Store { get; } = new();

    /// <summary>Number of keys, which is the number of accounts ever touched.</summary>
    public int Count => Store.Count;

    /// <summary>The state root. Hashes what changed since the last call.</summary>
    public Digest32 Root() => Store.Root();

    /// <summary>The account's balance and nonce; zero and zero if it was never touched.</summary>
    public AccountState GetAccount(in AccountAddress address)
    {
        if (Read(address.StateKey(), out ReadOnlySpan<byte> value) != StateReadStatus.Found) return default;
        return AccountState.TryRead(value, out AccountState account) ? account : default;
    }

    /// <summary>Sum of all balances, which no transfer changes.</summary>
    public UInt128 TotalBalance()
    {
        UInt128 total = 0;
        for (int i = 0; i < Count; i++)
            if (AccountState.TryRead(Store.Leaves.Value(i), out AccountState account)) total += account.Balance;
        return total;
    }

    /// <summary>An independent copy. Takes time in proportion to the state.</summary>
    public RollupState Copy()
    {
        var copy = new RollupState();
        for (int i = 0; i < Count; i++) copy.Write(new Digest32(Store.Leaves[i].Key), Store.Leaves.Value(i));
        return copy;
    }

    /// <inheritdoc/>
    public StateReadStatus Read(in Digest32 key, out ReadOnlySpan<byte> value) => Store.Read(key, out value);

    /// <inheritdoc/>
    /// <remarks>Always true: a whole state knows every place.</remarks>
    public bool Write(in Digest32 key, ReadOnlySpan<byte> value) => Store.Write(key, value);

    /// <inheritdoc/>
    public long Mark() => Store.Mark();

    /// <inheritdoc/>
    public void Revert(long mark) => Store.Revert(mark);

    internal void Credit(in AccountAddress address, ulong balance)
    {
        Span<byte> value = stackalloc byte[AccountState.Size];
        new AccountState(balance, 0).Write(value);
        Write(address.StateKey(), value);
    }
}

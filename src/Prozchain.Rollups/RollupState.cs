using System.Diagnostics;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups;

/// <summary>
/// A rollup's whole state in memory, authenticated by a binary prefix trie under Keccak-256
/// (docs/formats/rollups-witness.md): the native host of the transition. Not thread-safe.
/// </summary>
public sealed class RollupState : IStateView
{
    private readonly List<Bytes32> _keys = [];

    /// <summary>The empty state; its root is 32 zero bytes.</summary>
    public RollupState()
    {
    }

    internal BinaryTrie<StateHash> Trie { get; } = new();

    /// <summary>Number of keys, which is the number of accounts ever touched.</summary>
    public int Count => _keys.Count;

    /// <summary>The state root. Hashes what changed since the last call.</summary>
    public Digest32 Root() => new(Trie.Root());

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
        foreach (Bytes32 key in _keys)
        {
            Trie.TryGet(key, out ReadOnlySpan<byte> value);
            if (AccountState.TryRead(value, out AccountState account)) total += account.Balance;
        }
        return total;
    }

    /// <summary>An independent copy. Takes time in proportion to the state.</summary>
    public RollupState Copy()
    {
        var copy = new RollupState();
        foreach (Bytes32 key in _keys)
        {
            if (Trie.TryGet(key, out ReadOnlySpan<byte> value) != TrieStatus.Found) throw new UnreachableException("A key of the state is not in its trie.");
            copy.Write(new Digest32(key), value);
        }
        return copy;
    }

    /// <inheritdoc/>
    public StateReadStatus Read(in Digest32 key, out ReadOnlySpan<byte> value) => (StateReadStatus)Trie.TryGet(key.Value, out value);

    /// <inheritdoc/>
    /// <remarks>Always true: a whole state knows every place.</remarks>
    public bool Write(in Digest32 key, ReadOnlySpan<byte> value)
    {
        int before = Trie.Count;
        Trie.Set(key.Value, value);
        if (Trie.Count != before) _keys.Add(key.Value);
        return true;
    }

    internal void Credit(in AccountAddress address, ulong balance)
    {
        Span<byte> value = stackalloc byte[AccountState.Size];
        new AccountState(balance, 0).Write(value);
        Write(address.StateKey(), value);
    }
}

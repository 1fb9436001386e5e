using System.Runtime.InteropServices;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Sequencing;

/// <summary>The words on the transactions of one batch after the other. Allocates only to grow.</summary>
internal sealed class GivenWords<TTransaction>(ulong chainId, ITransactionAccess<TTransaction> access, ISigner signer)
{
    private readonly List<Digest32> _hashes = [], _running = [];
    private ulong _batch;

    /// <summary>Transactions that words can be given on.</summary>
    public int Count => _hashes.Count;

    /// <summary>So many places from the first had another transaction once, and a word on it.</summary>
    public int Spoken { get; private set; }

    public ReadOnlySpan<Digest32> Hashes => CollectionsMarshal.AsSpan(_hashes);

    public void Start(ulong batch, int spoken)
    {
        (_batch, Spoken) = (batch, spoken);
        _hashes.Clear();
        _running.Clear();
    }

    /// <summary>Takes in the batch's transactions, of which it may have the first.</summary>
    public void Add(ReadOnlySpan<TTransaction> transactions)
    {
        int first = Count;
        CollectionsMarshal.SetCount(_hashes, transactions.Length);
        access.Hash(transactions[first..], CollectionsMarshal.AsSpan(_hashes)[first..]);
        for (int i = first; i < transactions.Length; i++) _running.Add(SoftConfirmation.Next(i == 0 ? SoftConfirmation.Start(chainId, _batch) : _running[i - 1], _hashes[i]));
    }

    /// <summary>Holds the batch against what it was once: how many words on that cannot be kept. Nothing else is said of those places.</summary>
    public int Break(ReadOnlySpan<Digest32> before)
    {
        int kept = Hashes.CommonPrefixLength(before), broken = Math.Max(0, before.Length - Math.Max(kept, Spoken));
        if (kept < before.Length) Spoken = Math.Max(Spoken, before.Length);
        return broken;
    }

    /// <summary>The word on a place; null where another was given.</summary>
    public SoftConfirmation? Give(uint position) =>
        position < Spoken ? null : SoftConfirmation.Sign(chainId, _batch, position, _hashes[(int)position], _running[(int)position], signer);
}

using System.Buffers;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Sequencing;

namespace Prozchain.Rollups.Derivation;

/// <summary>
/// A batch's own transactions as items, and the root that its list commits to. Keeps its memory from batch to batch. Not
/// thread-safe.
/// </summary>
internal sealed class ItemList<TTransaction>(ITransactionAccess<TTransaction> access)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private int[] _ends = [];
    private int _count;

    /// <summary>Takes in transactions. False if one of them is too long for a list.</summary>
    public bool TrySet(ReadOnlySpan<TTransaction> transactions)
    {
        Start(transactions.Length);
        bool isShort = true;
        foreach (ref readonly TTransaction transaction in transactions)
        {
            int before = _bytes.WrittenCount;
            _bytes.Write([(byte)StepKind.Payment]);
            // What is far too long may have no form at all.
            isShort &= access.MaxSizeOf(transaction) <= ushort.MaxValue;
            if (isShort) access.WriteItem(transaction, _bytes);
            _ends[_count++] = _bytes.WrittenCount;
            isShort &= _bytes.WrittenCount - before <= 1 + DataChallengeContract.MaxItemBytes;
        }
        return isShort;
    }

    /// <summary>Takes in items that were shown.</summary>
    public void Set(IReadOnlyList<ReadOnlyMemory<byte>> items)
    {
        Start(items.Count);
        foreach (ReadOnlyMemory<byte> item in items)
        {
            _bytes.Write([(byte)StepKind.Payment]);
            _bytes.Write(item.Span);
            _ends[_count++] = _bytes.WrittenCount;
        }
    }

    /// <summary>The root over the items; zero for none.</summary>
    public Digest32 Root()
    {
        if (_count == 0) return default;
        var digests = new Digest32[_count];
        for (int i = 0, at = 0; i < _count; at = _ends[i++]) digests[i] = new Digest32(Hashing.Keccak(_bytes.WrittenSpan[at.._ends[i]]));
        return new ClaimTree(Claim.HeightOf((ulong)_count), digests).Claim.Root;
    }

    /// <summary>Appends the items as steps; views, valid until others are taken in.</summary>
    public void CopyTo(ICollection<StepItem> steps)
    {
        for (int i = 0, at = 0; i < _count; at = _ends[i++]) steps.Add(new StepItem(StepKind.Payment, _bytes.WrittenMemory[(at + 1).._ends[i]]));
    }

    public void Clear() => Start(0);

    private void Start(int count)
    {
        _bytes.ResetWrittenCount();
        _count = 0;
        if (_ends.Length < count) _ends = new int[count];
    }
}

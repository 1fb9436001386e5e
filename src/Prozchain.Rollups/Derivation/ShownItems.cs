using Prozchain.Rollups.Evm;

namespace Prozchain.Rollups.Derivation;

/// <summary>Pieces of lists of batches that were not executed yet, as the settlement layer showed them.</summary>
internal sealed class ShownItems
{
    private readonly Dictionary<ulong, Dictionary<ulong, (ulong Block, ReadOnlyMemory<byte>[] Items)>> _batches = [];

    public void Add(ulong batch, ulong piece, ulong block, ReadOnlyMemory<byte>[] items)
    {
        if (!_batches.TryGetValue(batch, out Dictionary<ulong, (ulong, ReadOnlyMemory<byte>[])>? pieces)) _batches[batch] = pieces = [];
        pieces.TryAdd(piece, (block, items));
    }

    /// <summary>The items of a batch and the block that showed the last of them: null unless all are there.</summary>
    public (List<ReadOnlyMemory<byte>> Items, ulong Block)? Find(ulong batch, ulong count)
    {
        ulong pieces = count / DataChallengeContract.Piece + (count % DataChallengeContract.Piece == 0 ? 0UL : 1), last = 0;
        if (!_batches.TryGetValue(batch, out Dictionary<ulong, (ulong Block, ReadOnlyMemory<byte>[] Items)>? shown) || (ulong)shown.Count < pieces) return null;
        var items = new List<ReadOnlyMemory<byte>>();
        for (ulong i = 0; i < pieces; i++)
        {
            if (!shown.TryGetValue(i, out (ulong Block, ReadOnlyMemory<byte>[] Items) piece)) return null;
            items.AddRange(piece.Items);
            last = Math.Max(last, piece.Block);
        }
        return (ulong)items.Count == count ? (items, last) : null;
    }

    public void Remove(ulong batch) => _batches.Remove(batch);

    /// <summary>Drops what later blocks showed.</summary>
    public void Rewind(ulong block)
    {
        foreach (Dictionary<ulong, (ulong Block, ReadOnlyMemory<byte>[] Items)> pieces in _batches.Values)
            foreach (ulong piece in pieces.Where(piece => piece.Value.Block > block).Select(piece => piece.Key).ToArray()) pieces.Remove(piece);
    }

    public void Clear() => _batches.Clear();
}

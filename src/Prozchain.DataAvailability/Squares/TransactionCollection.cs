using System.Collections;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Squares;

/// <summary>The transactions of one kind in a square, in order, as views into one copy of their bytes.</summary>
public sealed class TransactionCollection : IReadOnlyCollection<ReadOnlyMemory<byte>>
{
    private readonly ReadOnlyMemory<byte> _units;

    /// <summary>Takes checked units: each its length as a varint, then that many bytes.</summary>
    internal TransactionCollection(ReadOnlyMemory<byte> units, int count) => (_units, Count) = (units, count);

    /// <inheritdoc/>
    public int Count { get; }

    internal static TransactionCollection Empty { get; } = new(default, 0);

    /// <inheritdoc/>
    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
    {
        for (int at = 0; at < _units.Length;)
        {
            ReadOnlyMemory<byte> unit = Unit(at, out int next);
            at = next;
            yield return unit;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ReadOnlyMemory<byte> Unit(int at, out int next)
    {
        var reader = new WireReader(_units.Span[at..]);
        reader.TryReadCount(int.MaxValue, out int length);
        int start = at + reader.Offset;
        next = start + length;
        return _units[start..next];
    }
}

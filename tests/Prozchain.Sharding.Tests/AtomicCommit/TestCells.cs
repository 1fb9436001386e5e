using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>Cells in a dictionary.</summary>
internal sealed class TestCells : ICellStore
{
    private readonly SortedDictionary<Digest, byte[]> _cells = [];

    public IEnumerable<byte[]> Values => _cells.Values;

    public bool TryRead(in Digest key, out ReadOnlySpan<byte> value)
    {
        bool found = _cells.TryGetValue(key, out byte[]? bytes);
        value = bytes;
        return found;
    }

    public void Write(in Digest key, ReadOnlySpan<byte> value) => _cells[key] = value.ToArray();

    public void Erase(in Digest key) => _cells.Remove(key);

    public TestCells Slice(ShardRange range)
    {
        var slice = new TestCells();
        foreach ((Digest key, byte[] value) in _cells)
        {
            if (range.Contains(key)) slice._cells.Add(key, value);
        }
        return slice;
    }

    public static TestCells Join(TestCells one, TestCells other)
    {
        var all = new TestCells();
        foreach ((Digest key, byte[] value) in one._cells.Concat(other._cells)) all._cells.Add(key, value);
        return all;
    }
}

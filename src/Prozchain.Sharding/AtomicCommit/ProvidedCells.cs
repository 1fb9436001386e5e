using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>The cells that an atomic transaction executes on, the same on every shard, with what it writes.</summary>
public sealed class ProvidedCells
{
    private readonly CellValue[] _cells;
    private readonly bool[] _writable, _written;

    internal ProvidedCells(CellValue[] cells, bool[] writable)
    {
        _cells = cells;
        _writable = writable;
        _written = new bool[cells.Length];
    }

    /// <summary>The first cell that was asked for and not provided: what a transaction with locks has yet to acquire.</summary>
    public Digest? Missing { get; private set; }

    /// <summary>Reads a cell, as the transaction itself wrote it if it did.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="value">Its value if present.</param>
    public CellStatus Read(scoped in Digest key, out ReadOnlySpan<byte> value)
    {
        int at = IndexOf(key);
        value = at < 0 ? default : _cells[at].Value.Span;
        return at < 0 ? Miss(key) : _cells[at].IsPresent ? CellStatus.Present : CellStatus.Absent;
    }

    /// <summary>Writes a cell.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="value">Up to 4,096 bytes; copied.</param>
    /// <exception cref="ArgumentException">A longer value.</exception>
    public CellStatus Write(in Digest key, ReadOnlySpan<byte> value)
    {
        if (value.Length > AtomicLimits.MaxValueBytes) throw new ArgumentException($"Expected at most {AtomicLimits.MaxValueBytes} bytes, got {value.Length}.", nameof(value));
        return Set(key, new CellValue(key, true, value.ToArray()));
    }

    /// <summary>Makes a cell absent.</summary>
    /// <param name="key">The cell.</param>
    public CellStatus Erase(in Digest key) => Set(key, new CellValue(key, false, default));

    /// <summary>What was written, ascending by key.</summary>
    internal CellValue[] Writes()
    {
        var writes = new List<CellValue>();
        for (int i = 0; i < _cells.Length; i++)
        {
            if (_written[i]) writes.Add(_cells[i]);
        }
        return [.. writes];
    }

    /// <summary>Runs a program; null if it aborts or asked for what was not provided.</summary>
    internal static CellValue[]? Run(IAtomicProgram program, AtomicTransaction transaction, CellValue[] cells, bool[] writable, out Digest outcome)
    {
        var provided = new ProvidedCells(cells, writable);
        outcome = default;
        if (!program.Execute(transaction, provided) || provided.Missing is not null) return null;
        CellValue[] writes = provided.Writes();
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteBytes32(transaction.Id.Bytes);
        CellValue.WriteAll(writer, writes);
        outcome = new Digest(Domains.AtomicOutcome.Hash(output.WrittenSpan));
        return writes;
    }

    private CellStatus Set(in Digest key, in CellValue value)
    {
        int at = IndexOf(key);
        if (at < 0 || !_writable[at]) return Miss(key);
        _cells[at] = value;
        _written[at] = true;
        return value.IsPresent ? CellStatus.Present : CellStatus.Absent;
    }

    private CellStatus Miss(scoped in Digest key)
    {
        Missing ??= key;
        return CellStatus.NotProvided;
    }

    private int IndexOf(scoped in Digest key)
    {
        int low = 0, high = _cells.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1, order = _cells[middle].Key.CompareTo(key);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1; else high = middle - 1;
        }
        return -1;
    }
}

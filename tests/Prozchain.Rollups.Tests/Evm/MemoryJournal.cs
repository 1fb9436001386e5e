using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>A journal that crashes its process now and then, before or after the record is safe.</summary>
internal sealed class MemoryJournal : ITransactionJournal
{
    private readonly List<ReadOnlyMemory<byte>> _records = [];

    public SeededRandom? Random { get; set; }

    public void Append(ReadOnlySpan<byte> record)
    {
        if (Random?.Next(10) == 0) throw new Crash();
        _records.Add(record.ToArray());
        if (Random?.Next(10) == 0) throw new Crash();
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> ReadAll() => [.. _records];

    public void Rewrite(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        _records.Clear();
        _records.AddRange(records);
    }

    public sealed class Crash : Exception;
}

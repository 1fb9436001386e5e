using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Execution;

/// <summary>All receipts of one micro-block for one other shard. Valid until the executor's next block.</summary>
public sealed class OutboundReceipts
{
    private const int HeadSize = 2 * sizeof(ulong);

    private byte[] _bytes = new byte[1024];
    private int _length;

    internal OutboundReceipts() { }

    /// <summary>The shard that holds the receipts' cells.</summary>
    public ShardId Destination { get; private set; }

    /// <summary>Number of receipts, at least 1.</summary>
    public int Count { get; private set; }

    /// <summary>Value that the source let go of with them; 2^64 - 1 stands for that or more.</summary>
    public ulong Value { get; private set; }

    /// <summary>The receipts in order of execution, as <see cref="ReceiptList"/> reads them.</summary>
    public ReadOnlyMemory<byte> Receipts => _bytes.AsMemory(HeadSize, _length - HeadSize);

    /// <summary>The leaf in the block's receipts tree: destination, value, receipts.</summary>
    internal Bytes32 Leaf()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes, Destination.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(sizeof(ulong)), Value);
        return TreeHash.Leaf(_bytes.AsSpan(0, _length));
    }

    internal void Begin(ShardId destination)
    {
        Destination = destination;
        (Count, Value, _length) = (0, 0, HeadSize);
    }

    internal void Add(ReadOnlySpan<byte> receipt, ulong value)
    {
        if (_length + receipt.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + receipt.Length));
        receipt.CopyTo(_bytes.AsSpan(_length));
        _length += receipt.Length;
        Count++;
        Value = value > ulong.MaxValue - Value ? ulong.MaxValue : Value + value;
    }
}

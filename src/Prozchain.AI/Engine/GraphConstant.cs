using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>A constant of a graph. A graph that was read from its encoding alone knows the digest, not yet the bytes.</summary>
public sealed class GraphConstant
{
    internal GraphConstant(IntegerValue value, Bytes32 digest, ReadOnlyMemory<byte> bytes)
    {
        Value = value;
        Hash = digest;
        Bytes = bytes;
    }

    /// <summary>Type, shape and interval; the interval is that of the elements, exactly.</summary>
    public IntegerValue Value { get; }

    /// <summary>BLAKE3 of the elements, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Digest => Hash.Span.ToArray();

    /// <summary>The elements, little-endian and row-major; empty while they are not bound.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    internal Bytes32 Hash { get; }

    internal bool IsBound => !Bytes.IsEmpty;
}

using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>The reading half of <see cref="ProofTokens"/>. Each member returns false where the bytes are none.</summary>
internal ref struct ProofReader
{
    private readonly ReadOnlySpan<byte> _tokens;
    private readonly int _count;
    private int _next;

    /// <summary>What follows the tokens.</summary>
    public WireReader Held;

    private ProofReader(ReadOnlySpan<byte> tokens, int count, WireReader held)
    {
        _tokens = tokens;
        _count = count;
        Held = held;
    }

    public static bool TryStart(WireReader source, out ProofReader reader)
    {
        reader = default;
        // Four nodes a byte: no count asks for more than is there.
        if (!source.TryReadCount((int)Math.Min(4L * source.Remaining, int.MaxValue), out int count)) return false;
        if (!source.TryReadSpan((int)((count + 3L) / 4), out ReadOnlySpan<byte> tokens)) return false;
        if ((count & 3) != 0 && tokens[^1] >> (2 * (count & 3)) != 0) return false;
        reader = new ProofReader(tokens, count, source);
        return true;
    }

    /// <summary>True when all nodes were read.</summary>
    public readonly bool IsAtEnd => _next == _count;

    public bool TryNext(out TrieNode node)
    {
        node = default;
        if (_next == _count) return false;
        node = (TrieNode)(_tokens[_next >> 2] >> (2 * (_next & 3)) & 3);
        _next++;
        return true;
    }

    public bool TryStub(out Bytes32 hash) => Held.TryReadBytes32(out hash) && !hash.IsZero;

    /// <summary>A leaf's key, and its value or the hash of it.</summary>
    public bool TryLeaf(out Bytes32 key, out bool hasValue, out ReadOnlySpan<byte> value, out Bytes32 valueHash)
    {
        (hasValue, valueHash) = (false, default);
        value = default;
        if (!Held.TryReadBytes32(out key) || !Held.TryReadCount(StateWrite.MaxValueBytes + 1, out int length)) return false;
        hasValue = length > 0;
        return hasValue ? Held.TryReadSpan(length - 1, out value) : Held.TryReadBytes32(out valueHash);
    }
}
